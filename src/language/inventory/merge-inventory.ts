import { SwarmError } from '../../core/error/swarm-error.ts';
import { valueAtPath } from '../schema/value-at-path.ts';
import type { KeyPath, SourceDocument } from '../yaml/source-document.ts';
import type { InventoryFiles } from './inventory-files.ts';
import type { VarsFile } from './inventory-part.ts';
import type { GroupEntry, HostEntry, HostSettings, InventoryFile, TargetEntry } from './inventory-schema.ts';

/** A value and its position. */
export interface Located<T> {
  readonly source: SourceDocument;
  readonly path: KeyPath;
  readonly value: T;
}

/** True if the file has something at this key, right or wrong. What is wrong is reported already: it is not missing too. */
export const isWritten = ({ source, path }: Omit<Located<unknown>, 'value'>, ...keys: KeyPath): boolean =>
  valueAtPath(source.value, [...path, ...keys]) !== undefined;

/** All inventory files as one. */
export interface MergedInventory {
  readonly defaults: HostSettings;
  readonly hosts: ReadonlyMap<string, Located<HostEntry>>;
  /** A group may be described in several files. */
  readonly groups: ReadonlyMap<string, readonly Located<GroupEntry>[]>;
  readonly binhost: Located<NonNullable<InventoryFile['binhost']>> | undefined;
  readonly targets: ReadonlyMap<string, Located<TargetEntry>>;
  readonly discover: Located<NonNullable<InventoryFile['discover']>> | undefined;
  readonly notify: Located<NonNullable<InventoryFile['notify']>> | undefined;
  readonly silence: Located<string> | undefined;
  readonly warnings: Located<boolean> | undefined;
  readonly vars: readonly VarsFile[];
  /** Files in one of Ansible's forms. */
  readonly ansibleSources: ReadonlySet<SourceDocument>;
}

/** Merges the files. The same host, or the same single setting, in two files is a problem. */
export function mergeInventoryFiles(files: InventoryFiles, problems: SwarmError[]): MergedInventory {
  const hosts = new Map<string, Located<HostEntry>>();
  const groups = new Map<string, Located<GroupEntry>[]>();
  const targets = new Map<string, Located<TargetEntry>>();
  const singles = new Map<string, Located<unknown>>();
  const addSingle = <T>(source: SourceDocument, path: KeyPath, value: T): Located<T> => {
    const id = path.join('.');
    const located = { source, path, value };
    const first = singles.get(id);
    if (first !== undefined) problems.push(duplicateError(first, located));
    else singles.set(id, located);
    return located;
  };
  const ansibleSources = new Set(files.parts.flatMap(({ source, ansible }) => (ansible ? [source] : [])));
  for (const { source, value } of files.parts) {
    for (const [key, setting] of Object.entries(value.defaults ?? {})) addSingle(source, ['defaults', key], setting);
    for (const [name, host] of Object.entries(value.hosts ?? {})) {
      const known = hosts.get(name);
      const together = known && mergeAnsibleHost(known, { source, path: ['hosts', name], value: host ?? {} }, ansibleSources);
      if (together !== undefined) {
        hosts.set(name, together);
        continue;
      }
      const placed = addSingle(source, ['hosts', name], host ?? {});
      if (!hosts.has(name)) hosts.set(name, placed);
    }
    for (const [name, group] of Object.entries(value.groups ?? {})) {
      groups.set(name, [...(groups.get(name) ?? []), { source, path: ['groups', name], value: group ?? {} }]);
    }
    for (const [name, target] of Object.entries(value.targets ?? {})) {
      const placed = addSingle(source, ['targets', name], target);
      if (!targets.has(name)) targets.set(name, placed);
    }
    if (value.binhost !== undefined) addSingle(source, ['binhost'], value.binhost);
    if (value.notify !== undefined) addSingle(source, ['notify'], value.notify);
    if (value.silence !== undefined) addSingle(source, ['silence'], value.silence);
    if (value.warnings !== undefined) addSingle(source, ['warnings'], value.warnings);
    if (value.discover !== undefined) addSingle(source, ['discover'], value.discover);
  }
  const settings = [...singles].filter(([id]) => id.startsWith('defaults.'));
  return {
    defaults: Object.fromEntries(settings.map(([id, { value }]) => [id.slice('defaults.'.length), value])) as HostSettings,
    hosts,
    groups,
    targets,
    binhost: singles.get('binhost') as MergedInventory['binhost'],
    discover: singles.get('discover') as MergedInventory['discover'],
    notify: singles.get('notify') as MergedInventory['notify'],
    silence: singles.get('silence') as MergedInventory['silence'],
    warnings: singles.get('warnings') as MergedInventory['warnings'],
    vars: files.vars,
    ansibleSources,
  };
}

/** The entry of a host that two files have, one of them or both from Ansible: the one of swarm's own form counts, the variables of both do.
 *  Undefined where both are of swarm's own form. */
function mergeAnsibleHost(
  first: Located<HostEntry>,
  second: Located<HostEntry>,
  ansibleSources: ReadonlySet<SourceDocument>,
): Located<HostEntry> | undefined {
  const base = ansibleSources.has(second.source) ? first : ansibleSources.has(first.source) ? second : undefined;
  return base && { ...base, value: { ...base.value, vars: { ...first.value.vars, ...second.value.vars } } };
}

function duplicateError(first: Located<unknown>, second: Located<unknown>): SwarmError {
  const { file, line } = first.source.keySpan(first.path);
  const name = String(second.path.at(-1));
  const at = second.source.keySpan(second.path);
  return new SwarmError('SW1004', `\`${name}\` appears twice`, {
    at,
    hint: `The first one is at ${file}:${line}. Remove or rename one of the two.`,
  });
}
