import { SwarmError } from '../../core/error/swarm-error.ts';
import type { Probe } from '../../core/module.ts';
import { readRemoteTree } from '../../remote/tree/list-tree.ts';
import { assertReplaceable, findDrift, type HostTree, type HostVersion, readHostTree } from './host-tree.ts';
import type { TreeArgs } from './push-args.ts';
import { parseFiles } from './tree-record.ts';

/** A tree and the version of it that a rollback goes to. */
export interface Rollback {
  readonly host: HostTree;
  readonly to: HostVersion;
}

/** Finds the version of each tree to go back to; trees that stay are left out. Throws SW6012 where there is none, or where its files were
 *  changed. */
export async function findRollbacks(probe: Probe, trees: readonly TreeArgs[], wanted: string): Promise<readonly Rollback[]> {
  const hosts = await Promise.all(trees.map((tree) => readHostTree(probe, tree)));
  for (const host of hosts) assertReplaceable(host);
  const name = wanted === 'true' || wanted === '' ? 'previous' : wanted;
  const found = name === 'previous' ? findPrevious(hosts) : findNamed(hosts, name);
  const moving = found.filter(({ host, to }) => to !== host.current);
  await Promise.all(moving.map(({ host, to }) => assertIntact(probe, `${host.versions}/${to.name}`)));
  return moving;
}

/** What was there before the last push. A tree that this push did not change stays. */
function findPrevious(hosts: readonly HostTree[]): readonly Rollback[] {
  const pushed = hosts.flatMap(({ current }) => current?.info ?? []);
  const last = newest(pushed);
  const changed = last === undefined ? hosts : hosts.filter(({ current }) => current?.info?.run === last.run);
  return changed.map((host) => {
    const before = host.all.findLast(({ number }) => number < (host.current?.number ?? Number.POSITIVE_INFINITY));
    return { host, to: before ?? throwMissing(host, `there is no older version of ${host.dest}`) };
  });
}

/** The version with this number, or of this commit or content. A tree that a push of the commit did not change has the version that was in
 *  use beside the others. */
function findNamed(hosts: readonly HostTree[], name: string): readonly Rollback[] {
  const found = hosts.map((host) => ({ host, to: findVersion(host.all, name) }));
  const beside = newest(found.flatMap(({ to }) => (String(to?.number) === name ? [] : (to?.info ?? []))))?.beside ?? {};
  return found.map(({ host, to }) => ({
    host,
    to: to ?? host.all.find((each) => each.name === beside[host.dest]) ?? throwMissing(host, `there is no version ${name} of ${host.dest}`),
  }));
}

/** Of a commit rather what was pushed without changes of its own. */
function findVersion(all: readonly HostVersion[], wanted: string): HostVersion | undefined {
  const numbered = all.find(({ number }) => String(number) === wanted);
  if (numbered !== undefined || wanted.length < 4) return numbered;
  const matching = all.filter(({ info }) => info?.id.startsWith(wanted) || info?.commit?.startsWith(wanted));
  return matching.findLast(({ info }) => info?.dirty !== true) ?? matching.at(-1);
}

const newest = <T extends { readonly at: string }>(all: readonly T[]): T | undefined =>
  all.toSorted((one, other) => (one.at < other.at ? -1 : 1)).at(-1);

function throwMissing({ all }: HostTree, message: string): never {
  const list = all.map(({ number, info }) => `${number}${info?.commit === undefined ? '' : ` (${info.commit.slice(0, 7)})`}`).join(', ');
  throw new SwarmError('SW6012', message, {
    hint: list === '' ? 'Push to it first: swarm push' : `The host has the versions ${list}.`,
  });
}

/** Throws where the files of a version are not those that were pushed. */
async function assertIntact(probe: Probe, path: string): Promise<void> {
  const record = await probe.read(`${path}.json`);
  if (record === undefined) return; // the folder that was there before the first push
  const files = parseFiles(new TextDecoder().decode(record).split('\n')[1] ?? '') ?? {};
  const reader = { exec: (command: Parameters<Probe['query']>[0]) => probe.query(command) };
  const { tree } = await readRemoteTree(reader, path, probe.signal);
  const changed = await findDrift(reader, path, { tree, files, known: new Map() }, probe.signal);
  if (changed.length === 0) return;
  throw new SwarmError('SW6012', `the version ${path} was changed on the host: ${changed.slice(0, 5).join(', ')}`, {
    hint: 'Go back to another version, or push the source of this one.',
    detail: changed.slice(0, 20).join('\n'),
  });
}
