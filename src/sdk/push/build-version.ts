import { isDiskFull } from '../../core/error/disk-full.ts';
import { SwarmError } from '../../core/error/swarm-error.ts';
import type { Remote } from '../../core/module.ts';
import { readProgram } from '../../core/program/package-root.ts';
import { describeRefusal } from '../../remote/session/file-refusal.ts';
import { readRemoteTree } from '../../remote/tree/list-tree.ts';
import { sendTree, type TreeDifference } from '../../remote/tree/push-tree.ts';
import { withExactMode } from '../files/attributes/exact-mode.ts';
import type { ComparedTree } from './compare-host.ts';
import { findDrift } from './host-tree.ts';
import { overtakenError } from './switch/run-switch.ts';
import { formatRecord } from './tree-record.ts';

/** The number of the next version. A folder that swarm did not make becomes a version too, the one before it. */
export const nextNumber = ({ kind, all }: ComparedTree['host']): number => (all.at(-1)?.number ?? 0) + (kind === 'folder' ? 2 : 1);

/** Name of a version that is made of this source. */
export const nextName = ({ host, source }: ComparedTree): string => `${nextNumber(host)}-${source.id.slice(0, 12)}`;

/** What the new version is called until the switch. No two pushes share it. */
export const freshName = (compared: ComparedTree, token: string): string => `.new-${nextName(compared)}.${token}`;

/** Makes the new version beside the tree in use: a copy of it with what differs sent. It waits under a name that no switch uses yet. */
export async function buildVersion(remote: Remote, compared: ComparedTree, fresh: string, all: readonly ComparedTree[]): Promise<void> {
  const { host, deleted } = compared;
  const { versions, dest, live = '' } = host;
  const paths = Buffer.from(deleted.map((each) => `./${each}\0`).join(''));
  await runStep(remote, dest, 'build-version', [versions, fresh, live, deleted.length === 0 ? 'none' : 'some'], paths);
  try {
    await fillVersion(remote, compared, fresh, all);
  } catch (error) {
    const found = await remote.query({ argv: ['test', '-e', `${versions}/${fresh}.json`] }).catch(() => undefined);
    throw found?.exit === 1 ? overtakenError(remote, dest) : error;
  }
}

/** Sends what differs, compares all of it with the source again, and writes the record. */
async function fillVersion(remote: Remote, compared: ComparedTree, fresh: string, all: readonly ComparedTree[]): Promise<void> {
  const { host, source, difference, args } = compared;
  const { versions, dest, live = '' } = host;
  const path = `${versions}/${fresh}`;
  const runner = {
    exec: (command: Parameters<Remote['exec']>[0]) => remote.exec(command),
    open: (command: Parameters<Remote['open']>[0]) => remote.open(command),
  };
  await sendTree(runner, toCopy(compared, path), remote.signal);
  const { tree } = await readRemoteTree(runner, path, remote.signal);
  const known = new Map([...(difference.same ?? [])].map((each) => [each, source.files[each]?.split(' ')[2] ?? '']));
  const wrong = await findDrift(runner, path, { tree, files: source.files, known }, remote.signal);
  if (wrong.length > 0)
    throw new SwarmError('SW6012', `${wrong[0]} is not what was read first, so nothing is switched`, {
      hint: `Push again when nobody changes ${source.folder}.`,
      detail: wrong.slice(0, 20).join('\n'),
    });
  const record = formatRecord(
    {
      ...{ version: nextNumber(host), id: source.id, at: new Date().toISOString(), run: remote.paths.run, source: args.source },
      ...source.commit,
      ...(all.length < 2 ? {} : { beside: namesBeside(compared, all) }),
    },
    source.files,
  );
  const owner = `${args.owner ?? ''}${args.group === undefined ? ':' : `:${args.group}`}`;
  const mode = args.directory_mode ?? (live === '' ? '0755' : '');
  await runStep(
    remote,
    dest,
    'complete-version',
    [versions, fresh, owner === ':' ? ':' : owner.replace(/:$/, ''), mode],
    Buffer.from(record),
  );
}

/** The versions of the other trees that are in use after the push, by dest. */
const namesBeside = (own: ComparedTree, all: readonly ComparedTree[]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    all.filter((each) => each !== own).map((each) => [each.host.dest, each.differs ? nextName(each) : (each.host.current?.name ?? '')]),
  );

/** How a copy of the tree in use, without what was removed from it, differs from the source. */
function toCopy({ difference, deleted }: ComparedTree, path: string): TreeDifference {
  const gone = new Set(deleted);
  const tree = new Map([...difference.remote.tree].filter(([each]) => !gone.has(each)));
  const options = { ...difference.options, delete: false };
  return { ...difference, to: path, options, deleted: [], remote: { ...difference.remote, tree, exists: true } };
}

async function runStep(
  remote: Remote,
  dest: string,
  program: 'build-version' | 'complete-version',
  words: readonly string[],
  stdin: Uint8Array,
): Promise<void> {
  const argv = ['sh', '-c', withExactMode(readProgram(`src/sdk/push/${program}.sh`)), 'swarm', ...words] as const;
  const { exit, stderr } = await remote.exec({ argv, stdin });
  if (exit === 0) return;
  const { reason, hint } = describeRefusal(stderr.trim().split('\n')[0] || `exit ${exit}`, dest);
  throw new SwarmError(isDiskFull(stderr) ? 'SW6008' : 'SW6012', `no new version of ${dest} can be made: ${reason}`, {
    ...(hint === undefined ? {} : { hint }),
    detail: stderr.trim(),
  });
}
