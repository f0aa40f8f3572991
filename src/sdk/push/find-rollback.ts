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
  const refuse = (message: string, { not, detail }: { readonly not?: HostVersion; readonly detail?: string | undefined } = {}): never => {
    throw new SwarmError('SW6012', message, {
      hint: adviseRollback(probe.host.name, hosts, not),
      ...(detail === undefined ? {} : { detail }),
    });
  };
  const name = wanted === 'true' || wanted === '' ? 'previous' : wanted;
  const found = name === 'previous' ? findPrevious(hosts) : findNamed(hosts, name);
  const moving = found.flatMap(({ host, to }) => {
    if (to === undefined)
      return refuse(name === 'previous' ? `there is no older version of ${host.dest}` : `there is no version ${name} of ${host.dest}`);
    return to === host.current ? [] : [{ host, to }];
  });
  for (const { host, to } of moving) {
    const changed = await findChanged(probe, `${host.versions}/${to.name}`);
    const message = `the version ${host.versions}/${to.name} was changed on the host: ${changed.slice(0, 5).join(', ')}`;
    const detail = changed.length > 5 ? changed.slice(0, 20).join('\n') : undefined; // the message has them all otherwise
    if (changed.length > 0) refuse(message, { not: to, detail });
  }
  return moving;
}

/** A tree, and the version that was asked for where it has that. */
interface Found {
  readonly host: HostTree;
  readonly to: HostVersion | undefined;
}

/** What was there before the last push. A tree that this push did not change stays. */
function findPrevious(hosts: readonly HostTree[]): readonly Found[] {
  const pushed = hosts.flatMap(({ current }) => current?.info ?? []);
  const last = newest(pushed);
  const changed = last === undefined ? hosts : hosts.filter(({ current }) => current?.info?.run === last.run);
  return changed.map((host) => ({
    host,
    to: host.all.findLast(({ number }) => number < (host.current?.number ?? Number.POSITIVE_INFINITY)),
  }));
}

/** The version with this number, or of this commit or content. A tree that a push of the commit did not change has the version that was in
 *  use beside the others. */
function findNamed(hosts: readonly HostTree[], name: string): readonly Found[] {
  const found = hosts.map((host) => ({ host, to: findVersion(host.all, name) }));
  const beside = newest(found.flatMap(({ to }) => (String(to?.number) === name ? [] : (to?.info ?? []))))?.beside ?? {};
  return found.map(({ host, to }) => ({ host, to: to ?? host.all.find((each) => each.name === beside[host.dest]) }));
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

/** Which versions a host has of each tree, and the command that goes back to the newest that all of them can go to. */
function adviseRollback(name: string, hosts: readonly HostTree[], not: HostVersion | undefined): string {
  const lists = hosts.map(({ dest, all, current }) => {
    const versions = all.map((each) => describeVersion(each, each === current)).reverse();
    return `${dest} has ${versions.length === 0 ? 'no version' : versions.join(', ')}`;
  });
  const names = hosts.flatMap(({ all }) => all.filter((each) => each !== not)).flatMap(namesOf);
  const goesBack = (each: string): boolean => {
    const found = findNamed(hosts, each);
    return found.every(({ to }) => to !== undefined && to !== not) && found.some(({ host, to }) => to !== host.current);
  };
  const wanted = names.findLast(goesBack);
  const command = wanted === undefined ? `swarm push -l ${name}` : `swarm push --rollback ${wanted} -l ${name}`;
  return `On ${name} ${lists.join(', ')}. ${wanted === undefined ? 'To push the files as they are' : 'To go back'}, run: ${command}`;
}

const describeVersion = ({ number, info }: HostVersion, isCurrent: boolean): string => {
  const notes = [...(info?.commit === undefined ? [] : [`commit ${info.commit.slice(0, 7)}`]), ...(isCurrent ? ['in use'] : [])];
  return `version ${number}${notes.length === 0 ? '' : ` (${notes.join(', ')})`}`;
};

/** What a version can be called for `--rollback`. */
const namesOf = ({ number, info }: HostVersion): readonly string[] => [
  ...(info?.commit === undefined ? [] : [info.commit.slice(0, 7)]),
  String(number),
];

/** The files of a version that are not those that were pushed. */
async function findChanged(probe: Probe, path: string): Promise<readonly string[]> {
  const record = await probe.read(`${path}.json`);
  if (record === undefined) return []; // the folder that was there before the first push
  const files = parseFiles(new TextDecoder().decode(record).split('\n')[1] ?? '') ?? {};
  const reader = { exec: (command: Parameters<Probe['query']>[0]) => probe.query(command) };
  const { tree } = await readRemoteTree(reader, path, probe.signal);
  return findDrift(reader, path, { tree, files, known: new Map() }, probe.signal);
}
