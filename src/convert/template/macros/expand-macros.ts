import type { JinjaNode } from '../../jinja/jinja-tree.ts';
import type { Translation } from '../../jinja/translation.ts';
import { NotConvertible, rejectConversion } from '../../not-convertible.ts';
import type { Branch, Part } from '../template-part.ts';
import { callValues, chooseKeptMacros, type KeptMacro, type MacroUse } from './kept-macros.ts';
import { createNames, findMacro, findNode, findUse, importNames, listVisibleSets, type Macro, type MacroNames } from './macro-names.ts';

/** A template without macros: the text of each stands where it is called, or it is an inline part of the converted template. */
export interface ExpandedTemplate {
  readonly parts: readonly Part[];
  readonly macros: readonly KeptMacro[];
}

/** What is known while macros are written out. */
interface Expansion {
  readonly translation: Translation;
  /** Macros that are not written out where they are called. */
  readonly kept: ReadonlyMap<Macro, KeptMacro>;
  readonly uses: Map<Macro, MacroUse>;
  count: number;
}

const MAX_PARTS = 50_000;
const WRITE = 'write its text there';

/** Puts the text of each macro where it is called. A call that stands for more than its text is left. Large macros of a template file that
 *  are called several times are kept. */
export function expandMacros(parts: readonly Part[], translation: Translation): ExpandedTemplate {
  const isFile = !translation.keepsBackslashes;
  const first: Expansion = { translation, kept: new Map(), uses: new Map(), count: 0 };
  let expanded: readonly Part[] | undefined;
  try {
    expanded = expandAll(parts, createNames(), [], first);
  } catch (thrown) {
    if (!(thrown instanceof NotConvertible && isFile)) throw thrown; // with inline parts it may be small enough
  }
  const kept = isFile ? chooseKeptMacros(first.uses, translation, parts) : new Map<Macro, KeptMacro>();
  if (kept.size === 0) return { parts: expanded ?? expandAll(parts, createNames(), [], { ...first, count: 0 }), macros: [] };
  const second: Expansion = { translation, kept, uses: new Map(), count: 0 };
  const all = expandAll(parts, createNames(), [], second);
  const macros = [...kept.values()].map((each) => ({ ...each, body: expandAll(each.body, each.names, [each.macro], second) }));
  return { parts: all, macros };
}

function expandAll(all: readonly Part[], names: MacroNames, open: readonly Macro[], expansion: Expansion): readonly Part[] {
  expansion.count += all.length;
  if (expansion.count > MAX_PARTS) rejectConversion(`macros that are more than ${MAX_PARTS} parts when they are written out`);
  return all.flatMap((part) => expand(part, names, open, expansion));
}

function expand(part: Part, names: MacroNames, open: readonly Macro[], expansion: Expansion): Part | readonly Part[] {
  const inner = (body: readonly Part[]): readonly Part[] => expandAll(body, names, open, expansion);
  const branch = (each: Branch): Branch => ({ ...each, body: inner(each.body) });
  switch (part.kind) {
    case 'macro':
      names.macros.set(part.name, { macro: part, names });
      return part;
    case 'import':
      return attempt(part, expansion, () => importNames(part, names, expansion.translation.find));
    case 'value':
      return attempt(part, expansion, () => expandValue(part, names, open, expansion));
    case 'if': {
      const otherwise = part.otherwise === undefined ? {} : { otherwise: branch(part.otherwise) };
      return { ...part, branches: part.branches.map(branch), ...otherwise };
    }
    case 'for': {
      const otherwise = part.otherwise === undefined ? {} : { otherwise: branch(part.otherwise) };
      return { ...part, body: inner(part.body), ...otherwise };
    }
    case 'group':
      return { ...part, body: inner(part.body) };
    default:
      return part;
  }
}

/** A part that cannot be expressed is left; one that is too large ends the conversion of the template. */
function attempt(
  part: Extract<Part, { kind: 'import' | 'value' }>,
  expansion: Expansion,
  read: () => Part | readonly Part[],
): Part | readonly Part[] {
  try {
    return read();
  } catch (thrown) {
    if (!(thrown instanceof NotConvertible) || expansion.count > MAX_PARTS) throw thrown;
    return { kind: 'left', reason: thrown.message, tag: part.tag };
  }
}

function expandValue(part: Extract<Part, { kind: 'value' }>, names: MacroNames, open: readonly Macro[], expansion: Expansion): Part {
  const { of, tag } = part;
  const known = of.kind === 'call' ? findMacro(of.of, names) : undefined;
  if (known === undefined || of.kind !== 'call') {
    const used = findUse(of, names);
    return used === undefined ? part : rejectConversion(`the macro ${used} in an expression: ${WRITE}`);
  }
  const { macro } = known;
  const { name, body } = macro;
  if ([...of.args, ...Object.values(of.named)].some((each) => findUse(each, names) !== undefined))
    return rejectConversion(`a macro as a value of the macro ${name}: ${WRITE}`);
  const kept = expansion.kept.get(macro);
  if (kept !== undefined) return { kind: 'call', name: kept.name, values: callValues(kept, of), tag };
  if (open.includes(macro)) return rejectConversion(`the macro ${name}, which calls itself: ${WRITE}`);
  const special = findSpecialName(body);
  if (special !== undefined) return rejectConversion(`the macro ${name}, which uses ${special}: ${WRITE}`);
  const locals = bindValues(macro, of);
  const before = expansion.count;
  const text = expandAll(body, known.names, [...open, macro], expansion);
  noteUse(expansion, known.names, macro, of, expansion.count - before);
  return { kind: 'group', locals, body: [...listVisibleSets(macro, known.names), ...text], tag };
}

function noteUse({ uses }: Expansion, names: MacroNames, macro: Macro, call: MacroUse['calls'][number], size: number): void {
  const use = uses.get(macro) ?? { names, calls: [], size: 0 };
  use.calls.push(call);
  use.size = Math.max(use.size, size);
  uses.set(macro, use);
}

/** The values of a call by the names of the parameters. */
function bindValues(
  { name, params }: Macro,
  call: Extract<JinjaNode, { kind: 'call' }>,
): readonly (readonly [name: string, value: JinjaNode])[] {
  const unknown = Object.keys(call.named).find((each) => params.every((param) => param.name !== each));
  if (call.args.length > params.length || unknown !== undefined) rejectConversion(`the macro ${name} with other values than it takes`);
  return params.map((param, i) => {
    const value = call.args[i] ?? call.named[param.name] ?? param.value;
    return [param.name, value ?? rejectConversion(`the macro ${name} without a value for ${param.name}`)] as const;
  });
}

/** The first name in the values of a macro that only Jinja gives it. */
function findSpecialName(parts: readonly Part[]): string | undefined {
  const isSpecial = (each: JinjaNode): string | undefined =>
    each.kind === 'name' && ['caller', 'varargs', 'kwargs'].includes(each.name) ? each.name : undefined;
  for (const part of parts) {
    const bodies = part.kind === 'if' ? [...part.branches, part.otherwise] : part.kind === 'for' ? [part, part.otherwise] : [];
    const found =
      part.kind === 'value'
        ? findNode(part.of, isSpecial)
        : bodies.map((each) => findSpecialName(each?.body ?? [])).find((each) => each !== undefined);
    if (found !== undefined) return found;
  }
  return undefined;
}
