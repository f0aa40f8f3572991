import { createRequire } from 'node:module';
import type { ASTNode, Environment } from '@marcbachmann/cel-js';
import { FUNCTIONS, formatCall } from '../functions/function-table.ts';
import { FunctionFault, type LanguageFunction, type Lookup } from '../functions/language-function.ts';
import { fromCel, toCel } from './cel-values.ts';
import { listChildren } from './cel-variables.ts';

/** CEL's own form of these knows more types, or a name that does not exist. */
const NATIVE_CALLS = new Set(['int', 'double', 'string', 'size', 'default', 'defined']);
const NATIVE_METHODS = new Set(['size', 'startsWith', 'endsWith', 'or']);
const PREFIX = 'fn_';

/** A call with too few or too many values; it has the fields of an error of cel-js. */
class CallFault extends Error {
  readonly code = 'wrong_call';
  readonly summary: string;
  readonly range: { readonly start: number; readonly end: number };
  constructor(summary: string, { start, end }: ASTNode) {
    super(summary);
    this.summary = summary;
    this.range = { start, end };
  }
}

const registered = new Set<string>();

/** Makes `f(x)` and `x.f()` of a tree call the functions of swarm, which then count before those of CEL with the same name. */
export function bindFunctions(cel: Environment, node: ASTNode): void {
  if (node.op === 'call' || node.op === 'rcall') bindCall(cel, node);
  if (node.op === 'map') refuseLostKeys(node);
  for (const child of listChildren(node)) bindFunctions(cel, child);
}

/** cel-js leaves these keys out of a mapping without a word. */
function refuseLostKeys(node: ASTNode): void {
  for (const [key] of node.args as readonly (readonly [ASTNode, ASTNode])[])
    if (key.op === 'value' && ['constructor', 'prototype', '__proto__'].includes(String(key.args)))
      throw new CallFault(`\`${key.args}\` cannot be a key in an expression`, key);
}

function bindCall(cel: Environment, node: ASTNode): void {
  const call = node.args as [name: string, ...rest: unknown[]];
  const isMethod = node.op === 'rcall';
  const given = call[isMethod ? 2 : 1] as readonly ASTNode[];
  const found = FUNCTIONS.get(call[0]);
  if (found === undefined || (isMethod && (NATIVE_METHODS.has(found.name) || isMacro(found.name, given)))) return;
  const count = given.length + (isMethod ? 1 : 0);
  if (count < found.minArgs || count > found.maxArgs) throw new CallFault(`\`${found.name}\` is called ${formatCall(found)}`, node);
  if (!isMethod && NATIVE_CALLS.has(found.name)) return;
  registerFunction(cel, found);
  call[0] = `${PREFIX}${found.name}`;
}

/** `list.map(x, …)` of CEL, beside `list.map("field")`. */
const isMacro = (name: string, given: readonly ASTNode[]): boolean => name === 'map' && given.length > 1;

function registerFunction(cel: Environment, found: LanguageFunction): void {
  const { name, minArgs, maxArgs } = found;
  if (registered.has(name)) return;
  registered.add(name);
  for (let count = minArgs; count <= maxArgs; count++) {
    const types = Array.from({ length: count }, () => 'dyn');
    const handler = (...values: unknown[]): unknown => callFunction(found, values);
    cel.registerFunction(`${PREFIX}${name}(${types.join(', ')}): dyn`, handler);
    if (count > 0) cel.registerFunction(`dyn.${PREFIX}${name}(${types.slice(1).join(', ')}): dyn`, handler);
  }
}

function callFunction({ name, call }: LanguageFunction, values: readonly unknown[]): unknown {
  try {
    return toCel(call(values.map(fromCel), currentLookup));
  } catch (thrown) {
    if (!(thrown instanceof FunctionFault)) throw thrown;
    const { EvaluationError } = createRequire(import.meta.url)('@marcbachmann/cel-js') as typeof import('@marcbachmann/cel-js');
    throw new EvaluationError(`\`${name}\` ${thrown.message}`, undefined, thrown);
  }
}

let currentLookup: Lookup | undefined;

/** Evaluates with access to this machine for `lookup`. cel-js hands a function its values alone, so the access is kept meanwhile. */
export function withLookup<T>(lookUp: Lookup | undefined, evaluate: () => T): T {
  const before = currentLookup;
  currentLookup = lookUp;
  try {
    return evaluate();
  } finally {
    currentLookup = before;
  }
}
