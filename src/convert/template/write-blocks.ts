import { LOOP_PAIRS } from '../jinja/jinja-loop.ts';
import { parseJinjaLoop } from '../jinja/parse/parse-jinja.ts';
import { printOperand } from '../jinja/print/print-helper.ts';
import { simplify } from '../jinja/simplify.ts';
import { literal, partsOf, type SwarmExpression } from '../jinja/swarm-expression.ts';
import { translate } from '../jinja/translate-jinja.ts';
import { literalValue } from '../jinja/translation.ts';
import { NotConvertible, rejectConversion } from '../not-convertible.ts';
import { fieldsAfterLoop, onlySets, setsFields } from './fields/loop-fields.ts';
import { conditionOf, isSilent, mergeScopes, readSets } from './set-choice.ts';
import { sortedPairs } from './sorted-pairs.ts';
import { attemptPart, blockOperand, type TemplateOutput } from './template-output.ts';
import type { Branch, Part } from './template-part.ts';
import { enterLoop, freshNames, loopOf, nameFields, type Scope, withLocal } from './template-scope.ts';
import { toTemplateCondition } from './write-value.ts';

type IfPart = Extract<Part, { kind: 'if' }>;
type ForPart = Extract<Part, { kind: 'for' }>;

/** Writes an `if`, and returns what the names mean after it. One that only sets names writes nothing. */
export function writeIf(whole: IfPart, scope: Scope, output: TemplateOutput): Scope {
  const part = withoutDeadBranches(whole, scope);
  if (part.branches.length === 0) return output.writeParts(part.otherwise?.body ?? [], scope);
  const all = [...part.branches, ...(part.otherwise === undefined ? [] : [part.otherwise])];
  const silent = all.every(({ body }) => isSilent(body));
  const scopes = silent
    ? attemptPart(output, part.end, undefined, () => all.map(({ body }) => readSets(body, scope)))
    : writeBranches(part, scope, output);
  return scopes === undefined ? scope : attemptPart(output, part.end, scope, () => mergeScopes(part, scope, scopes));
}

/** The same without branches whose condition is known: that of a macro, for the values of a call. */
function withoutDeadBranches(part: IfPart, scope: Scope): IfPart {
  const branches: Branch[] = [];
  for (const branch of part.branches) {
    const known = knownCondition(branch, scope);
    if (known === true) return { ...part, branches, otherwise: branch };
    if (known === undefined) branches.push(branch);
  }
  return { ...part, branches };
}

function knownCondition(branch: Branch, scope: Scope): boolean | undefined {
  try {
    const value = literalValue(simplify(conditionOf(branch, { ...scope, translation: { ...scope.translation, changes: new Set() } })));
    return typeof value === 'boolean' ? value : undefined;
  } catch (thrown) {
    if (thrown instanceof NotConvertible) return undefined; // reported where it is written
    throw thrown;
  }
}

const TYPE_TEST = /\bis\s+(?:not\s+)?(?:string|mapping|sequence|iterable|number)\b|type_debug/;

function writeBranches(part: IfPart, scope: Scope, output: TemplateOutput): readonly Scope[] {
  const { writer } = output;
  const scopes: Scope[] = [];
  const inner = part.branches.some(({ test = '' }) => TYPE_TEST.test(test)) ? { ...scope, knowsType: true as const } : scope;
  let counts = (): boolean | undefined => undefined; // Handlebars looks at the end of the first `else if`, not at what is before the end of the block
  for (const [i, branch] of part.branches.entries()) {
    const condition = blockOperand(output, branch.tag, scope, () => conditionOf(branch, scope));
    writer.tag(`{{${i === 0 ? '#' : 'else '}if ${condition}}}`, branch.tag.newlineCut);
    scopes.push(output.writeParts(branch.body, inner));
    if (i === 1) counts = writer.watchLine();
  }
  if (part.otherwise !== undefined) {
    writer.tag('{{else}}', part.otherwise.tag.newlineCut);
    scopes.push(output.writeParts(part.otherwise.body, inner));
  }
  writer.tag('{{/if}}', part.end.newlineCut, counts());
  return scopes;
}

/** Writes a `for`, and returns what the fields of namespaces mean after it. One that only sets them writes nothing. */
export function writeFor(part: ForPart, scope: Scope, output: TemplateOutput): Scope {
  const loop = readFor(part, scope);
  if (!setsFields(part.body)) {
    writeLoop(part, loop, scope, output);
    return scope;
  }
  const condition = loop.condition && toTemplateCondition(translate(loop.condition, loop.inner.translation, true));
  const inner = withLocal(loop.inner, 'loop', literal(null)); // after the loop there is no `loop.index`
  const after = fieldsAfterLoop(part.body, { ...loop, inner, condition }, scope);
  if (!onlySets(part.body)) writeLoop(part, loop, scope, output);
  return after;
}

function writeLoop(part: ForPart, { list, names, inner, condition }: Loop, scope: Scope, output: TemplateOutput): undefined {
  const { writer } = output;
  const operand = printOperand(list, scope.place);
  const filter =
    condition === undefined
      ? undefined
      : blockOperand(output, part.tag, inner, () => toTemplateCondition(translate(condition, inner.translation, true)));
  writer.tag(`{{#each ${operand} as |${names.join(' ')}|}}`, part.tag.newlineCut);
  if (filter !== undefined) writer.tag(`{{#if ${filter}}}`, part.tag.newlineCut);
  output.writeParts(part.body, inner);
  if (filter !== undefined) writer.tag('{{/if}}', part.end.newlineCut);
  if (part.otherwise !== undefined) {
    writer.tag('{{else}}', part.otherwise.tag.newlineCut);
    output.writeParts(part.otherwise.body, scope);
  }
  writer.tag('{{/each}}', part.end.newlineCut);
}

/** What a `for` goes through, the names of Handlebars for an entry, and what the names mean inside. */
interface Loop {
  readonly list: SwarmExpression;
  readonly names: readonly string[];
  readonly inner: Scope;
  readonly condition: ReturnType<typeof parseJinjaLoop>['condition'];
}

function readFor(part: ForPart, scope: Scope): Loop {
  const { names, list, condition } = parseJinjaLoop(part.header);
  if (condition !== undefined && /\bloop\./.test(part.header)) rejectConversion('a for with loop in its condition');
  const pairs = names.length === 2 ? sortedPairs(list, scope.translation) : undefined;
  const each = pairs === undefined ? loopOf(translate(list, scope.translation), names) : { list: pairs, names: [names.join('_')] };
  const written = freshNames(scope, each.names);
  const entered = enterLoop(scope, each.names, each.list, written);
  const named = pairs === undefined ? entered : nameFields(entered, each.names[0] ?? '', names);
  const all = withLocal(named, LOOP_PAIRS, literal(names.length > 1));
  if (condition === undefined) return { list: each.list, names: written, inner: all, condition };
  const [name = '', more] = written;
  if (part.otherwise !== undefined || usesLoop(part.body)) {
    if (more !== undefined) return rejectConversion('a for with two names, and if with else or loop');
    const body = toTemplateCondition(translate(condition, all.translation, true));
    return { list: filterList(each.list, name, body), names: written, inner: all, condition: undefined };
  }
  return { list: each.list, names: written, inner: withLocal(all, 'loop', literal(null)), condition };
}

/** Whether the body asks how far the loop is: Jinja counts only the entries for which the condition is true. */
const usesLoop = (body: readonly Part[]): boolean => /"name":"loop"|\bloop\./.test(JSON.stringify(body));

/** The entries for which a condition is true. One that does not ask the entry holds for all or none. */
const filterList = (list: SwarmExpression, name: string, body: SwarmExpression): SwarmExpression =>
  usesName(body, name)
    ? { kind: 'each', how: 'filter', list, name, body }
    : { kind: 'choice', test: body, yes: list, no: { kind: 'list', items: [] } };

const usesName = (expression: SwarmExpression, name: string): boolean =>
  (expression.kind === 'name' && expression.name === name) || partsOf(expression).some((each) => usesName(each, name));
