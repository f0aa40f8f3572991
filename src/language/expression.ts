import type { ASTNode, ParseResult } from '@marcbachmann/cel-js';
import { nearest, SwarmError } from '../core/error.ts';
import type { Json, Vars } from '../core/host.ts';
import type { Expr } from '../core/play.ts';
import type { Span } from '../core/span.ts';
import { celEnvironment, FUNCTIONS, METHODS } from './cel.ts';
import { kindOf } from './helpers.ts';
import type { Use } from './names.ts';
import { within } from './source.ts';

/** What cel-js throws, as far as it is read here. */
interface CelError extends Error {
  readonly code: string;
  readonly summary: string;
  readonly range?: { readonly start: number; readonly end: number };
  readonly node?: ASTNode;
}

type Locate = (start: number, end: number) => Span;

interface Known {
  readonly run: ParseResult;
  readonly names: readonly Use[];
}

const MAX_CACHED = 2000;
const cache = new Map<string, Known>();

function compile(source: string): Known {
  const known = cache.get(source);
  if (known !== undefined) return known;
  const run = celEnvironment().parse(source);
  freeTypeNames(run.ast);
  const compiled = { run, names: namesOf(run.ast) };
  if (cache.size >= MAX_CACHED) cache.clear();
  cache.set(source, compiled);
  return compiled;
}

/** Parses and type-checks CEL text; throws SW1106 (braces) and SW1107 under the exact column. `locate` knows where each
 *  character of a folded or escaped scalar stands; without it `span` is searched for the text. A `condition` is true or false. */
export function parseExpr(
  text: string,
  span: Span,
  locate: Locate = (start, end) => within(span, text, start, end),
  condition = false,
): Expr {
  const brace = text.indexOf('{{');
  if (brace >= 0) {
    const inner = /^\s*\{\{\s*(.*?)\s*\}\}\s*$/.exec(text)?.[1];
    const close = text.indexOf('}}', brace);
    const at = locate(brace, close < 0 ? brace + 2 : close + 2);
    throw new SwarmError('SW1106', 'this is an expression already', {
      at,
      hint: `remove the braces${inner === undefined ? '' : `: ${inner}`}`,
    });
  }
  try {
    const result = compile(text).run.check();
    if (!result.valid) throw result.error;
    const kind = condition ? NO_CONDITION[result.type ?? ''] : undefined;
    if (kind === undefined) return { source: text, at: span };
    const hint = 'write a comparison: x == "y", size(x) > 0';
    throw new SwarmError('SW1107', `a condition is true or false, not ${kind}`, { at: locate(0, text.length), hint });
  } catch (thrown) {
    if (!isCelError(thrown)) throw thrown;
    throw syntaxError(text, thrown, locate);
  }
}

const NO_CONDITION: Readonly<Record<string, string>> = {
  string: 'a text',
  int: 'a number',
  double: 'a number',
  list: 'a list',
  map: 'a mapping',
};

const isCelError = (thrown: unknown): thrown is CelError => thrown instanceof Error && 'summary' in thrown && 'code' in thrown;

function syntaxError(text: string, error: CelError, locate: Locate): SwarmError {
  const { start = 0, end = text.length } = error.range ?? {};
  const at = locate(start, Math.max(end, start + 1));
  return new SwarmError('SW1107', syntaxMessage(text, error, start), { at, hint: foreignHint(text) ?? functionHint(error) });
}

function syntaxMessage(text: string, { code, summary }: CelError, start: number): string {
  if (text.trim() === '') return 'the expression is empty';
  if (code === 'unexpected_token' || code === 'expected_token' || code === 'unexpected_character') {
    const word = /^\s*(\w+|&&|\|\||[=!<>]=|.)/.exec(text.slice(start))?.[1];
    return word === undefined ? 'the expression ends too early' : `\`${word}\` cannot stand here`;
  }
  if (code === 'no_matching_overload') return summary.replace(/^found no matching overload for '(.*)'$/s, 'there is no function `$1`');
  if (code === 'no_such_overload') return summary.replace(/^no such overload: (.*)$/s, 'these types do not go together: `$1`');
  return summary.charAt(0).toLowerCase() + summary.slice(1);
}

function functionHint({ code, summary }: CelError): string | undefined {
  if (code !== 'no_matching_overload') return undefined;
  const name = /'(?:.*\.)?(\w+)\(/.exec(summary)?.[1] ?? '';
  const near = nearest(
    name,
    [...FUNCTIONS, ...METHODS].filter((each) => each !== name),
  );
  return near === undefined ? undefined : `did you mean \`${near}\`?`;
}

const FILTERS: Readonly<Record<string, string>> = {
  default: 'default(x, y)',
  length: 'size(x)',
  count: 'size(x)',
  int: 'int(x)',
  float: 'double(x)',
  string: 'string(x)',
  bool: 'bool(x)',
  lower: 'x.lower()',
  upper: 'x.upper()',
  trim: 'x.trim()',
  first: 'x.first()',
  last: 'x.last()',
  unique: 'x.unique()',
  sort: 'x.sort()',
  join: 'x.join(", ")',
  split: 'x.split(",")',
  replace: 'x.replace("a", "b")',
  list: 'x',
  select: 'x.filter(i, …)',
  selectattr: 'x.filter(i, i.field)',
  map: 'x.map(i, i.field)',
};

/** The CEL form of what looks like Jinja2 or Python. */
function foreignHint(text: string): string | undefined {
  const test = /([\w.]+)\s+is\s+(not\s+)?(\w+)/.exec(text);
  if (test !== null) {
    const [, name = '', not, word = ''] = test;
    const sign = not === undefined ? '' : '!';
    if (word === 'defined' || word === 'undefined') {
      const negated = (word === 'undefined') !== (not !== undefined);
      return `write ${negated ? '!' : ''}${name.includes('.') ? 'has' : 'defined'}(${name})`;
    }
    const field = { success: 'failed', succeeded: 'failed' }[word];
    if (field !== undefined) return `write ${sign === '' ? '!' : ''}${name}.${field}`;
    return `write ${sign}${name}.${word}`;
  }
  const filter = /([\w.]+)\s*\|\s*(\w+)(?:\(([^)]*)\))?/.exec(text.replaceAll('||', '  '));
  if (filter !== null) {
    const [, name = 'x', word = '', arg = 'y'] = filter;
    const form = FILTERS[word] ?? `${word}(x)`;
    return `filters are functions here: ${form.replace(/\bx\b/, name).replace(/\by\b/, arg)}`;
  }
  if (/\bnot\s+in\b/.test(text)) return 'write !(x in list)';
  const word = /(?<![.\w])(and|or|not)(?=\s|\()/.exec(text)?.[1];
  if (word !== undefined) return `write ${{ and: '&&', or: '||', not: '!' }[word]} instead of ${word}`;
  if (/[^=!<>]=(?!=)/.test(text)) return 'equality is ==';
  if (/\?\?/.test(text)) return 'write default(x, y)';
  return undefined;
}

/** The names that an expression asks of the scope; variables of map, filter, exists, all and cel.bind are not among them. */
export const expressionNames = (expr: Expr): readonly Use[] => compile(expr.source).names;

/** In CEL `list`, `map`, `string` and so on are constants; here they are variables like any, under another name inside. */
const TYPE_NAMES = new Set([
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
const inside = (name: string): string => (TYPE_NAMES.has(name) ? `$${name}` : name);

function freeTypeNames(node: ASTNode): void {
  if (node.op === 'id') (node as { args: string }).args = inside(node.args);
  else for (const child of childrenOf(node)) freeTypeNames(child);
}

const COMPREHENSIONS = new Set(['map', 'filter', 'all', 'exists', 'exists_one']);

function namesOf(ast: ASTNode): readonly Use[] {
  const uses: Use[] = [];
  const walk = (node: ASTNode, bound: ReadonlySet<string>, optional: boolean): void => {
    const path = pathOf(node);
    if (path !== undefined) {
      const [name = '', ...rest] = path;
      if (name !== 'cel' && name !== 'optional' && !bound.has(name)) uses.push({ name, rest, start: node.start, end: node.end, optional });
      return;
    }
    if (node.op === 'rcall') {
      const [method, target, args] = node.args;
      const binds = COMPREHENSIONS.has(method) || (method === 'bind' && pathOf(target)?.[0] === 'cel');
      const variable = binds && args[0] !== undefined ? pathOf(args[0])?.[0] : undefined;
      walk(target, bound, optional);
      const inner = variable === undefined ? bound : new Set([...bound, variable]);
      for (const arg of variable === undefined ? args : args.slice(1)) walk(arg, inner, optional);
      return;
    }
    if (node.op === 'call') {
      const [name, args] = node.args;
      const lenient = name === 'has' || name === 'defined' || name === 'default';
      for (const [i, arg] of args.entries()) walk(arg, bound, optional || (lenient && i === 0));
      return;
    }
    for (const child of childrenOf(node)) walk(child, bound, optional);
  };
  walk(ast, new Set(), false);
  return uses;
}

/** `a.b.c` as its names; undefined for anything else. */
function pathOf(node: ASTNode): readonly string[] | undefined {
  if (node.op === 'id') return [node.args.replace(/^\$/, '')];
  if (node.op !== '.' && node.op !== '.?') return undefined;
  const [target, field] = node.args;
  const path = pathOf(target);
  return path === undefined || typeof field !== 'string' ? undefined : [...path, field];
}

function childrenOf(node: ASTNode): readonly ASTNode[] {
  const nodes = (value: unknown): readonly ASTNode[] => {
    if (Array.isArray(value)) return value.flatMap(nodes);
    return typeof value === 'object' && value !== null && 'op' in value ? [value as ASTNode] : [];
  };
  return nodes(node.args);
}

/** The value of an expression; whole numbers come back as numbers. Throws SW6014: undefined name, missing field, wrong type. */
export function evaluate(expr: Expr, scope: Vars): Json {
  try {
    const { run, names } = compile(expr.source);
    const context: Record<string, unknown> = Object.create(null);
    for (const { name } of names) if (Object.hasOwn(scope, name)) context[inside(name)] ??= toCel(scope[name] ?? null);
    return fromCel(run(context));
  } catch (thrown) {
    if (!isCelError(thrown)) throw thrown;
    const { start = 0, end = expr.source.length } = thrown.range ?? {};
    const { message, hint } = runtimeMessage(thrown, scope);
    throw new SwarmError('SW6014', message, { at: within(expr.at, expr.source, start, end), hint });
  }
}

/** Whether all of the conditions are true; one that is neither true nor false is SW6014. */
export function holds(exprs: readonly Expr[], scope: Vars): boolean {
  return exprs.every((expr) => {
    const value = evaluate(expr, scope);
    if (typeof value === 'boolean') return value;
    const hint = Array.isArray(value) ? 'write size(x) > 0' : typeof value === 'string' ? 'write x != ""' : 'write a comparison';
    throw new SwarmError('SW6014', `a condition is true or false, not ${kindOf(value)}`, { at: expr.at, hint });
  });
}

function runtimeMessage({ code, summary, node }: CelError, scope: Vars): { readonly message: string; readonly hint?: string | undefined } {
  if (code === 'unknown_variable') {
    const name = summary.replace(/^Unknown variable: \$?/, '');
    const near = nearest(name, Object.keys(scope));
    return { message: `\`${name}\` is not defined`, hint: near === undefined ? undefined : `did you mean \`${near}\`?` };
  }
  if (code === 'no_such_key' && node !== undefined) return missingField(summary.replace('No such key: ', ''), node, scope);
  if (code === 'no_such_overload') return { message: summary.replace(/^no such overload: (.*)$/s, 'these types do not go together: `$1`') };
  return { message: summary.charAt(0).toLowerCase() + summary.slice(1) };
}

function missingField(field: string, node: ASTNode, scope: Vars): { readonly message: string; readonly hint?: string | undefined } {
  const target = node.op === '.' ? pathOf(node.args[0]) : undefined;
  let value: Json | undefined = scope as Json;
  for (const name of target ?? []) {
    value = typeof value === 'object' && value !== null && Object.hasOwn(value, name) ? (value as Record<string, Json>)[name] : undefined;
  }
  if (target === undefined || typeof value !== 'object' || value === null) return { message: `there is no field \`${field}\`` };
  const near = nearest(field, Object.keys(value));
  const fields = Object.keys(value).slice(0, 12).join(', ');
  return {
    message: `\`${target.join('.')}\` has no field \`${field}\``,
    hint: near !== undefined ? `did you mean \`${near}\`?` : fields === '' ? undefined : `it has ${fields}`,
  };
}

/** CEL knows whole numbers as bigint; a JavaScript number would be its double, and `x + 1` an error. */
function toCel(value: Json): unknown {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value;
  if (Array.isArray(value)) return value.map(toCel);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, toCel(each)]));
}

function fromCel(value: unknown): Json {
  if (typeof value === 'bigint') return Number(value);
  if (value === null || value === undefined) return null;
  if (typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number') return value;
  if (Array.isArray(value)) return value.map(fromCel);
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, each]) => [String(key), fromCel(each)]));
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype) return String(value); // a type, a duration
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, fromCel(each)]));
}
