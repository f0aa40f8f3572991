import { SwarmError } from '../../core/error/swarm-error.ts';
import type { Json, Vars } from '../../core/json-value.ts';
import type { Span } from '../../core/span.ts';
import { createSourceText, type KeyPath, narrowSpan } from '../yaml/source-document.ts';
import { evaluateOperand, listParts, renderTemplate } from './evaluate-template.ts';
import { listIncludes } from './list-template-names.ts';
import { listTemplateFaults, parseTemplate } from './parse-template.ts';
import { addPosition, type TemplateFault } from './template-error.ts';
import { openInclude } from './template-include.ts';
import { createRootFrame } from './template-names.ts';
import type { TemplateNode } from './template-node.ts';

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
    return renderTemplate(nodes, frame);
  } catch (thrown) {
    throw addPosition(thrown, at);
  }
}

/** The text of a template file; `file` is for the error's frame. Throws SW1113 and SW6014. */
export function renderTemplateText(text: string, scope: Vars, file: string): string {
  const sourceText = createSourceText(file, text);
  try {
    return renderTemplate(parseTemplate(text), createRootFrame(scope, file));
  } catch (thrown) {
    throw addPosition(thrown, sourceText.span);
  }
}

/** The errors of a template in a playbook with their positions: syntax and includes (SW1113), and in shell text values without `quote` or
 *  `raw` (SW1114). */
export function findTemplateProblems(text: string, shell: boolean, at: (start: number, end: number) => Span): readonly SwarmError[] {
  const faults = faultProblems(text, at);
  if (faults.length > 0) return faults;
  return collectProblems(at, () => {
    const nodes = parseTemplate(text);
    for (const include of listIncludes(nodes)) openInclude(include, { files: [], parts: listParts(nodes) });
    const unquoted = shell ? findUnquotedValues(nodes) : [];
    return unquoted.map((each) => new SwarmError('SW1114', each.message, { at: at(each.start, each.end), hint: each.hint }));
  });
}

/** The errors in the syntax of a template file and of those that it includes (SW1113). `outer` are the files that include it, `seen` those
 *  that are checked already. */
export function findTemplateFileProblems(
  text: string,
  file: string,
  outer: readonly string[] = [],
  seen: Set<string> = new Set(),
): readonly SwarmError[] {
  const { span } = createSourceText(file, text);
  const files = [...outer, file];
  const faults = faultProblems(text, span);
  if (faults.length > 0) return faults;
  return collectProblems(span, () => {
    const nodes = parseTemplate(text);
    return listIncludes(nodes).flatMap((include) =>
      collectProblems(span, () => {
        const { file: inner, source } = openInclude(include, { files, parts: listParts(nodes) });
        if (seen.has(inner)) return [];
        seen.add(inner);
        return findTemplateFileProblems(source.text, inner, files, seen);
      }),
    );
  });
}

const faultProblems = (text: string, at: (start: number, end: number) => Span): readonly SwarmError[] =>
  listTemplateFaults(text).map(({ message, hint, start, end }) => new SwarmError('SW1113', message, { at: at(start, end), hint }));

/** What `find` returns, or the error of a template that it throws, as SW1113. */
function collectProblems(at: (start: number, end: number) => Span, find: () => readonly SwarmError[]): readonly SwarmError[] {
  try {
    return find();
  } catch (thrown) {
    const problem = addPosition(thrown, at);
    if (!(problem instanceof SwarmError)) throw problem;
    const { message, hint, at: span } = problem;
    return [problem.code === 'SW6014' ? new SwarmError('SW1113', message, { at: span, hint }) : problem];
  }
}

function findUnquotedValues(nodes: readonly TemplateNode[]): readonly TemplateFault[] {
  return nodes.flatMap((node) => {
    if (node.kind === 'text' || node.kind === 'include') return [];
    if (node.kind === 'part') return findUnquotedValues(node.body);
    if (node.kind !== 'value') return [...findUnquotedValues(node.then), ...findUnquotedValues(node.otherwise)];
    if (node.of.kind === 'literal' || (node.of.kind === 'call' && (node.of.helper === 'quote' || node.of.helper === 'raw'))) return [];
    const name = node.of.kind === 'reference' ? node.of.parts.join('.') : `(${node.of.helper} …)`;
    const message = 'a value in shell text without `quote`';
    return [
      { message, hint: `Write {{quote ${name}}}, or {{raw ${name}}} if the value is shell text itself.`, start: node.start, end: node.end },
    ];
  });
}
