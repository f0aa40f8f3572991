import { closestName, listNames } from '../../core/closest-name.ts';
import { SwarmError } from '../../core/error/swarm-error.ts';
import type { Vars } from '../../core/json-value.ts';
import type { KeyPath, SourceDocument } from '../yaml/source-document.ts';
import type { GroupEntry, HostSettings } from './inventory-schema.ts';
import type { Located, MergedInventory } from './merge-inventory.ts';

/** The groups of each host, and what the groups set for it. */
export interface GroupTree {
  readonly names: readonly string[];
  /** Every group of a host, direct ones first; `all` is left out. */
  groupsOfHost(host: string): readonly string[];
  /** `all` and every group of a host, lowest precedence first. */
  groupsFarthestFirst(host: string): readonly string[];
  /** The settings of `all` and of the groups of a host, lowest precedence first. */
  settingsOfGroups(host: string): readonly HostSettings[];
  /** The variables of `all`, the groups, the host and its file. The last one wins. */
  mergeVars(host: string, own: Vars): Vars;
}

/** The groups of an inventory; unknown members, circles and names of both a host and a group are problems. */
export function buildGroupTree(merged: MergedInventory, problems: SwarmError[]): GroupTree {
  const direct = listDirectGroups(merged, problems);
  const names = [...new Set([...merged.groups.keys(), ...[...direct.values()].flat()])].filter((name) => name !== 'all');
  const parents = listParents(merged, names, problems);
  checkGroupNames(merged, names, problems);
  checkVarsFiles(merged, names, problems);
  checkGroupCircles(merged, parents, problems);
  const files = listVarsFiles(merged);
  const inherited = new Map<string, Inherited>();
  const inheritedBy = (host: string): Inherited => {
    const own = direct.get(host) ?? [];
    const key = own.join('\0');
    const found = inherited.get(key) ?? inherit(own, merged, parents, files);
    inherited.set(key, found);
    return found;
  };
  return {
    names,
    groupsOfHost: (host) => inheritedBy(host).nearestFirst,
    groupsFarthestFirst: (host) => inheritedBy(host).farthestFirst,
    settingsOfGroups: (host) => inheritedBy(host).settings,
    mergeVars: (host, own) => Object.assign({}, inheritedBy(host).vars, own, ...(files.host.get(host) ?? [])) as Vars,
  };
}

/** What hosts in the same groups have in common. */
interface Inherited {
  readonly nearestFirst: readonly string[];
  readonly farthestFirst: readonly string[];
  readonly settings: readonly HostSettings[];
  readonly vars: Vars;
}

/** The variables of all files, by whose they are. */
type FileVars = Readonly<Record<'host' | 'group', ReadonlyMap<string, readonly Vars[]>>>;

function inherit(
  own: readonly string[],
  merged: MergedInventory,
  parents: ReadonlyMap<string, readonly string[]>,
  files: FileVars,
): Inherited {
  const levels = listLevels(own, parents);
  const farthestFirst = ['all', ...[...levels].reverse().flat()];
  const entries = (name: string): readonly GroupEntry[] => (merged.groups.get(name) ?? []).map(({ value }) => value);
  const layers = farthestFirst.flatMap((name) => [...entries(name).map(({ vars }) => vars ?? {}), ...(files.group.get(name) ?? [])]);
  return {
    nearestFirst: levels.flat(),
    farthestFirst,
    settings: farthestFirst.flatMap(entries),
    vars: Object.assign({}, ...layers) as Vars,
  };
}

function listVarsFiles({ vars: all }: MergedInventory): FileVars {
  const files = { host: new Map<string, Vars[]>(), group: new Map<string, Vars[]>() };
  for (const { kind, name, vars } of all) {
    const known = files[kind].get(name);
    if (known === undefined) files[kind].set(name, [vars]);
    else known.push(vars);
  }
  return files;
}

/** host → its direct groups, from both sides. */
function listDirectGroups(merged: MergedInventory, problems: SwarmError[]): Map<string, string[]> {
  const direct = new Map<string, string[]>();
  const addToGroup = (host: string, group: string): void => {
    const groups = direct.get(host) ?? [];
    if (group !== 'all' && !groups.includes(group)) direct.set(host, [...groups, group]);
  };
  for (const [host, { value }] of merged.hosts) for (const group of value.groups ?? []) addToGroup(host, group);
  for (const [group, entries] of merged.groups) {
    for (const { source, path, value } of entries) {
      for (const [i, host] of (value.hosts ?? []).entries()) {
        if (merged.hosts.has(host)) addToGroup(host, group);
        else if (merged.groups.has(host)) problems.push(groupAsHostError(host, source, [...path, 'hosts', i]));
        else problems.push(unknownMemberError('host', host, merged.hosts.keys(), source, [...path, 'hosts', i]));
      }
    }
  }
  return direct;
}

function listParents(merged: MergedInventory, names: readonly string[], problems: SwarmError[]): Map<string, string[]> {
  const parents = new Map<string, string[]>();
  const known = new Set(names);
  for (const [parent, entries] of merged.groups) {
    for (const { source, path, value } of entries) {
      for (const [i, child] of (value.children ?? []).entries()) {
        if (!known.has(child)) problems.push(unknownMemberError('group', child, names, source, [...path, 'children', i]));
        else if (parent !== 'all') parents.set(child, [...(parents.get(child) ?? []), parent]);
      }
    }
  }
  return parents;
}

const groupAsHostError = (name: string, source: SourceDocument, path: KeyPath): SwarmError =>
  new SwarmError('SW1306', `\`${name}\` is a group, not a host`, {
    at: source.valueSpan(path),
    hint: `Write groups under children: children: [${name}]`,
  });

function unknownMemberError(kind: string, name: string, names: Iterable<string>, source: SourceDocument, path: KeyPath): SwarmError {
  const near = closestName(name, names);
  const hint = near === undefined ? `Use one of the ${kind}s: ${listNames(names)}` : `Did you mean \`${near}\`?`;
  return new SwarmError('SW1306', `no ${kind} is called \`${name}\``, { at: source.valueSpan(path), hint });
}

/** Level by level upwards: direct groups, their parents, and so on; each group once. */
function listLevels(start: readonly string[], parents: ReadonlyMap<string, readonly string[]>): readonly (readonly string[])[] {
  const levels: string[][] = [];
  const seen = new Set<string>();
  for (let level = [...new Set(start)]; level.length > 0; ) {
    levels.push(level);
    for (const name of level) seen.add(name);
    level = [...new Set(level.flatMap((name) => parents.get(name) ?? []))].filter((name) => !seen.has(name));
  }
  return levels;
}

function checkGroupNames(merged: MergedInventory, names: readonly string[], problems: SwarmError[]): void {
  const ofGroups = new Set(names);
  for (const [name, { source, path }] of merged.hosts) {
    if (name !== 'all' && !ofGroups.has(name)) continue;
    const message = name === 'all' ? '`all` means every host' : `\`${name}\` is both a host and a group`;
    problems.push(new SwarmError('SW1306', message, { at: source.keySpan(path), hint: 'Rename it.' }));
  }
}

function checkVarsFiles(merged: MergedInventory, names: readonly string[], problems: SwarmError[]): void {
  const known = { host: new Set([...merged.hosts.keys(), 'localhost']), group: new Set([...names, 'all']) };
  for (const { kind, name, source, mustExist: mustFit } of merged.vars) {
    if (mustFit && !known[kind].has(name)) problems.push(unknownMemberError(kind, name, known[kind], source, []));
  }
}

function checkGroupCircles(merged: MergedInventory, parents: ReadonlyMap<string, readonly string[]>, problems: SwarmError[]): void {
  const reported = new Set<string>();
  for (const name of parents.keys()) {
    const circle = findCircle(name, parents);
    if (circle === undefined || circle.some((each) => reported.has(each))) continue;
    for (const each of circle) reported.add(each);
    const entry = merged.groups.get(circle[1] ?? name)?.[0] as Located<GroupEntry>;
    const message = `groups contain each other: ${circle.join(' → ')}`;
    problems.push(
      new SwarmError('SW1306', message, { at: entry.source.keySpan([...entry.path, 'children']), hint: 'Remove one of the children.' }),
    );
  }
}

/** The names along `next` from a name back to itself. */
export function findCircle(start: string, next: ReadonlyMap<string, readonly string[]>): readonly string[] | undefined {
  const seen = new Set<string>();
  const walk = (name: string, walked: readonly string[]): readonly string[] | undefined => {
    for (const each of next.get(name) ?? []) {
      if (each === start) return [...walked, each];
      if (seen.has(each)) continue;
      seen.add(each);
      const found = walk(each, [...walked, each]);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return walk(start, [start]);
}
