import type { SwarmError } from '../../../core/error/swarm-error.ts';
import type { Json, Vars } from '../../../core/json-value.ts';
import type { Span } from '../../../core/span.ts';
import type { KeyPath, SourceDocument } from '../../yaml/source-document.ts';
import { buildGroupTree } from '../group-tree.ts';
import { readInventoryFiles } from '../inventory-files.ts';
import type { InventorySource } from '../inventory-source.ts';
import { mergeInventoryFiles } from '../merge-inventory.ts';

/** One place that gives a variable a value. */
export interface VarOrigin {
  readonly name: string;
  /** `group web`, `host a`. */
  readonly level: string;
  readonly at: Pick<Span, 'file' | 'line'>;
  readonly value: Json;
}

/** Every place of the inventory that gives a host a variable, weakest first: the last one of a name counts. */
export function readVarOrigins(from: InventorySource, host: string): readonly VarOrigin[] {
  const ignored: SwarmError[] = []; // the inventory was read before, and is right
  const merged = mergeInventoryFiles(readInventoryFiles(from), ignored);
  const ofGroup = (name: string): readonly VarOrigin[] =>
    (merged.groups.get(name) ?? []).flatMap(({ source, path, value }) => list(`group ${name}`, source, [...path, 'vars'], value.vars));
  const ofFiles = (kind: 'group' | 'host', name: string): readonly VarOrigin[] =>
    merged.vars
      .filter((each) => each.kind === kind && each.name === name)
      .flatMap(({ source, vars }) => list(`${kind} ${name}`, source, [], vars));
  const own = merged.hosts.get(host);
  return [
    ...buildGroupTree(merged, ignored)
      .groupsFarthestFirst(host)
      .flatMap((name) => [...ofGroup(name), ...ofFiles('group', name)]),
    ...(own === undefined ? [] : list(`host ${host}`, own.source, [...own.path, 'vars'], own.value.vars)),
    ...ofFiles('host', host),
  ];
}

function list(level: string, source: SourceDocument, path: KeyPath, vars: unknown): readonly VarOrigin[] {
  return Object.entries((vars ?? {}) as Vars).map(([name, value]) => {
    const { file, line } = source.keySpan([...path, name]);
    return { name, level, at: { file, line }, value };
  });
}
