import { isDiskFull } from '../../core/error/disk-full.ts';
import { SwarmError } from '../../core/error/swarm-error.ts';
import { readProgram } from '../../core/program/package-root.ts';
import { describeRefusal } from '../session/file-refusal.ts';
import { withSweepLeftovers } from '../temporary/sweep-leftovers.ts';
import { compareTrees, findEqualFiles, findObstacle, type TreePlan } from './compare-trees.ts';
import { createExcludeTest } from './exclude-patterns.ts';
import { type CommandRunner, type RemoteTree, readRemoteTree, type Tree } from './list-tree.ts';
import { listLocalTree, type TreeModes } from './local-tree.ts';
import { packTree } from './pack-tree.ts';
import { hasLocalRsync, type PipeOpener, sendWithRsync } from './rsync-tree.ts';

export interface TreeOptions {
  /** Removes what is only on the host; what is excluded stays. */
  readonly delete?: boolean;
  /** rsync's patterns. */
  readonly exclude?: readonly string[];
  /** Content decides, by SHA-256, in place of mtime. */
  readonly checksum?: boolean;
  /** How content is sent. By default `rsync` only where much content replaces an older form, else one `tar` stream, which is faster. */
  readonly by?: 'tar' | 'rsync';
  /** Permissions other than those of the files here; they go by tar. */
  readonly modes?: TreeModes;
}

export interface PushResult {
  readonly sent: readonly string[];
  readonly deleted: readonly string[];
  /** Size of the files sent. */
  readonly bytes: number;
}

/** From so many bytes on, sending only the parts that changed is worth rsync's own round trips. */
const RSYNC_MIN_BYTES = 16 * 1024 * 1024;

/** How a folder of a host differs from one of this machine, with the listings of both. */
export interface TreeDifference extends TreePlan {
  readonly from: string;
  readonly to: string;
  readonly options: TreeOptions;
  readonly local: Tree;
  readonly remote: RemoteTree;
  /** Files whose content was compared and is equal; undefined where mtime decides. */
  readonly same: ReadonlySet<string> | undefined;
}

/** Finds what has to be sent and deleted; writes nothing. Owners are not compared: what is pushed belongs to the login. */
export function compareTree(
  host: CommandRunner,
  from: string,
  to: string,
  options: TreeOptions,
  signal: AbortSignal,
): Promise<TreeDifference> {
  return compareSides(host, { from, to, options, same: new Set() }, signal);
}

/** What is still different after `sendTree`: all is listed again, and the content of what was sent is compared. */
export function compareSentTree(host: CommandRunner, sent: TreeDifference, signal: AbortSignal): Promise<TreeDifference> {
  return compareSides(host, sent, signal);
}

/** Makes a folder of the host like the one of this machine: files, folders, links, permissions, mtimes. Each file is the old or the new one at any
 *  moment. One round trip, and no second connection. Throws SW6001, SW6008, SW2005. */
export async function sendTree(host: PipeOpener, difference: TreeDifference, signal: AbortSignal): Promise<void> {
  const { from, to, options, remote, sent, deleted, updatedBytes: updated } = difference;
  if (sent.length === 0 && deleted.length === 0 && remote.exists) return;
  const rsync = options.by === undefined ? updated >= RSYNC_MIN_BYTES && remote.hasRsync && hasLocalRsync() : options.by === 'rsync';
  if (rsync) await sendWithRsync(host, from, to, rsyncOptions(options), signal);
  else await sendAsTar(host, difference, signal);
}

/** Compares and sends. */
export async function pushTree(
  host: CommandRunner & PipeOpener,
  from: string,
  to: string,
  options: TreeOptions,
  signal: AbortSignal,
): Promise<PushResult> {
  const difference = await compareTree(host, from, to, options, signal);
  await sendTree(host, difference, signal);
  return { sent: difference.sent, deleted: difference.deleted, bytes: difference.bytes };
}

type ComparisonInput = Pick<TreeDifference, 'from' | 'to' | 'options' | 'same'>;

async function compareSides(
  host: CommandRunner,
  { from, to, options, same: knownEqual }: ComparisonInput,
  signal: AbortSignal,
): Promise<TreeDifference> {
  if (!to.startsWith('/')) throw new SwarmError('SW6014', `not an absolute path: ${to}`);
  const exclude = options.exclude ?? [];
  const excluded = createExcludeTest(exclude);
  const [local, remote] = await Promise.all([listLocalTree(from, exclude, options.modes), readRemoteTree(host, to, signal)]);
  const equal = options.checksum
    ? await findEqualFiles(host, { from, to }, local, remote.tree, knownEqual ?? new Set(), signal)
    : undefined;
  const plan = compareTrees(local, remote.tree, options.delete ?? false, excluded, equal);
  const unnamed = plan.deleted.find((path) => path.includes('\ufffd'));
  if (unnamed !== undefined) throw unnamedError(to, unnamed);
  const folder = findObstacle(local, remote.tree, plan);
  if (folder === undefined) return { ...plan, from, to, options, local, remote, same: equal };
  throw new SwarmError('SW6001', `${to}/${folder} is a folder on the host but not on this machine`, {
    hint: 'Remove it on the host, or push with delete: true.',
  });
}

/** Its name arrived as another one, which does not exist there. */
const unnamedError = (to: string, path: string): SwarmError =>
  new SwarmError('SW6001', `${to}/${path} cannot be removed: its name is not UTF-8`, {
    hint: `Remove it on the host, or exclude it. To see its bytes, run there: find ${to} | LC_ALL=C grep -a '[^ -~]' | cat -v`,
  });

const rsyncOptions = (options: TreeOptions): readonly string[] => [
  ...(options.delete ? ['--delete'] : []),
  ...(options.checksum ? ['--checksum'] : []),
  ...(options.exclude ?? []).map((pattern) => `--exclude=${pattern}`),
];

async function sendAsTar(host: PipeOpener, difference: TreeDifference, signal: AbortSignal): Promise<void> {
  const { from, to, local, remote } = difference;
  const pipe = await host.open(
    { argv: ['sh', '-c', withSweepLeftovers(readProgram('src/remote/tree/unpack-tree.sh')), 'swarm', to], transfer: 'to host' },
    signal,
  );
  let errorOutput = '';
  pipe.stderr.on('data', (bytes: Buffer) => {
    if (errorOutput.length < 10_000) errorOutput += bytes.toString();
  });
  pipe.stdout.on('data', () => undefined);
  const packed = packTree(from, local, remote.tree, difference, pipe.stdin).catch((error: Error) => error);
  const exit = await pipe.done;
  const failed = await packed;
  if (exit === 0 && failed === undefined) return;
  const why = errorOutput.trim().split('\n')[0] || (failed instanceof Error ? failed.message : `exit ${exit}`);
  const { reason, hint } = describeRefusal(why, to);
  const code = isDiskFull(errorOutput) ? 'SW6008' : 'SW6001';
  throw new SwarmError(code, `${to} cannot be written: ${reason}`, { hint, detail: errorOutput.trim() });
}
