import type { JinjaNode } from '../jinja/jinja-tree.ts';
import { parseJinja, parseJinjaLoop } from '../jinja/parse-jinja.ts';
import { printHelper, printOperand, type TemplateScope, TOP_PLACE } from '../jinja/print-helper.ts';
import { call, literal, not, pathOf, type SwarmExpression, toCondition, typeOf } from '../jinja/target-tree.ts';
import { translate } from '../jinja/translate-jinja.ts';
import { literalValue, type Translation } from '../jinja/translation.ts';
import { NotConvertible, rejectConversion } from '../not-convertible.ts';
import { endLastLine, type ValueEnding } from './end-last-line.ts';
import { expandMacros } from './expand-macros.ts';
import { createHandlebarsWriter, type HandlebarsWriter } from './handlebars-writer.ts';
import { sortedPairs } from './sorted-pairs.ts';
import { ANSIBLE_WHITESPACE, splitTemplate, type WhitespaceRules } from './template-segments.ts';
import { type Branch, type Part, parseTemplateParts, type Tag } from './template-tree.ts';

/** A template of Handlebars, and what of the source is not converted. */
export interface ConvertedTemplate {
  readonly text: string;
  readonly left: readonly { readonly text: string; readonly reason: string }[];
}

interface Scope {
  readonly translation: Translation;
  readonly place: TemplateScope;
  /** In the text of a macro, where a name of a loop around the call is not known. */
  readonly inMacro?: true;
}

/** A Jinja template as Handlebars. `shell`: the text is read by a shell, so each value is marked as it is. Throws NotConvertible only for
 *  a template whose tags cannot be told apart. */
export function convertTemplate(
  source: string,
  translation: Translation,
  shell = false,
  rules: WhitespaceRules = ANSIBLE_WHITESPACE,
): ConvertedTemplate {
  const writer = createHandlebarsWriter();
  const left: { text: string; reason: string }[] = [];
  const { parts, endings } = endLastLine(expandMacros(parseTemplateParts(splitTemplate(source, rules))), source, {
    valueEnding: (part) => valueEnding(part.of, translation),
    mayWrap: !shell,
  });

  const leave = (tag: Tag, reason: string): undefined => {
    left.push({ text: tag.source, reason });
    writer.value(`{{ not_converted ${quoteText(tag.source)} ${quoteText(reason)} }}`);
  };
  /** Writes a part, or what stands for it where it cannot be expressed. */
  const attempt = (tag: Tag, write: () => void): undefined => {
    try {
      write();
    } catch (thrown) {
      if (!(thrown instanceof NotConvertible)) throw thrown;
      leave(tag, thrown.message);
    }
  };
  const attemptScope = (tag: Tag, scope: Scope, read: () => Scope): Scope => {
    let after = scope;
    attempt(tag, () => {
      after = read();
    });
    return after;
  };
  const writeParts = (all: readonly Part[], scope: Scope): undefined => {
    let inner = scope;
    for (const part of all) inner = writePart(part, inner);
  };
  const writePart = (part: Part, scope: Scope): Scope => {
    switch (part.kind) {
      case 'text':
        writer.text(part.text);
        return scope;
      case 'value':
        attempt(part.tag, () => {
          const value = translate(part.of, scope.translation);
          writeValue(writer, endings.has(part) ? call('end_line', [value], typeOf(value)) : value, scope.place, shell);
        });
        return scope;
      case 'comment':
        writer.tag(`{{!-- ${part.text.replaceAll('--}}', '-- }}').trim()} --}}`, part.tag.newlineCut);
        return scope;
      case 'group':
        attempt(part.tag, () => writeParts(part.body, part.locals === undefined ? scope : enterMacro(scope, part.locals)));
        return scope;
      case 'macro':
        return scope;
      case 'end_line':
        writer.tag(part.breaks === 1 ? '{{#end_line}}' : `{{#end_line ${part.breaks}}}`, false);
        writeParts(part.body, scope);
        writer.tag('{{/end_line}}', false);
        return scope;
      case 'left':
        leave(part.tag, part.reason);
        return scope;
      case 'include':
        writer.tag(`{{> ${part.file.replace(/\.j2$/, '.hbs')} }}`, part.tag.newlineCut);
        return scope;
      case 'set':
        return attemptScope(part.tag, scope, () => withLocal(scope, part.name, translate(part.value, scope.translation)));
      case 'if': {
        if (bodiesOf(part).every(isOneSet)) return attemptScope(part.end, scope, () => toChoice(part, scope));
        attempt(part.branches[0]?.tag ?? part.end, () => writeIf(part, scope));
        return scope;
      }
      default:
        attempt(part.tag, () => writeFor(part, scope));
        return scope;
    }
  };
  /** A condition or a list as it stands in a block; what cannot be expressed is an unknown helper, which `swarm check` refuses. */
  const operandOf = (tag: Tag, scope: Scope, read: () => SwarmExpression): string => {
    try {
      return printOperand(read(), scope.place);
    } catch (thrown) {
      if (!(thrown instanceof NotConvertible)) throw thrown;
      left.push({ text: tag.source, reason: thrown.message });
      return `(not_converted ${quoteText(tag.source)} ${quoteText(thrown.message)})`;
    }
  };
  const writeIf = (part: Extract<Part, { kind: 'if' }>, scope: Scope): undefined => {
    if (bodiesOf(part).some((body) => body.some(({ kind }) => kind === 'set'))) rejectConversion('{% set %} in an if');
    let counts = (): boolean | undefined => undefined; // Handlebars looks at the end of the first `else if`, not at what is before the end of the block
    for (const [i, branch] of part.branches.entries()) {
      const condition = operandOf(branch.tag, scope, () => conditionOf(branch, scope));
      writer.tag(`{{${i === 0 ? '#' : 'else '}if ${condition}}}`, branch.tag.newlineCut);
      writeParts(branch.body, scope);
      if (i === 1) counts = writer.watchLine();
    }
    if (part.otherwise !== undefined) {
      writer.tag('{{else}}', part.otherwise.tag.newlineCut);
      writeParts(part.otherwise.body, scope);
    }
    writer.tag('{{/if}}', part.end.newlineCut, counts());
  };
  const writeFor = (part: Extract<Part, { kind: 'for' }>, scope: Scope): undefined => {
    const { names, list, condition } = parseJinjaLoop(part.header);
    if (condition !== undefined && (part.otherwise !== undefined || /\bloop\./.test(part.header)))
      rejectConversion('a for with if and else');
    const pairs = names.length === 2 ? sortedPairs(list, scope.translation) : undefined;
    const each = pairs === undefined ? loopOf(translate(list, scope.translation), names) : { list: pairs, names: [names.join('_')] };
    const operand = printOperand(each.list, scope.place);
    const entered = enterLoop(scope, each.names, each.list);
    const inner = pairs === undefined ? entered : nameFields(entered, each.names[0] ?? '', names);
    const filter =
      condition === undefined
        ? undefined
        : operandOf(part.tag, inner, () => toTemplateCondition(translate(condition, inner.translation, true)));
    writer.tag(`{{#each ${operand} as |${each.names.join(' ')}|}}`, part.tag.newlineCut);
    if (filter !== undefined) writer.tag(`{{#if ${filter}}}`, part.tag.newlineCut);
    writeParts(part.body, inner);
    if (filter !== undefined) writer.tag('{{/if}}', part.end.newlineCut);
    if (part.otherwise !== undefined) {
      writer.tag('{{else}}', part.otherwise.tag.newlineCut);
      writeParts(part.otherwise.body, scope);
    }
    writer.tag('{{/each}}', part.end.newlineCut);
  };
  writeParts(parts, { translation, place: TOP_PLACE });
  return { text: writer.finish(), left };
}

/** What a value ends with, as far as the project shows it. */
function valueEnding(node: JinjaNode, translation: Translation): ValueEnding {
  try {
    const target = translate(node, { ...translation, changes: new Set() });
    const text = textOfLiteral(target);
    if (text !== undefined) return text.endsWith('\n') ? 'unknown' : text === '' ? 'empty' : 'line';
    if (typeOf(target) === 'number' || typeOf(target) === 'bool') return 'line';
    const path = pathOf(target) ?? '';
    return /^(?:facts\.|inventory_hostname$)/.test(path) ? 'line' : translation.lines.has(path) ? 'empty' : 'unknown';
  } catch (thrown) {
    if (thrown instanceof NotConvertible) return 'line'; // it is left as it is
    throw thrown;
  }
}

const quoteText = (text: string): string => {
  const line = text.replace(/\s+/g, ' ').replaceAll('"', "'");
  return `"${line.replace(/\{(?=[{%#])/g, '{ ').replaceAll('}}', '} }')}"`;
};

const conditionOf = ({ test }: Branch, { translation }: Scope): SwarmExpression =>
  test === undefined ? literal(true) : toTemplateCondition(translate(parseJinja(test), translation, true));

/** A block of Handlebars takes any value but a mapping as Jinja does. */
function toTemplateCondition(target: SwarmExpression): SwarmExpression {
  if (target.kind === 'operation' && (target.op === '&&' || target.op === '||'))
    return { ...target, left: toTemplateCondition(target.left), right: toTemplateCondition(target.right) };
  if (target.kind === 'not') return not(toTemplateCondition(target.of));
  return typeOf(target) === 'mapping' || typeOf(target) === 'text' ? toCondition(target) : target;
}

/** Python writes `True`; swarm writes `true`. */
function writeValue(writer: HandlebarsWriter, target: SwarmExpression, place: TemplateScope, shell: boolean): undefined {
  if (target.kind === 'operation' && target.op === '+' && typeOf(target) === 'text') {
    writeValue(writer, target.left, place, shell);
    writeValue(writer, target.right, place, shell);
    return;
  }
  const text = textOfLiteral(target);
  if (text !== undefined) {
    writer.text(text);
    return;
  }
  if (target.kind === 'call' && target.name === 'string' && target.args[0] !== undefined)
    return writeValue(writer, target.args[0], place, shell);
  const shown = typeOf(target) === 'bool' ? call('ternary', [target, literal('True'), literal('False')], 'text') : target;
  if (shown.kind === 'choice' && !(isPlain(shown.yes) && isPlain(shown.no))) {
    writer.value(`{{#if ${printOperand(toTemplateCondition(shown.test), place)}}}`);
    writeValue(writer, shown.yes, place, shell);
    writer.value('{{else}}');
    writeValue(writer, shown.no, place, shell);
    writer.value('{{/if}}');
    return;
  }
  const isMarked = shown.kind === 'call' && shown.name === 'quote';
  writer.value(shell && !isMarked ? `{{ raw ${printOperand(shown, place)} }}` : `{{ ${printHelper(shown, place)} }}`);
}

const isPlain = (target: SwarmExpression): boolean => target.kind === 'literal';

/** A literal as Jinja prints it: Handlebars takes a number in `{{ … }}` for the name of a helper. */
function textOfLiteral(target: SwarmExpression): string | undefined {
  const value = literalValue(target);
  if (value === undefined) return undefined;
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return String(value);
}

/** What `for` goes through, and the names of an entry in the order of Handlebars: the value, then the key. */
function loopOf(list: SwarmExpression, names: readonly string[]): { readonly list: SwarmExpression; readonly names: readonly string[] } {
  const [first = 'item', second] = names;
  if (names.length > 2) return rejectConversion('a for with three names');
  if (second === undefined) return { list: typeOf(list) === 'mapping' ? call('keys', [list], 'list') : list, names: [first] };
  const isItems = list.kind === 'call' && list.name === 'dict2items';
  const [mapping] = isItems ? list.args : [];
  return mapping === undefined
    ? rejectConversion('a for with two names over other than .items()')
    : { list: mapping, names: [second, first] };
}

/** A macro knows its values, and what `set` assigned, but nothing of the loops around the call. */
function enterMacro(scope: Scope, values: readonly (readonly [name: string, value: JinjaNode])[]): Scope {
  const { translation, place } = scope;
  const outer = [...translation.locals].filter(([name]) => name !== 'loop' && !place.locals.has(name));
  const own = values.map(([name, value]) => [name, translate(value, translation)] as const);
  return { translation: { ...translation, locals: new Map([...outer, ...own]) }, place, inMacro: true };
}

function enterLoop({ translation, place, inMacro }: Scope, names: readonly string[], list: SwarmExpression): Scope {
  const taken = inMacro ? names.find((name) => place.locals.has(name)) : undefined;
  if (taken !== undefined) rejectConversion(`a macro whose loop and the loop around it both have the name ${taken}`);
  const locals = new Map(translation.locals);
  for (const name of names) locals.set(name, { kind: 'name', name, type: 'any' });
  locals.set('loop', list);
  return {
    translation: { ...translation, locals },
    place: { locals: new Set([...place.locals, ...names]), inEach: true },
    ...(inMacro ? { inMacro } : {}),
  };
}

/** The names of an entry that is a mapping with `key` and `value`. */
function nameFields(scope: Scope, entry: string, [key = '', value = '']: readonly string[]): Scope {
  const fieldOf = (name: string): SwarmExpression => ({
    kind: 'field',
    of: { kind: 'name', name: entry, type: 'mapping' },
    name,
    type: 'any',
  });
  const locals = new Map([...scope.translation.locals, [key, fieldOf('key')] as const, [value, fieldOf('value')] as const]);
  return { ...scope, translation: { ...scope.translation, locals } };
}

const MAX_SIZE = 2000;
const sizes = new WeakMap<SwarmExpression, number>();

/** How many parts an expression has when it is printed. */
function sizeOf(target: SwarmExpression): number {
  const known = sizes.get(target);
  if (known !== undefined) return known;
  const children = Object.values(target).flatMap((each): readonly SwarmExpression[] => {
    const nested = Array.isArray(each) ? each.flat() : [each];
    return nested.filter((one): one is SwarmExpression => typeof one === 'object' && one !== null && 'kind' in one);
  });
  const size = children.reduce((total, each) => total + sizeOf(each), 1);
  sizes.set(target, size);
  return size;
}

/** `{% set x = … %}`: the value stands where the name is used. */
function withLocal({ translation, ...rest }: Scope, name: string, value: SwarmExpression): Scope {
  if (sizeOf(value) > MAX_SIZE) rejectConversion('{% set %} of a value that grows with each use');
  return { translation: { ...translation, locals: new Map([...translation.locals, [name, value]]) }, ...rest };
}

const bodiesOf = ({ branches, otherwise }: Extract<Part, { kind: 'if' }>): readonly (readonly Part[])[] =>
  [...branches, ...(otherwise === undefined ? [] : [otherwise])].map(({ body }) =>
    body.filter((each) => !(each.kind === 'text' && each.text.trim() === '')),
  );

const isOneSet = (body: readonly Part[]): boolean => body.length === 1 && body[0]?.kind === 'set';

/** An `if` that only sets one name, in each branch: a choice between the values. */
function toChoice(part: Extract<Part, { kind: 'if' }>, scope: Scope): Scope {
  const sets = bodiesOf(part).map(([each]) => (each?.kind === 'set' ? each : rejectConversion('{% set %} in an if')));
  const name = sets[0]?.name ?? '';
  if (sets.some((each) => each.name !== name)) rejectConversion('{% set %} of several names in an if');
  const values = sets.map((each) => translate(each.value, scope.translation));
  const otherwise = part.otherwise === undefined ? (scope.translation.locals.get(name) ?? literal(null)) : (values.at(-1) ?? literal(null));
  const chosen = part.branches.reduceRight<SwarmExpression>(
    (no, branch, i) => ({ kind: 'choice', test: toCondition(conditionOf(branch, scope)), yes: values[i] ?? literal(null), no }),
    otherwise,
  );
  return withLocal(scope, name, chosen);
}
