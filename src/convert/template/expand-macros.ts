import type { JinjaNode } from '../jinja/jinja-tree.ts';
import { rejectConversion } from '../not-convertible.ts';
import type { Branch, Part } from './template-tree.ts';

type Macro = Extract<Part, { kind: 'macro' }>;
/** Puts the text of each macro where it is called. A call that stands for more than its text is left. */
export function expandMacros(parts: readonly Part[]): readonly Part[] {
  const macros = new Map<string, Macro>();
  let count = 0;
  const expandAll = (all: readonly Part[], open: readonly string[]): readonly Part[] => {
    count += all.length;
    if (count > MAX_PARTS) rejectConversion(`macros that are more than ${MAX_PARTS} parts when they are written out`);
    return all.map((part) => expand(part, open));
  };
  const expandBranch = (branch: Branch, open: readonly string[]): Branch => ({ ...branch, body: expandAll(branch.body, open) });
  const expand = (part: Part, open: readonly string[]): Part => {
    switch (part.kind) {
      case 'macro':
        macros.set(part.name, part);
        return part;
      case 'value':
        return expandValue(part, open);
      case 'if':
        return {
          ...part,
          branches: part.branches.map((branch) => expandBranch(branch, open)),
          ...(part.otherwise === undefined ? {} : { otherwise: expandBranch(part.otherwise, open) }),
        };
      case 'for':
        return {
          ...part,
          body: expandAll(part.body, open),
          ...(part.otherwise === undefined ? {} : { otherwise: expandBranch(part.otherwise, open) }),
        };
      case 'group':
        return { ...part, body: expandAll(part.body, open) };
      default:
        return part;
    }
  };
  const expandValue = (part: Extract<Part, { kind: 'value' }>, open: readonly string[]): Part => {
    const leave = (reason: string): Part => ({ kind: 'left', reason, tag: part.tag });
    const { of } = part;
    const macro = of.kind === 'call' && of.of.kind === 'name' ? macros.get(of.of.name) : undefined;
    const inner = findCall(of, macros);
    if (macro === undefined || of.kind !== 'call')
      return inner === undefined ? part : leave(`the macro ${inner} in an expression: ${WRITE}`);
    const { name, params, body } = macro;
    if ([...of.args, ...Object.values(of.named)].some((each) => findCall(each, macros) !== undefined))
      return leave(`a macro as a value of the macro ${name}: ${WRITE}`);
    if (open.includes(name)) return leave(`the macro ${name}, which calls itself: ${WRITE}`);
    const special = findName(body);
    if (special !== undefined) return leave(`the macro ${name}, which uses ${special}: ${WRITE}`);
    const unknown = Object.keys(of.named).find((each) => params.every((param) => param.name !== each));
    if (of.args.length > params.length || unknown !== undefined) return leave(`the macro ${name} with other values than it takes`);
    const locals = params.map((param, i) => [param.name, of.args[i] ?? of.named[param.name] ?? param.value] as const);
    const missing = locals.find(([, value]) => value === undefined);
    if (missing !== undefined) return leave(`the macro ${name} without a value for ${missing[0]}`);
    return { kind: 'group', locals: locals as (readonly [string, JinjaNode])[], body: expandAll(body, [...open, name]), tag: part.tag };
  };
  return expandAll(parts, []);
}

const MAX_PARTS = 50_000;
const WRITE = 'write its text there';

/** The name of the first macro that an expression calls. */
const findCall = (node: JinjaNode, macros: ReadonlyMap<string, Macro>): string | undefined =>
  findNode(node, (each) => (each.kind === 'call' && each.of.kind === 'name' && macros.has(each.of.name) ? each.of.name : undefined));

/** The first name in the values of a macro that only Jinja gives it. */
function findName(parts: readonly Part[]): string | undefined {
  const isSpecial = (each: JinjaNode): string | undefined =>
    each.kind === 'name' && ['caller', 'varargs', 'kwargs'].includes(each.name) ? each.name : undefined;
  for (const part of parts) {
    const bodies = part.kind === 'if' ? [...part.branches, part.otherwise] : part.kind === 'for' ? [part, part.otherwise] : [];
    const found =
      part.kind === 'value'
        ? findNode(part.of, isSpecial)
        : bodies.map((each) => findName(each?.body ?? [])).find((each) => each !== undefined);
    if (found !== undefined) return found;
  }
  return undefined;
}

function findNode(value: unknown, match: (node: JinjaNode) => string | undefined): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const found = 'kind' in value ? match(value as JinjaNode) : undefined;
  if (found !== undefined) return found;
  for (const each of Object.values(value)) {
    const inner = findNode(each, match);
    if (inner !== undefined) return inner;
  }
  return undefined;
}
