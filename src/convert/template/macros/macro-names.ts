import type { JinjaNode } from '../../jinja/jinja-tree.ts';
import type { FindTemplate } from '../../jinja/translation.ts';
import { rejectConversion } from '../../not-convertible.ts';
import type { Part } from '../template-part.ts';
import { ANSIBLE_WHITESPACE, splitTemplate } from '../template-segments.ts';
import { parseTemplateParts } from '../template-tree.ts';

export type Macro = Extract<Part, { kind: 'macro' }>;
type SetPart = Extract<Part, { kind: 'set' }>;
type ImportPart = Extract<Part, { kind: 'import' }>;

/** A macro with the names that its text knows: those of the file that it is in. */
export interface KnownMacro {
  readonly macro: Macro;
  readonly names: MacroNames;
}

/** What a template knows beside variables. */
export interface MacroNames {
  readonly macros: Map<string, KnownMacro>;
  /** Templates that are imported as a whole. */
  readonly templates: Map<string, MacroNames>;
  /** What the template sets outside of all blocks, where it is imported. */
  readonly sets: SetPart[];
}

export const createNames = (): MacroNames => ({ macros: new Map(), templates: new Map(), sets: [] });

const MAX_DEPTH = 20;

/** Adds what an import brings, and returns the parts that stand for it: values that the other template sets. Throws NotConvertible. */
export function importNames(part: ImportPart, names: MacroNames, find: FindTemplate, depth = 0): readonly Part[] {
  if (depth > MAX_DEPTH) rejectConversion(`templates that import each other more than ${MAX_DEPTH} levels deep`);
  const file = find(part.file) ?? rejectConversion(`macros of ${part.file}, which is not a template of the project`);
  const own = createNames();
  for (const each of parseTemplateParts(splitTemplate(file.text, ANSIBLE_WHITESPACE), false)) {
    if (each.kind === 'macro') own.macros.set(each.name, { macro: each, names: own });
    else if (each.kind === 'set') own.sets.push(each);
    else if (each.kind === 'import') importNames(each, own, file.find, depth + 1);
  }
  if (typeof part.as === 'string') {
    names.templates.set(part.as, own);
    return [];
  }
  return part.as.flatMap(([name, as]): readonly Part[] => {
    const macro = own.macros.get(name);
    const set = own.sets.findLast((each) => each.names.length === 1 && each.names[0] === name);
    if (macro !== undefined) names.macros.set(as, macro);
    else if (set !== undefined) return [{ ...set, names: [as] }];
    else rejectConversion(`${part.file} defines no ${name}`);
    return [];
  });
}

/** What the file of a macro sets and the macro sees: all but what has the name of a parameter. */
export const listVisibleSets = ({ params }: Macro, { sets }: MacroNames): readonly SetPart[] =>
  sets.filter((set) => set.names.every((each) => params.every((param) => param.name !== each)));

/** The macro that an expression names; undefined for any other expression. */
export function findMacro(node: JinjaNode, names: MacroNames): KnownMacro | undefined {
  if (node.kind === 'name') return names.macros.get(node.name);
  return node.kind === 'attribute' && node.of.kind === 'name' ? names.templates.get(node.of.name)?.macros.get(node.name) : undefined;
}

/** The first use of a macro, or of a template that is imported, in an expression: what it is called there. */
export const findUse = (node: JinjaNode, names: MacroNames): string | undefined =>
  findNode(node, (each) => {
    const macro = each.kind === 'call' ? findMacro(each.of, names) : undefined;
    if (macro !== undefined) return macro.macro.name;
    return each.kind === 'name' && names.templates.has(each.name) ? each.name : undefined;
  });

/** What `match` returns for the first node for which it returns something. */
export function findNode(value: unknown, match: (node: JinjaNode) => string | undefined): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const found = 'kind' in value ? match(value as JinjaNode) : undefined;
  if (found !== undefined) return found;
  for (const each of Object.values(value)) {
    const inner = findNode(each, match);
    if (inner !== undefined) return inner;
  }
  return undefined;
}
