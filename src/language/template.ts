import { nearest, SwarmError } from '../core/error.ts';
import type { Json, Vars } from '../core/host.ts';
import type { Span } from '../core/span.ts';
import { HELPERS, kindOf } from './helpers.ts';
import type { Use } from './names.ts';
import { linesOf, type Path, within } from './source.ts';
import {
  type Block,
  type Call,
  Fault,
  type Operand,
  type Piece,
  parseTemplate,
  type Reference,
  type TemplateFault,
} from './template-tree.ts';

/** Where a rendered value stands, and which of its keys hold shell text. */
export interface TemplatePlace {
  readonly at: Span;
  /** The exact place of a value inside; without it problems stand under `at`. */
  locate?(path: Path): Span;
  /** Args whose text a shell reads: there a `{{ x }}` must be `{{quote x}}` or `{{raw x}}`. */
  readonly shell?: readonly string[];
}

/** Whether rendering could change the text. */
export const hasTemplate = (text: string): boolean => text.includes('{{') || text.includes('{%');

/** Renders every text in a value. A text that is one `{{ path }}` hands on the value itself; results are never rendered again.
 *  Throws SW1113 (syntax), SW1114 (bare value in shell text), SW6014 (undefined name, wrong type). */
export function render(value: Json, scope: Vars, place: TemplatePlace): Json {
  const walk = (each: Json, path: Path): Json => {
    if (typeof each === 'string') return hasTemplate(each) ? renderScalar(each, scope, place, path) : each;
    if (Array.isArray(each)) return each.map((entry: Json, i) => walk(entry, [...path, i]));
    if (typeof each !== 'object' || each === null) return each;
    return Object.fromEntries(Object.entries(each).map(([key, entry]) => [key, walk(entry, [...path, key])]));
  };
  return walk(value, []);
}

function renderScalar(text: string, scope: Vars, place: TemplatePlace, path: Path): Json {
  const span = place.locate?.(path) ?? place.at;
  const at = (start: number, end: number): Span => within(span, text, start, end);
  try {
    const pieces = parseTemplate(text);
    if (place.shell?.includes(String(path[0] ?? ''))) {
      const bare = bareValues(pieces)[0];
      if (bare !== undefined) throw new SwarmError('SW1114', bare.message, { at: at(bare.start, bare.end), hint: bare.hint });
    }
    const [only, more] = pieces;
    const frame = top(scope);
    if (only?.kind === 'value' && more === undefined) return valueOfOperand(only.of, frame);
    return textOf(pieces, frame);
  } catch (thrown) {
    throw placed(thrown, at);
  }
}

/** The text of a template file; `file` is for the error's frame. Throws SW1113 and SW6014. */
export function renderText(text: string, scope: Vars, file: string): string {
  const lines = linesOf(file, text);
  try {
    return textOf(parseTemplate(text), top(scope));
  } catch (thrown) {
    throw placed(thrown, lines.span);
  }
}

/** A template's faults with their places: syntax (SW1113), and in shell text values without `quote` or `raw` (SW1114). */
export function templateProblems(text: string, shell: boolean, at: (start: number, end: number) => Span): readonly SwarmError[] {
  try {
    const pieces = parseTemplate(text);
    const bare = shell ? bareValues(pieces) : [];
    return bare.map((each) => new SwarmError('SW1114', each.message, { at: at(each.start, each.end), hint: each.hint }));
  } catch (thrown) {
    const problem = placed(thrown, at);
    if (problem instanceof SwarmError) return [problem];
    throw problem;
  }
}

function placed(thrown: unknown, at: (start: number, end: number) => Span): unknown {
  if (thrown instanceof Fault) {
    const { message, hint, start, end } = thrown.fault;
    return new SwarmError('SW1113', message, { at: at(start, end), hint });
  }
  if (thrown instanceof Missing) {
    const { message, hint, start, end } = thrown.fault;
    return new SwarmError('SW6014', message, { at: at(start, end), hint });
  }
  return thrown;
}

/** The names of the scope that a template asks for; those inside `{{#each}}` and `{{#with}}` are names of the item and left out. */
export function templateNames(text: string): readonly Use[] {
  const uses: Use[] = [];
  const operand = (of: Operand, depth: number, params: ReadonlySet<string>, optional: boolean): void => {
    if (of.kind === 'call') {
      for (const [i, arg] of of.args.entries()) operand(arg, depth, params, optional || (of.helper === 'default' && i === 0));
    } else if (of.kind === 'reference') {
      const { data, up, own, parts, start, end } = of;
      const root = data && parts[0] === 'root';
      const [name, ...rest] = root ? parts.slice(1) : parts;
      if (name === undefined || (data && !root) || (!root && up !== depth) || (!root && up === 0 && !own && params.has(name))) return;
      uses.push({ name, rest, start, end, optional });
    }
  };
  const walk = (pieces: readonly Piece[], depth: number, params: ReadonlySet<string>): void => {
    for (const piece of pieces) {
      if (piece.kind === 'text') continue;
      operand(piece.of, depth, params, false);
      if (piece.kind === 'value') continue;
      const inner = piece.kind === 'each' || piece.kind === 'with';
      walk(piece.then, inner ? depth + 1 : depth, new Set([...params, ...piece.names]));
      walk(piece.otherwise, depth, params);
    }
  };
  walk(parseTemplate(text), 0, new Set());
  return uses;
}

function bareValues(pieces: readonly Piece[]): readonly TemplateFault[] {
  return pieces.flatMap((piece) => {
    if (piece.kind === 'text') return [];
    if (piece.kind !== 'value') return [...bareValues(piece.then), ...bareValues(piece.otherwise)];
    if (piece.of.kind === 'literal' || (piece.of.kind === 'call' && (piece.of.helper === 'quote' || piece.of.helper === 'raw'))) return [];
    const name = piece.of.kind === 'reference' ? piece.of.parts.join('.') : `(${piece.of.helper} …)`;
    const message = 'a value in shell text without `quote`';
    return [{ message, hint: `write {{quote ${name}}}, or {{raw ${name}}} if it is shell text`, start: piece.start, end: piece.end }];
  });
}

/** What `{{ x }}` means at one place: the item of the innermost each or with, and the frames around it. */
interface Frame {
  readonly context: Json | Vars;
  readonly params: Readonly<Record<string, Json>>;
  readonly data: Readonly<Record<string, Json>>;
  readonly outer?: Frame;
  readonly root: Vars;
}

const top = (scope: Vars): Frame => ({ context: scope, params: {}, data: {}, root: scope });

/** Thrown for a name that is not there or a value of the wrong kind, with offsets. */
class Missing extends Error {
  readonly fault: TemplateFault;
  constructor(fault: TemplateFault) {
    super(fault.message);
    this.fault = fault;
  }
}

function textOf(pieces: readonly Piece[], frame: Frame): string {
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

function valueOfOperand(of: Operand, frame: Frame): Json {
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
