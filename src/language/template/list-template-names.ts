import type { Span } from '../../core/span.ts';
import type { NameUse } from '../expression/scope-names.ts';
import { createSourceText } from '../yaml/source-document.ts';
import { ACCEPTS_MISSING, listParts } from './evaluate-template.ts';
import { parseTemplate } from './parse-template.ts';
import { openInclude } from './template-include.ts';
import type { TemplateInclude, TemplateNode, TemplateOperand, TemplatePart } from './template-node.ts';

/** The files that a template includes. A part of its own is none. */
export function listIncludes(nodes: readonly TemplateNode[]): readonly TemplateInclude[] {
  const parts = listParts(nodes);
  return listAllIncludes(nodes).filter(({ name }) => !parts.has(name));
}

const listAllIncludes = (nodes: readonly TemplateNode[]): readonly TemplateInclude[] =>
  nodes.flatMap((node) => {
    if (node.kind === 'include') return [node];
    if (node.kind === 'part') return listAllIncludes(node.body);
    return node.kind === 'text' || node.kind === 'value' ? [] : listAllIncludes([...node.then, ...node.otherwise]);
  });

/** A name of the scope that a template file uses, and where. */
export interface FileNameUse {
  readonly use: NameUse;
  readonly at: () => Span;
}

/** The names of the scope that a template file and those that it includes use. None of a file that does not parse. An include in `{{#each}}`
 *  or `{{#with}}` has the names of the item, and is left out, unless it has values. `seen`: the files that are read already. */
export function listTemplateFileNames(
  text: string,
  file: string,
  outer: readonly string[] = [],
  seen: Set<string> = new Set(),
): readonly FileNameUse[] {
  const { span } = createSourceText(file, text);
  const files = [...outer, file];
  try {
    const own = listTemplateNames(text).map((use) => ({ use, at: () => span(use.start, use.end) }));
    const nodes = parseTemplate(text);
    const parts = listParts(nodes);
    const included = listKnownIncludes(nodes).filter(({ name }) => !parts.has(name));
    return [...own, ...included.flatMap((include) => namesOfInclude(include, files, seen))];
  } catch {
    return []; // findTemplateFileProblems says what is wrong
  }
}

function namesOfInclude(include: TemplateInclude, files: readonly string[], seen: Set<string>): readonly FileNameUse[] {
  const { file, source } = openInclude(include, { files, parts: new Map() });
  const given = include.values.map(([name]) => name);
  const key = [file, ...given].join('\0');
  if (seen.has(key)) return [];
  seen.add(key);
  return listTemplateFileNames(source.text, file, files, seen).filter(({ use }) => !given.includes(use.name));
}

/** The includes whose names are known: those with values, and those outside of `{{#each}}` and `{{#with}}`. */
function listKnownIncludes(nodes: readonly TemplateNode[], inItem = false): readonly TemplateInclude[] {
  return nodes.flatMap((node) => {
    if (node.kind === 'include') return inItem && node.values.length === 0 ? [] : [node];
    if (node.kind === 'part') return listKnownIncludes(node.body, inItem);
    if (node.kind === 'text' || node.kind === 'value') return [];
    return listKnownIncludes([...node.then, ...node.otherwise], inItem || node.kind === 'each' || node.kind === 'with');
  });
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
      if (node.kind === 'text' || node.kind === 'part') continue;
      if (node.kind === 'include') {
        for (const [, value] of node.values) addOperand(value, depth, params, false);
        continue;
      }
      addOperand(node.of, depth, params, false);
      if (node.kind === 'value') continue;
      const inner = node.kind === 'each' || node.kind === 'with';
      walk(node.then, inner ? depth + 1 : depth, new Set([...params, ...node.params]));
      walk(node.otherwise, depth, params);
    }
  };
  const nodes = parseTemplate(text);
  walk(nodes, 0, new Set());
  for (const part of listParts(nodes).values()) if (isOfTask(part, nodes)) walk(part.body, 0, valuesOf(part, nodes));
  return uses;
}

/** Whether a part has the variables of the task, and no call of it those of an item. */
const isOfTask = ({ name }: TemplatePart, nodes: readonly TemplateNode[]): boolean => {
  const known = listKnownIncludes(nodes).filter((include) => include.name === name).length;
  return known === listCalls(nodes, name).length;
};

/** The names of the values that some call gives a part. */
const valuesOf = ({ name }: TemplatePart, nodes: readonly TemplateNode[]): ReadonlySet<string> =>
  new Set(listCalls(nodes, name).flatMap(({ values }) => values.map(([key]) => key)));

const listCalls = (nodes: readonly TemplateNode[], name: string): readonly TemplateInclude[] =>
  listAllIncludes(nodes).filter((include) => include.name === name);
