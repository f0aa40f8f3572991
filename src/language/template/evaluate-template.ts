import { nearest } from '../../core/error.ts';
import type { Json, Vars } from '../../core/host.ts';
import type { Block, Call, Operand, Piece, Reference } from './parse-template.ts';
import type { TemplateFault } from './template-error.ts';
import { HELPERS, kindOf } from './template-helpers.ts';

/** What `{{ x }}` means at one place: the item of the innermost each or with, and the frames around it. */
export interface Frame {
  readonly context: Json | Vars;
  readonly params: Readonly<Record<string, Json>>;
  readonly data: Readonly<Record<string, Json>>;
  readonly outer?: Frame;
  readonly root: Vars;
}

/** The outermost frame. */
export const top = (scope: Vars): Frame => ({ context: scope, params: {}, data: {}, root: scope });

/** Thrown for a name that is not there or a value of the wrong kind, with offsets. */
export class Missing extends Error {
  readonly fault: TemplateFault;
  constructor(fault: TemplateFault) {
    super(fault.message);
    this.fault = fault;
  }
}

/** The text of pieces; throws Missing. */
export function textOf(pieces: readonly Piece[], frame: Frame): string {
  let out = '';
  for (const piece of pieces) {
    if (piece.kind === 'text') out += piece.text;
    else if (piece.kind === 'value') out += textValue(valueOfOperand(piece.of, frame), piece);
    else out += textOfBlock(piece, frame);
  }
  return out;
}

function textValue(value: Json, { of, start, end }: { readonly of: Operand; readonly start: number; readonly end: number }): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  const name = of.kind === 'reference' ? of.parts.join('.') : 'x';
  const hints = { null: `write {{ default ${name} "…" }}`, 'a list': `write {{ join ${name} " " }} or {{ json ${name} }}` };
  const kind = kindOf(value);
  const hint = hints[kind as keyof typeof hints] ?? `write {{ json ${name} }}, or name one of its keys`;
  throw new Missing({ message: `\`${name}\` is ${kind} and cannot stand in a text`, hint, start, end });
}

function textOfBlock(block: Block, frame: Frame): string {
  const value = valueOfOperand(block.of, frame);
  if (block.kind === 'if' || block.kind === 'unless')
    return textOf(holds(value) === (block.kind === 'if') ? block.then : block.otherwise, frame);
  const inside = (context: Json, key: Json, data: Frame['data']): string => {
    const [first, second] = block.names;
    const params = {
      ...frame.params,
      ...(first === undefined ? {} : { [first]: context }),
      ...(second === undefined ? {} : { [second]: key }),
    };
    return textOf(block.then, { context, params, data: { ...frame.data, ...data }, outer: frame, root: frame.root });
  };
  if (block.kind === 'with') return holds(value) ? inside(value, null, {}) : textOf(block.otherwise, frame);
  const entries = entriesOf(value, block.of);
  if (entries.length === 0) return textOf(block.otherwise, frame);
  return entries
    .map(([key, each], index) => inside(each, key, { key, index, first: index === 0, last: index === entries.length - 1 }))
    .join('');
}

const holds = (value: Json): boolean => (Array.isArray(value) ? value.length > 0 : Boolean(value));

function entriesOf(value: Json, of: Operand): readonly (readonly [string | number, Json])[] {
  if (value === null) return [];
  if (Array.isArray(value)) return value.map((each: Json, i) => [i, each] as const);
  if (typeof value === 'object') return Object.entries(value);
  const [start, end] = of.kind === 'literal' ? [0, 2] : [of.start, of.end];
  throw new Missing({ message: `{{#each}} takes a list or a mapping, not ${kindOf(value)}`, start, end });
}

/** The value of one `{{ … }}`; throws Missing. */
export function valueOfOperand(of: Operand, frame: Frame): Json {
  if (of.kind === 'literal') return of.value;
  if (of.kind === 'reference') return lookUp(of, frame);
  const helper = HELPERS.get(of.helper);
  const args = of.args.map((arg, i) => (of.helper === 'default' && i === 0 ? orNull(arg, frame) : valueOfOperand(arg, frame)));
  try {
    return helper?.call(args) ?? null;
  } catch (thrown) {
    if (thrown instanceof Missing || !(thrown instanceof Error)) throw thrown;
    throw new Missing(helperFault(of, thrown));
  }
}

const helperFault = ({ helper, start, end }: Call, { message }: Error): TemplateFault => ({
  message: `\`${helper}\` ${message}`,
  start,
  end,
});

function orNull(of: Operand, frame: Frame): Json {
  try {
    return valueOfOperand(of, frame);
  } catch (thrown) {
    if (thrown instanceof Missing) return null;
    throw thrown;
  }
}

function lookUp(of: Reference, frame: Frame): Json {
  let from: Frame | undefined = frame;
  for (let n = 0; n < of.up; n++) from = from?.outer;
  const [first, ...rest] = of.parts;
  if (from === undefined) throw new Missing({ message: 'there is nothing that far outside', start: of.start, end: of.end });
  if (of.data && first === 'root') return follow(of, from.root as Json, rest, []);
  if (of.data) return follow(of, from.data, of.parts, []);
  if (first !== undefined && !of.own && of.up === 0 && Object.hasOwn(from.params, first)) return follow(of, from.params, of.parts, []);
  const outer = from.outer !== undefined && first !== undefined && Object.hasOwn(from.root, first) ? first : undefined;
  return follow(of, from.context as Json, of.parts, [], outer);
}

/** Own keys only, and each must be there. */
function follow(of: Reference, start: Json, parts: readonly string[], before: readonly string[], outer?: string): Json {
  let value = start;
  const way = [...before];
  for (const part of parts) {
    const own = typeof value === 'object' && value !== null && Object.hasOwn(value, part);
    if (!own) throw new Missing(missing(of, value, part, way, outer));
    value = (value as { readonly [key: string]: Json })[part] ?? null;
    way.push(part);
  }
  return value;
}

function missing(of: Reference, value: Json, part: string, way: readonly string[], outer: string | undefined): TemplateFault {
  const { start, end } = of;
  if (way.length === 0) {
    const known = typeof value === 'object' && value !== null ? Object.keys(value) : [];
    const near = nearest(part, known);
    const inEach = outer === part ? `inside {{#each}} and {{#with}} names are those of the item: write {{ @root.${part} }}` : undefined;
    return {
      message: `\`${part}\` is not defined`,
      hint: inEach ?? (near === undefined ? undefined : `did you mean \`${near}\`?`),
      start,
      end,
    };
  }
  const name = way.join('.');
  if (typeof value !== 'object' || value === null)
    return { message: `\`${name}\` is ${kindOf(value)} and has no field \`${part}\``, start, end };
  const near = nearest(part, Object.keys(value));
  const fields = Object.keys(value).slice(0, 12).join(', ');
  const hint = near === undefined ? (fields === '' ? undefined : `it has ${fields}`) : `did you mean \`${near}\`?`;
  return { message: `\`${name}\` has no field \`${part}\``, hint, start, end };
}
