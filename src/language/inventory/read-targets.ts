import { join, normalize, resolve } from 'node:path';
import { closestName } from '../../core/closest-name.ts';
import { SwarmError } from '../../core/error/swarm-error.ts';
import type { HostName } from '../../core/inventory/host-name.ts';
import type { Inventory } from '../../core/inventory/inventory.ts';
import type { BinhostLocation } from '../../core/inventory/target.ts';
import { DEFAULT_DRONES, defaultTarget, type Target } from '../../core/inventory/target.ts';
import { parseByteSize } from '../schema/parse-units.ts';
import type { GroupTree } from './group-tree.ts';
import { selectByPattern } from './host-pattern.ts';
import type { TargetEntry } from './inventory-schema.ts';
import { isWritten, type Located } from './merge-inventory.ts';
import { findFolderFault } from './portage-folder.ts';
import { describeUnknownHost } from './unknown-host.ts';

/** What the targets of an inventory are read with. */
export interface TargetContext {
  readonly inventory: Omit<Inventory, 'targets'>;
  /** Of all hosts that are written, also of those with a problem. */
  readonly names: readonly string[];
  readonly groups: GroupTree;
  readonly problems: SwarmError[];
  readonly warnings: SwarmError[];
  readBinhost(entry: Located<NonNullable<TargetEntry['binhost']>>): BinhostLocation;
}

/** The targets of the inventory; one named `default`, with the drones' own configuration, where there is none. */
export function readTargets(context: TargetContext, entries: ReadonlyMap<string, Located<TargetEntry>>): Inventory['targets'] {
  const targets = [...entries].map(([name, entry]) => readTarget(context, name, entry));
  const [first, ...more] = targets;
  if (first === undefined) return [readDefaultTarget(context.inventory)];
  checkShared(context, entries, targets);
  return [first, ...more];
}

function readTarget(context: TargetContext, name: string, entry: Located<TargetEntry>): Target {
  const { value, source, path } = entry;
  const { dir, binhost } = context.inventory;
  const keep = value.keep === undefined ? undefined : parseByteSize(value.keep);
  return {
    name,
    drones: value.drones ?? DEFAULT_DRONES,
    hosts: selectDrones(context, name, entry),
    requires: {
      cpuFlags: value.cpu_flags ?? [],
      repositories: value.repositories ?? {},
      ...(value.arch === undefined ? {} : { arch: value.arch }),
      ...(value.chost === undefined ? {} : { chost: value.chost }),
    },
    packages: value.packages ?? [],
    packagesAt: (value.packages ?? []).map((_, i) => source.valueSpan([...path, 'packages', i])),
    clients: readClients(context, entry),
    binhost:
      value.binhost === undefined
        ? { ...binhost, path: join(binhost.path, name) }
        : context.readBinhost({ source, path: [...path, 'binhost'], value: value.binhost }),
    at: source.keySpan(path),
    ...(value.portage === undefined ? {} : { portage: readPortageFolder(context, dir, entry, value.portage) }),
    ...readRoot(context, name, entry),
    ...(keep === undefined ? {} : { keep }),
  };
}

/** Folders of swarm and of the system are not a place for roots: what is in them is not swarm's. */
const TAKEN_FOLDERS =
  /^\/(?:bin|boot|dev|etc|lib|lib32|lib64|opt|proc|run|sbin|sys|usr|var\/lib\/swarm\/(?:packages|targets))(?:\/|$)|^\/(?:home|mnt|root|srv|tmp|var|var\/lib|var\/lib\/swarm)?$/;

/** Without `root_from`, the root is made from the system of the drone. */
function readRoot({ problems }: TargetContext, name: string, { source, path, value }: Located<TargetEntry>): Pick<Target, 'root'> {
  const { root: written, root_from: from = '/' } = value;
  const addProblem = (key: string, message: string, hint: string): void =>
    void problems.push(new SwarmError('SW1308', message, { at: source.valueSpan([...path, key]), hint }));
  if (written === undefined) {
    if (value.root_from !== undefined && !isWritten({ source, path }, 'root'))
      addProblem('root_from', `target ${name} has root_from without root`, `Add: root: /var/lib/swarm/roots/${name}`);
    return {};
  }
  const root = normalize(written).replace(/(?<=.)\/$/, '');
  if (TAKEN_FOLDERS.test(root))
    addProblem('root', `${written} is a folder of the system`, `Name a folder of its own: root: /var/lib/swarm/roots/${name}`);
  const origin = normalize(from).replace(/(?<=.)\/$/, '');
  if (value.root_from !== undefined && `${origin}/`.startsWith(`${root}/`))
    addProblem('root_from', `${from} is in the root that is made from it`, 'Name an archive or a folder outside of root:');
  return { root: { path: root, from: origin } };
}

function readDefaultTarget({ hosts, binhost }: TargetContext['inventory']): Target {
  return defaultTarget(
    binhost,
    hosts.filter(({ groups }) => groups.includes(DEFAULT_DRONES)).map(({ name }) => name),
  );
}

function selectDrones(
  { inventory, names, problems }: TargetContext,
  name: string,
  { source, path, value }: Located<TargetEntry>,
): readonly HostName[] {
  const at = value.drones === undefined ? source.keySpan(path) : source.valueSpan([...path, 'drones']);
  try {
    const complete = { ...inventory, targets: [defaultTarget(inventory.binhost)] as const };
    return selectByPattern(complete, value.drones ?? DEFAULT_DRONES).map((host) => host.name);
  } catch (thrown) {
    if (!(thrown instanceof SwarmError)) throw thrown;
    const refused = value.drones === undefined && isWritten({ source, path }, 'drones');
    if (refused || inventory.hosts.length <= names.length) return []; // reported already: of drones:, or of a host without routes
    const hint = howToNameDrones(name, value.drones, { inventory, names }) ?? thrown.hint;
    problems.push(new SwarmError('SW1308', `target ${name} has no drones: ${thrown.message}`, { at, hint, detail: thrown.detail }));
    return [];
  }
}

/** An edit: with this problem the inventory is refused, so no command can help. Undefined where the error of the pattern has one. */
function howToNameDrones(
  target: string,
  pattern: string | undefined,
  { inventory: { groups }, names }: Pick<TargetContext, 'inventory' | 'names'>,
): string | undefined {
  if (names.length === 0) return 'Write a host: hosts: { NAME: { groups: [drones], routes: [ { local: ADDRESS } ] } }';
  if (pattern === undefined && !groups.includes(DEFAULT_DRONES))
    return `Write drones: PATTERN in target ${target}, or make the group: groups: { drones: { hosts: [NAME] } }`;
  const known = [...groups, ...names];
  if (pattern === undefined || groups.includes(pattern) || closestName(pattern, known) !== undefined) return undefined;
  return `Write a pattern of these: ${known.slice(0, 12).join(', ')}${known.length > 12 ? ', ...' : ''}`;
}

/** Absolute. A folder that is missing or has no make.conf is a problem. */
function readPortageFolder({ problems }: TargetContext, dir: string, { source, path }: Located<TargetEntry>, written: string): string {
  const folder = resolve(dir, written);
  const at = source.valueSpan([...path, 'portage']);
  const fault = findFolderFault(folder);
  if (fault === 'no folder') {
    const hint = `Make the folder ${written}, with make.conf and what else the target has in /etc/portage.`;
    problems.push(new SwarmError('SW1308', `there is no folder ${written}`, { at, hint }));
  } else if (fault === 'no make.conf') {
    const hint = `Write ${join(written, 'make.conf')}, as /etc/portage/make.conf of a client is.`;
    problems.push(new SwarmError('SW1308', `${written} has no make.conf`, { at, hint }));
  }
  return folder;
}

function readClients({ names, groups, problems }: TargetContext, { source, path, value }: Located<TargetEntry>): readonly HostName[] {
  return (value.clients ?? []).map((client, i) => {
    if (client !== 'localhost' && !names.includes(client)) {
      const { message, hint } = describeUnknownHost(client, names, groups);
      problems.push(new SwarmError('SW1308', message, { at: source.valueSpan([...path, 'clients', i]), hint }));
    }
    return client as HostName;
  });
}

/** One root made from two things would be made anew again and again, and a root in another one goes with it. */
function sharesRoot({ root: one, hosts }: Target, { root: other, hosts: others }: Target): boolean {
  if (one === undefined || other === undefined || !hosts.some((host) => others.includes(host))) return false;
  if (one.path === other.path) return one.from !== other.from;
  return one.path.startsWith(`${other.path}/`) || other.path.startsWith(`${one.path}/`);
}

/** A host is a client of one target, and a binhost belongs to one target. */
function checkShared({ problems }: TargetContext, entries: ReadonlyMap<string, Located<TargetEntry>>, targets: readonly Target[]): void {
  const owners = new Map<string, string>();
  for (const [i, target] of targets.entries()) {
    const other = targets.slice(0, i).find((before) => sharesRoot(before, target));
    const entry = entries.get(target.name);
    if (other === undefined || entry === undefined) continue;
    problems.push(
      new SwarmError('SW1308', `the roots of ${other.name} and ${target.name} are in each other`, {
        at: entry.source.valueSpan([...entry.path, 'root']),
        hint: `Name a folder of its own: root: /var/lib/swarm/roots/${target.name}`,
      }),
    );
  }
  for (const { name, clients, binhost } of targets) {
    const entry = entries.get(name);
    for (const [i, client] of clients.entries()) {
      const owner = owners.get(client);
      if (owner !== undefined && owner !== name) {
        const at = entry?.source.valueSpan([...entry.path, 'clients', i]);
        const hint = `A client installs from one binhost. Remove it from ${owner} or from ${name}.`;
        problems.push(new SwarmError('SW1308', `${client} is a client of ${owner} and of ${name}`, { at, hint }));
      } else owners.set(client, name);
    }
    const place = `${binhost.host ?? ''}:${binhost.path}`;
    const owner = owners.get(place);
    if (owner !== undefined) {
      const hint = 'Give each target a path of its own: binhost: { path: /srv/binpkgs/NAME }';
      problems.push(
        new SwarmError('SW1308', `${owner} and ${name} have the same binhost`, { at: entry?.source.keySpan(entry.path), hint }),
      );
    } else owners.set(place, name);
  }
}
