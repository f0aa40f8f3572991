import type { Json } from '../../core/json-value.ts';
import { describeType } from '../describe-type.ts';
import { FUNCTIONS } from '../functions/function-table.ts';
import { FunctionFault } from '../functions/language-function.ts';
import { isTruthy } from '../functions/logic-functions.ts';
import { findLookup } from '../functions/lookup-access.ts';
import { parseTemplate } from './parse-template.ts';
import { addPosition, MissingValueError, type TemplateFault, TemplateValueError } from './template-error.ts';
import { openInclude } from './template-include.ts';
import { resolveReference, type TemplateFrame } from './template-names.ts';
import type { HelperCall, TemplateBlock, TemplateInclude, TemplateNode, TemplateOperand, TemplatePart } from './template-node.ts';

/** Renders a whole template to text; throws TemplateValueError. */
export const renderTemplate = (nodes: readonly TemplateNode[], frame: TemplateFrame): string =>
  renderNodes(nodes, { ...frame, parts: listParts(nodes) });

/** The parts that a file defines, by name. */
export const listParts = (nodes: readonly TemplateNode[]): ReadonlyMap<string, TemplatePart> =>
  new Map(nodes.flatMap((node) => (node.kind === 'part' ? [[node.name, node] as const] : [])));

function renderNodes(nodes: readonly TemplateNode[], frame: TemplateFrame): string {
  let out = '';
  for (const node of nodes) {
    if (node.kind === 'text') out += node.text;
    else if (node.kind === 'value') out += valueToText(evaluateOperand(node.of, frame), node);
    else if (node.kind === 'include') out += renderInclude(node, frame);
    else if (node.kind !== 'part') out += renderBlock(node, frame);
  }
  return out;
}

/** The deepest includes, so that the stack is never full. */
const MAX_DEPTH = 20;

/** The text of a part or of another template. Errors have their place in that file. */
function renderInclude(node: TemplateInclude, frame: TemplateFrame): string {
  const inner = enterInclude(node, frame);
  const part = frame.parts.get(node.name);
  if (part !== undefined) return indentLines(renderNodes(part.body, inner), node);
  const { file, source } = openInclude(node, frame);
  try {
    return indentLines(renderTemplate(parseTemplate(source.text), { ...inner, files: [...frame.files, file] }), node);
  } catch (thrown) {
    throw addPosition(thrown, source.span);
  }
}

const indentLines = (text: string, { indent }: TemplateInclude): string => (indent === '' ? text : text.replace(/^(?=.)/gm, indent));

/** What the names mean in an included text: its values and the variables of the task; without values what they mean around it. */
function enterInclude({ name, values, start, end }: TemplateInclude, frame: TemplateFrame): TemplateFrame {
  const depth = frame.depth + 1;
  const isDeep = depth > MAX_DEPTH;
  if (isDeep || frame.budget.left-- <= 0) {
    const message = isDeep ? `includes are nested deeper than ${MAX_DEPTH} levels` : 'the includes put in more than 100,000 texts';
    throw new TemplateValueError({ message, hint: `Look where ${name} is put in again and again.`, start, end });
  }
  if (values.length === 0) return { ...frame, depth };
  const { root, files, parts, budget } = frame;
  const params = Object.fromEntries(values.map(([key, value]) => [key, evaluateOperand(value, frame)]));
  return { context: root, params, data: {}, root, files, parts, depth, budget };
}

function valueToText(
  value: Json,
  { of, start, end }: { readonly of: TemplateOperand; readonly start: number; readonly end: number },
): string {
  if (typeof value === 'string') return value;
  const isLine = of.kind === 'call' && of.helper === 'end_line'; // which leaves a number as it is
  if (typeof value === 'number' || typeof value === 'boolean') return `${value}${isLine ? '\n' : ''}`;
  const name = of.kind === 'reference' ? of.parts.join('.') : of.kind === 'call' ? `(${of.helper} …)` : 'x';
  const hints = { null: `Write: {{ default ${name} "…" }}`, 'a list': `Write {{ join ${name} " " }} or {{ json ${name} }}.` };
  const kind = describeType(value);
  const subject = of.kind === 'call' ? `what \`${of.helper}\` gives` : `\`${name}\``;
  const hint = hints[kind as keyof typeof hints] ?? `Write {{ json ${name} }}, or name one of its keys.`;
  throw new TemplateValueError({ message: `${subject} is ${kind} and cannot become text`, hint, start, end });
}

function renderBlock(block: TemplateBlock, frame: TemplateFrame): string {
  const value = evaluateOperand(block.of, frame);
  if (block.kind === 'end_line') {
    const text = renderNodes(block.then, frame);
    return text + '\n'.repeat(Math.max(0, Number(value) - (/\n*$/.exec(text)?.[0].length ?? 0)));
  }
  if (block.kind === 'if' || block.kind === 'unless')
    return renderNodes(readTruth(value, block) === (block.kind === 'if') ? block.then : block.otherwise, frame);
  const renderInner = (context: Json, key: Json, data: TemplateFrame['data']): string => {
    const [first, second] = block.params;
    const params = {
      ...frame.params,
      ...(first === undefined ? {} : { [first]: context }),
      ...(second === undefined ? {} : { [second]: key }),
    };
    return renderNodes(block.then, { ...frame, context, params, data: { ...frame.data, ...data }, outer: frame });
  };
  if (block.kind === 'with') return readTruth(value, block) ? renderInner(value, null, {}) : renderNodes(block.otherwise, frame);
  const entries = listEntries(value, block.of);
  if (entries.length === 0) return renderNodes(block.otherwise, frame);
  return entries
    .map(([key, each], index) => renderInner(each, key, { key, index, first: index === 0, last: index === entries.length - 1 }))
    .join('');
}

function readTruth(value: Json, { kind, of }: TemplateBlock): boolean {
  try {
    return isTruthy(value);
  } catch (thrown) {
    if (!(thrown instanceof FunctionFault)) throw thrown;
    const [start, end] = of.kind === 'literal' ? [0, 2] : [of.start, of.end];
    throw new TemplateValueError({ message: `{{#${kind}}} ${thrown.message}`, hint: thrown.hint, start, end });
  }
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
  const decided = decideEarly(operand, frame);
  if (decided !== undefined) return decided;
  const args = operand.args.map((arg, i) =>
    i === 0 && ACCEPTS_MISSING.has(operand.helper) ? evaluateOrNull(arg, frame) : evaluateOperand(arg, frame),
  );
  try {
    return FUNCTIONS.get(operand.helper)?.call(args, findLookup(frame.root)) ?? null;
  } catch (thrown) {
    if (!(thrown instanceof FunctionFault)) throw thrown;
    throw new TemplateValueError(toHelperFault(operand, thrown));
  }
}

/** `and` and `or` end with the first value that decides, as in expressions: what follows may be wrong then. */
function decideEarly(operand: HelperCall, frame: TemplateFrame): boolean | undefined {
  if (operand.helper !== 'and' && operand.helper !== 'or') return undefined;
  const decides = operand.helper === 'or';
  try {
    return operand.args.some((arg) => isTruthy(evaluateOperand(arg, frame)) === decides) ? decides : !decides;
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
    if (thrown instanceof MissingValueError) return null;
    throw thrown;
  }
}
