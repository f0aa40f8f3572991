import { SwarmError } from '../../core/error/swarm-error.ts';
import type { Json, Vars } from '../../core/json-value.ts';
import type { Span } from '../../core/span.ts';
import type { NameUse } from '../expression/scope-names.ts';
import { createSourceText, type KeyPath, narrowSpan } from '../yaml/source-document.ts';
import { ACCEPTS_MISSING, createRootFrame, evaluateOperand, renderNodes, TemplateValueError } from './evaluate-template.ts';
import { parseTemplate, type TemplateNode, type TemplateOperand } from './parse-template.ts';
import { type TemplateFault, TemplateSyntaxError } from './template-error.ts';

/** The position of a rendered value, and which of its keys have shell text. */
export interface RenderContext {
  readonly at: Span;
  /** The exact position of a value inside; without it problems have the position `at`. */
  locate?(path: KeyPath): Span;
  /** Args whose text a shell reads: in them a `{{ x }}` must be `{{quote x}}` or `{{raw x}}`. */
  readonly shell?: readonly string[];
}

/** Whether rendering could change the text. */
export const hasTemplate = (text: string): boolean => text.includes('{{') || text.includes('{%');

/** Renders every text in a value. A text that is one `{{ path }}` hands on the value itself; results are never rendered again.
 *  Throws SW1113 (syntax), SW1114 (bare value in shell text), SW6014 (undefined name, wrong type). */
export function renderTemplates(value: Json, scope: Vars, context: RenderContext): Json {
  const walk = (each: Json, path: KeyPath): Json => {
    if (typeof each === 'string') return hasTemplate(each) ? renderScalar(each, scope, context, path) : each;
    if (Array.isArray(each)) return each.map((entry: Json, i) => walk(entry, [...path, i]));
    if (typeof each !== 'object' || each === null) return each;
    return Object.fromEntries(Object.entries(each).map(([key, entry]) => [key, walk(entry, [...path, key])]));
  };
  return walk(value, []);
}

function renderScalar(text: string, scope: Vars, context: RenderContext, path: KeyPath): Json {
  const span = context.locate?.(path) ?? context.at;
  const at = (start: number, end: number): Span => narrowSpan(span, text, start, end);
  try {
    const nodes = parseTemplate(text);
    if (context.shell?.includes(String(path[0] ?? ''))) {
      const unquoted = findUnquotedValues(nodes)[0];
      if (unquoted !== undefined)
        throw new SwarmError('SW1114', unquoted.message, { at: at(unquoted.start, unquoted.end), hint: unquoted.hint });
    }
    const [only, more] = nodes;
    const frame = createRootFrame(scope);
    if (only?.kind === 'value' && more === undefined) return evaluateOperand(only.of, frame);
    return renderNodes(nodes, frame);
  } catch (thrown) {
    throw addPosition(thrown, at);
  }
}

/** The text of a template file; `file` is for the error's frame. Throws SW1113 and SW6014. */
export function renderTemplateText(text: string, scope: Vars, file: string): string {
  const sourceText = createSourceText(file, text);
  try {
    return renderNodes(parseTemplate(text), createRootFrame(scope));
  } catch (thrown) {
    throw addPosition(thrown, sourceText.span);
  }
}

/** The errors of a template with their positions: syntax (SW1113), and in shell text values without `quote` or `raw` (SW1114). */
export function findTemplateProblems(text: string, shell: boolean, at: (start: number, end: number) => Span): readonly SwarmError[] {
  try {
    const nodes = parseTemplate(text);
    const unquoted = shell ? findUnquotedValues(nodes) : [];
    return unquoted.map((each) => new SwarmError('SW1114', each.message, { at: at(each.start, each.end), hint: each.hint }));
  } catch (thrown) {
    const problem = addPosition(thrown, at);
    if (problem instanceof SwarmError) return [problem];
    throw problem;
  }
}

function addPosition(thrown: unknown, at: (start: number, end: number) => Span): unknown {
  if (thrown instanceof TemplateSyntaxError) {
    const { message, hint, start, end } = thrown.fault;
    return new SwarmError('SW1113', message, { at: at(start, end), hint });
  }
  if (thrown instanceof TemplateValueError) {
    const { message, hint, start, end } = thrown.fault;
    return new SwarmError('SW6014', message, { at: at(start, end), hint });
  }
  return thrown;
}

/** The names of the scope that a template uses, without those inside `{{#each}}` and `{{#with}}`, which are keys of the item. */
export function listTemplateNames(text: string): readonly NameUse[] {
  const uses: NameUse[] = [];
  const addOperand = (operand: TemplateOperand, depth: number, params: ReadonlySet<string>, optional: boolean): void => {
    if (operand.kind === 'call') {
      for (const [i, arg] of operand.args.entries())
        addOperand(arg, depth, params, optional || (i === 0 && ACCEPTS_MISSING.has(operand.helper)));
    } else if (operand.kind === 'reference') {
      const { data, levelsUp, fromThis, parts, start, end } = operand;
      const root = data && parts[0] === 'root';
      const [name, ...fields] = root ? parts.slice(1) : parts;
      if (
        name === undefined ||
        (data && !root) ||
        (!root && levelsUp !== depth) ||
        (!root && levelsUp === 0 && !fromThis && params.has(name))
      )
        return;
      uses.push({ name, fields, start, end, optional });
    }
  };
  const walk = (nodes: readonly TemplateNode[], depth: number, params: ReadonlySet<string>): void => {
    for (const node of nodes) {
      if (node.kind === 'text') continue;
      addOperand(node.of, depth, params, false);
      if (node.kind === 'value') continue;
      const inner = node.kind === 'each' || node.kind === 'with';
      walk(node.then, inner ? depth + 1 : depth, new Set([...params, ...node.params]));
      walk(node.otherwise, depth, params);
    }
  };
  walk(parseTemplate(text), 0, new Set());
  return uses;
}

function findUnquotedValues(nodes: readonly TemplateNode[]): readonly TemplateFault[] {
  return nodes.flatMap((node) => {
    if (node.kind === 'text') return [];
    if (node.kind !== 'value') return [...findUnquotedValues(node.then), ...findUnquotedValues(node.otherwise)];
    if (node.of.kind === 'literal' || (node.of.kind === 'call' && (node.of.helper === 'quote' || node.of.helper === 'raw'))) return [];
    const name = node.of.kind === 'reference' ? node.of.parts.join('.') : `(${node.of.helper} …)`;
    const message = 'a value in shell text without `quote`';
    return [
      { message, hint: `Write {{quote ${name}}}, or {{raw ${name}}} if the value is shell text itself.`, start: node.start, end: node.end },
    ];
  });
}
