import { SwarmError } from '../../core/error.ts';
import type { Json, Vars } from '../../core/host.ts';
import type { Span } from '../../core/span.ts';
import type { Use } from '../expression/scope-names.ts';
import { linesOf, type Path, within } from '../yaml/source-document.ts';
import { Missing, textOf, top, valueOfOperand } from './evaluate-template.ts';
import { type Operand, type Piece, parseTemplate } from './parse-template.ts';
import { Fault, type TemplateFault } from './template-error.ts';

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
