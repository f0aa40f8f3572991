import type { ASTNode } from '@marcbachmann/cel-js';
import type { NameUse } from './scope-names.ts';

/** `list`, `map`, `string` and so on are constants in CEL. In swarm they can be variables, which get another name inside CEL. */
const CEL_TYPE_NAMES = new Set([
  'bool',
  'bytes',
  'double',
  'duration',
  'dyn',
  'int',
  'list',
  'map',
  'null_type',
  'string',
  'timestamp',
  'type',
  'uint',
]);
/** The name of a variable inside CEL. */
export const toCelName = (name: string): string => (CEL_TYPE_NAMES.has(name) ? `$${name}` : name);

/** Gives every variable of a tree its name inside. */
export function escapeTypeNames(node: ASTNode): void {
  if (node.op === 'id') (node as { args: string }).args = toCelName(node.args);
  else for (const child of listChildren(node)) escapeTypeNames(child);
}

const COMPREHENSIONS = new Set(['map', 'filter', 'all', 'exists', 'exists_one']);

/** The names that a tree uses from the scope, without the variables of map, filter, exists, all and cel.bind. What the tree tests with
 *  `defined` may be missing in all of it: `defined(r.rc) && r.rc > 0`. */
export function listNameUses(ast: ASTNode): readonly NameUse[] {
  const uses: NameUse[] = [];
  const tested = new Set<string>();
  const walk = (node: ASTNode, bound: ReadonlySet<string>, optional: boolean): void => {
    const path = readFieldPath(node);
    if (path !== undefined) {
      const [name = '', ...fields] = path;
      if (name !== 'cel' && name !== 'optional' && !bound.has(name))
        uses.push({ name, fields, start: node.start, end: node.end, optional: optional || hasOptionalField(node) });
      return;
    }
    if (node.op === 'rcall') {
      const [method, target, args] = node.args;
      const binds = COMPREHENSIONS.has(method) || (method === 'bind' && readFieldPath(target)?.[0] === 'cel');
      const variable = binds && args[0] !== undefined ? readFieldPath(args[0])?.[0] : undefined;
      walk(target, bound, optional);
      const innerBound = variable === undefined ? bound : new Set([...bound, variable]);
      for (const arg of variable === undefined ? args : args.slice(1)) walk(arg, innerBound, optional);
      return;
    }
    if (node.op === 'call') {
      const [name, args] = node.args;
      const tests = name === 'has' || name === 'defined';
      const acceptsMissing = tests || name === 'default';
      if (tests && args[0] !== undefined) tested.add((readFieldPath(args[0]) ?? []).join('.'));
      for (const [i, arg] of args.entries()) walk(arg, bound, optional || (acceptsMissing && i === 0));
      return;
    }
    for (const child of listChildren(node)) walk(child, bound, optional);
  };
  walk(ast, new Set(), false);
  return uses.map((use) => (tested.has([use.name, ...use.fields].join('.')) ? { ...use, optional: true } : use));
}

/** True for `a.?b`. */
const hasOptionalField = (node: ASTNode): boolean => node.op === '.?' || (node.op === '.' && hasOptionalField(node.args[0] as ASTNode));

/** `a.b.c` as its names; undefined for anything else. */
export function readFieldPath(node: ASTNode): readonly string[] | undefined {
  if (node.op === 'id') return [node.args.replace(/^\$/, '')];
  if (node.op !== '.' && node.op !== '.?') return undefined;
  const [target, field] = node.args;
  const path = readFieldPath(target);
  return path === undefined || typeof field !== 'string' ? undefined : [...path, field];
}

/** The nodes right inside a node. */
export function listChildren(node: ASTNode): readonly ASTNode[] {
  const nodes = (value: unknown): readonly ASTNode[] => {
    if (Array.isArray(value)) return value.flatMap(nodes);
    return typeof value === 'object' && value !== null && 'op' in value ? [value as ASTNode] : [];
  };
  return nodes(node.args);
}
