import { nearest, SwarmError } from '../../core/error.ts';
import type { Vars } from '../../core/host.ts';
import type { Path, Source } from '../yaml/source-document.ts';
import type { GroupEntry, LoginEntry } from './inventory-schema.ts';
import type { Merged, Placed } from './merge-inventory.ts';

/** Who is in which group, and what the groups give to a host. */
export interface Groups {
  readonly names: readonly string[];
  /** Every group of a host, direct ones first; `all` is left out. */
  of(host: string): readonly string[];
  /** What `all` and the groups say about logging in, the farthest first. */
  logins(host: string): readonly LoginEntry[];
  /** The variables of `all`, the groups, the host and its file: the nearest to the host wins. */
  vars(host: string, own: Vars): Vars;
}

/** The groups of an inventory; unknown members, circles and names of both a host and a group are problems. */
export function groupsOf(merged: Merged, problems: SwarmError[]): Groups {
  const direct = membership(merged, problems);
  const names = [...new Set([...merged.groups.keys(), ...[...direct.values()].flat()])].filter((name) => name !== 'all');
  const parents = parentsOf(merged, names, problems);
  checkNames(merged, names, problems);
  checkVars(merged, names, problems);
  checkCircles(merged, parents, problems);
  const levels = (host: string): readonly (readonly string[])[] => climb(direct.get(host) ?? [], parents);
  const farthestFirst = (host: string): readonly string[] => ['all', ...[...levels(host)].reverse().flat()];
  const entries = (name: string): readonly GroupEntry[] => (merged.groups.get(name) ?? []).map(({ value }) => value);
  const files = (kind: 'group' | 'host', name: string): readonly Vars[] =>
    merged.vars.filter((each) => each.kind === kind && each.name === name).map(({ vars }) => vars);
  return {
    names,
    of: (host) => levels(host).flat(),
    logins: (host) => farthestFirst(host).flatMap(entries),
    vars: (host, own) =>
      Object.assign(
        {},
        ...farthestFirst(host).flatMap((name) => [...entries(name).map(({ vars }) => vars ?? {}), ...files('group', name)]),
        own,
        ...files('host', host),
      ) as Vars,
  };
}

/** host → its direct groups, from both sides. */
function membership(merged: Merged, problems: SwarmError[]): Map<string, string[]> {
  const direct = new Map<string, string[]>();
  const join = (host: string, group: string): void => {
    const groups = direct.get(host) ?? [];
    if (group !== 'all' && !groups.includes(group)) direct.set(host, [...groups, group]);
  };
  for (const [host, { value }] of merged.hosts) for (const group of value.groups ?? []) join(host, group);
  for (const [group, places] of merged.groups) {
    for (const { source, path, value } of places) {
      for (const [i, host] of (value.hosts ?? []).entries()) {
        if (merged.hosts.has(host)) join(host, group);
        else problems.push(unknown('host', host, [...merged.hosts.keys()], source, [...path, 'hosts', i]));
      }
    }
  }
  return direct;
}

function parentsOf(merged: Merged, names: readonly string[], problems: SwarmError[]): Map<string, string[]> {
  const parents = new Map<string, string[]>();
  for (const [parent, places] of merged.groups) {
    for (const { source, path, value } of places) {
      for (const [i, child] of (value.children ?? []).entries()) {
        if (!names.includes(child)) problems.push(unknown('group', child, names, source, [...path, 'children', i]));
        else if (parent !== 'all') parents.set(child, [...(parents.get(child) ?? []), parent]);
      }
    }
  }
  return parents;
}

function unknown(kind: string, name: string, names: readonly string[], source: Source, path: Path): SwarmError {
  const near = nearest(name, names);
  const hint = near === undefined ? `${kind}s: ${names.join(', ')}` : `did you mean \`${near}\`?`;
  return new SwarmError('SW1306', `no ${kind} is called \`${name}\``, { at: source.at(path), hint });
}

/** Level by level upwards: direct groups, their parents, and so on; each group once. */
function climb(start: readonly string[], parents: ReadonlyMap<string, readonly string[]>): readonly (readonly string[])[] {
  const levels: string[][] = [];
  const seen = new Set<string>();
  for (let level = [...new Set(start)]; level.length > 0; ) {
    levels.push(level);
    for (const name of level) seen.add(name);
    level = [...new Set(level.flatMap((name) => parents.get(name) ?? []))].filter((name) => !seen.has(name));
  }
  return levels;
}

function checkNames(merged: Merged, names: readonly string[], problems: SwarmError[]): void {
  for (const [name, { source, path }] of merged.hosts) {
    if (name !== 'all' && !names.includes(name)) continue;
    const message = name === 'all' ? '`all` means every host' : `\`${name}\` is both a host and a group`;
    problems.push(new SwarmError('SW1306', message, { at: source.key(path), hint: 'rename it' }));
  }
}

function checkVars(merged: Merged, names: readonly string[], problems: SwarmError[]): void {
  for (const { kind, name, source, mustFit } of merged.vars) {
    const known = kind === 'host' ? [...merged.hosts.keys(), 'localhost'] : [...names, 'all'];
    if (mustFit && !known.includes(name)) problems.push(unknown(kind, name, known, source, []));
  }
}

function checkCircles(merged: Merged, parents: ReadonlyMap<string, readonly string[]>, problems: SwarmError[]): void {
  const told = new Set<string>();
  for (const name of parents.keys()) {
    const circle = circleFrom(name, parents);
    if (circle === undefined || circle.some((each) => told.has(each))) continue;
    for (const each of circle) told.add(each);
    const placed = merged.groups.get(circle[1] ?? name)?.[0] as Placed<GroupEntry>;
    const message = `groups contain each other: ${circle.join(' → ')}`;
    problems.push(
      new SwarmError('SW1306', message, { at: placed.source.key([...placed.path, 'children']), hint: 'remove one of the children' }),
    );
  }
}

/** A way along `next` from a name back to it. */
export function circleFrom(start: string, next: ReadonlyMap<string, readonly string[]>): readonly string[] | undefined {
  const seen = new Set<string>();
  const walk = (name: string, way: readonly string[]): readonly string[] | undefined => {
    for (const each of next.get(name) ?? []) {
      if (each === start) return [...way, each];
      if (seen.has(each)) continue;
      seen.add(each);
      const found = walk(each, [...way, each]);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return walk(start, [start]);
}
