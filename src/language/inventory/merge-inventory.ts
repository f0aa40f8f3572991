import { SwarmError } from '../../core/error.ts';
import type { Path, Source } from '../yaml/source-document.ts';
import type { Files, VarsFile } from './inventory-files.ts';
import type { GroupEntry, HostEntry, InventoryFile, LoginEntry } from './inventory-schema.ts';

/** A value and where it stands. */
export interface Placed<T> {
  readonly source: Source;
  readonly path: Path;
  readonly value: T;
}

/** All inventory files as one. */
export interface Merged {
  readonly defaults: LoginEntry;
  readonly hosts: ReadonlyMap<string, Placed<HostEntry>>;
  /** A group may be described in several files. */
  readonly groups: ReadonlyMap<string, readonly Placed<GroupEntry>[]>;
  readonly binhost: Placed<NonNullable<InventoryFile['binhost']>> | undefined;
  readonly discover: Placed<NonNullable<InventoryFile['discover']>> | undefined;
  readonly vars: readonly VarsFile[];
}

/** Lays the files together; the same host, or the same single setting, in two files is a problem. */
export function mergeParts(files: Files, problems: SwarmError[]): Merged {
  const hosts = new Map<string, Placed<HostEntry>>();
  const groups = new Map<string, Placed<GroupEntry>[]>();
  const single = new Map<string, Placed<unknown>>();
  const once = <T>(source: Source, path: Path, value: T): Placed<T> => {
    const id = path.join('.');
    const placed = { source, path, value };
    const first = single.get(id);
    if (first !== undefined) problems.push(twice(first, placed));
    else single.set(id, placed);
    return placed;
  };
  for (const { source, value } of files.parts) {
    for (const [key, setting] of Object.entries(value.defaults ?? {})) once(source, ['defaults', key], setting);
    for (const [name, host] of Object.entries(value.hosts ?? {})) {
      const placed = once(source, ['hosts', name], host ?? {});
      if (!hosts.has(name)) hosts.set(name, placed);
    }
    for (const [name, group] of Object.entries(value.groups ?? {})) {
      groups.set(name, [...(groups.get(name) ?? []), { source, path: ['groups', name], value: group ?? {} }]);
    }
    if (value.binhost !== undefined) once(source, ['binhost'], value.binhost);
    if (value.discover !== undefined) once(source, ['discover'], value.discover);
  }
  const settings = [...single].filter(([id]) => id.startsWith('defaults.'));
  return {
    defaults: Object.fromEntries(settings.map(([id, { value }]) => [id.slice('defaults.'.length), value])) as LoginEntry,
    hosts,
    groups,
    binhost: single.get('binhost') as Merged['binhost'],
    discover: single.get('discover') as Merged['discover'],
    vars: files.vars,
  };
}

function twice(first: Placed<unknown>, second: Placed<unknown>): SwarmError {
  const { file, line } = first.source.key(first.path);
  const name = String(second.path.at(-1));
  const at = second.source.key(second.path);
  return new SwarmError('SW1004', `\`${name}\` appears twice`, { at, hint: `the first one is at ${file}:${line}; remove or rename one` });
}
