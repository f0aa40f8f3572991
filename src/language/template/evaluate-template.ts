import { closestName } from '../../core/closest-name.ts';
import type { Json, Vars } from '../../core/json-value.ts';
import { describeType } from '../describe-type.ts';
import { FUNCTIONS } from '../functions/function-table.ts';
import { FunctionFault } from '../functions/language-function.ts';
import { isTruthy } from '../functions/logic-functions.ts';
import { findLookUp } from '../functions/lookup-access.ts';
import type { HelperCall, TemplateBlock, TemplateNode, TemplateOperand, VariableReference } from './parse-template.ts';
import type { TemplateFault } from './template-error.ts';

/** What `{{ x }}` means at one place: the item of the innermost each or with, and the frames around it. */
export interface TemplateFrame {
  readonly context: Json | Vars;
  readonly params: Readonly<Record<string, Json>>;
  readonly data: Readonly<Record<string, Json>>;
  readonly outer?: TemplateFrame;
  readonly root: Vars;
}

/** The outermost frame. */
export const createRootFrame = (scope: Vars): TemplateFrame => ({ context: scope, params: {}, data: {}, root: scope });

/** Thrown for an undefined name or a value of the wrong type, with offsets. */
export class TemplateValueError extends Error {
  readonly fault: TemplateFault;
  constructor(fault: TemplateFault) {
    super(fault.message);
    this.fault = fault;
  }
}

/** Renders nodes to text; throws TemplateValueError. */
export function renderNodes(nodes: readonly TemplateNode[], frame: TemplateFrame): string {
  let out = '';
  for (const node of nodes) {
    if (node.kind === 'text') out += node.text;
    else if (node.kind === 'value') out += valueToText(evaluateOperand(node.of, frame), node);
    else out += renderBlock(node, frame);
  }
  return out;
}

function valueToText(
  value: Json,
  { of, start, end }: { readonly of: TemplateOperand; readonly start: number; readonly end: number },
): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  const name = of.kind === 'reference' ? of.parts.join('.') : 'x';
  const hints = { null: `Write: {{ default ${name} "…" }}`, 'a list': `Write {{ join ${name} " " }} or {{ json ${name} }}.` };
  const kind = describeType(value);
  const hint = hints[kind as keyof typeof hints] ?? `Write {{ json ${name} }}, or name one of its keys.`;
  throw new TemplateValueError({ message: `\`${name}\` is ${kind} and cannot become text`, hint, start, end });
}

function renderBlock(block: TemplateBlock, frame: TemplateFrame): string {
  const value = evaluateOperand(block.of, frame);
  if (block.kind === 'if' || block.kind === 'unless')
    return renderNodes(isTruthy(value) === (block.kind === 'if') ? block.then : block.otherwise, frame);
  const renderInner = (context: Json, key: Json, data: TemplateFrame['data']): string => {
    const [first, second] = block.params;
    const params = {
      ...frame.params,
      ...(first === undefined ? {} : { [first]: context }),
      ...(second === undefined ? {} : { [second]: key }),
    };
    return renderNodes(block.then, { context, params, data: { ...frame.data, ...data }, outer: frame, root: frame.root });
  };
  if (block.kind === 'with') return isTruthy(value) ? renderInner(value, null, {}) : renderNodes(block.otherwise, frame);
  const entries = listEntries(value, block.of);
  if (entries.length === 0) return renderNodes(block.otherwise, frame);
  return entries
    .map(([key, each], index) => renderInner(each, key, { key, index, first: index === 0, last: index === entries.length - 1 }))
    .join('');
}

function listEntries(value: Json, operand: TemplateOperand): readonly (readonly [string | number, Json])[] {
  if (value === null) return [];
  if (Array.isArray(value)) return value.map((each: Json, i) => [i, each] as const);
  if (typeof value === 'object') return Object.entries(value);
  const [start, end] = operand.kind === 'literal' ? [0, 2] : [operand.start, operand.end];
  throw new TemplateValueError({ message: `{{#each}} takes a list or a mapping, not ${describeType(value)}`, start, end });
}

/** Helpers whose first value may be a name that does not exist. */
export const ACCEPTS_MISSING: ReadonlySet<string> = new Set(['default', 'defined']);

/** The value of one `{{ … }}`; throws TemplateValueError. */
export function evaluateOperand(operand: TemplateOperand, frame: TemplateFrame): Json {
  if (operand.kind === 'literal') return operand.value;
  if (operand.kind === 'reference') return resolveReference(operand, frame);
  const args = operand.args.map((arg, i) =>
    i === 0 && ACCEPTS_MISSING.has(operand.helper) ? evaluateOrNull(arg, frame) : evaluateOperand(arg, frame),
  );
  try {
    return FUNCTIONS.get(operand.helper)?.call(args, findLookUp(frame.root)) ?? null;
  } catch (thrown) {
    if (!(thrown instanceof FunctionFault)) throw thrown;
    throw new TemplateValueError(toHelperFault(operand, thrown));
  }
}

const toHelperFault = ({ helper, start, end }: HelperCall, { message, hint }: FunctionFault): TemplateFault => ({
  message: `\`${helper}\` ${message}`,
  hint,
  start,
  end,
});

function evaluateOrNull(operand: TemplateOperand, frame: TemplateFrame): Json {
  try {
    return evaluateOperand(operand, frame);
  } catch (thrown) {
    if (thrown instanceof TemplateValueError) return null;
    throw thrown;
  }
}

function resolveReference(reference: VariableReference, frame: TemplateFrame): Json {
  let target: TemplateFrame | undefined = frame;
  for (let n = 0; n < reference.levelsUp; n++) target = target?.outer;
  const [first, ...rest] = reference.parts;
  if (target === undefined)
    throw new TemplateValueError({ message: '`../` leaves the outermost block', start: reference.start, end: reference.end });
  if (reference.data && first === 'root') return followPath(reference, target.root as Json, rest, []);
  if (reference.data) return followPath(reference, target.data, reference.parts, []);
  if (first !== undefined && !reference.fromThis && reference.levelsUp === 0 && Object.hasOwn(target.params, first))
    return followPath(reference, target.params, reference.parts, []);
  const outer = target.outer !== undefined && first !== undefined && Object.hasOwn(target.root, first) ? first : undefined;
  return followPath(reference, target.context as Json, reference.parts, [], outer);
}

/** Reads own keys only. Each key must exist. */
function followPath(
  reference: VariableReference,
  start: Json,
  parts: readonly string[],
  pathBefore: readonly string[],
  outer?: string,
): Json {
  let value = start;
  const walked = [...pathBefore];
  for (const part of parts) {
    const own = typeof value === 'object' && value !== null && Object.hasOwn(value, part);
    if (!own) throw new TemplateValueError(describeMissing(reference, value, part, walked, outer));
    value = (value as { readonly [key: string]: Json })[part] ?? null;
    walked.push(part);
  }
  return value;
}

function describeMissing(
  reference: VariableReference,
  value: Json,
  part: string,
  walked: readonly string[],
  outer: string | undefined,
): TemplateFault {
  const { start, end } = reference;
  if (walked.length === 0) {
    const known = typeof value === 'object' && value !== null ? Object.keys(value) : [];
    const near = closestName(part, known);
    const inEach = outer === part ? `Inside {{#each}} and {{#with}} a name is a key of the item. Write: {{ @root.${part} }}` : undefined;
    return {
      message: `\`${part}\` is not defined`,
      hint: inEach ?? (near === undefined ? undefined : `Did you mean \`${near}\`?`),
      start,
      end,
    };
  }
  const name = walked.join('.');
  if (typeof value !== 'object' || value === null)
    return { message: `\`${name}\` is ${describeType(value)} and has no field \`${part}\``, start, end };
  const near = closestName(part, Object.keys(value));
  const fields = Object.keys(value).slice(0, 12).join(', ');
  const hint = near === undefined ? (fields === '' ? undefined : `Use one of its fields: ${fields}`) : `Did you mean \`${near}\`?`;
  return { message: `\`${name}\` has no field \`${part}\``, hint, start, end };
}
