import { parseJinjaLoop } from '../jinja/parse-jinja.ts';
import { printOperand, TOP_PLACE } from '../jinja/print-helper.ts';
import { call, literal, type SwarmExpression, typeOf } from '../jinja/swarm-expression.ts';
import { translate } from '../jinja/translate-jinja.ts';
import type { Translation } from '../jinja/translation.ts';
import { NotConvertible, rejectConversion } from '../not-convertible.ts';
import { endLastLine } from './end-last-line.ts';
import { expandMacros } from './expand-macros.ts';
import { createHandlebarsWriter } from './handlebars-writer.ts';
import { bodiesOf, conditionOf, isOneSet, toChoice } from './set-choice.ts';
import { sortedPairs } from './sorted-pairs.ts';
import { enterLoop, enterMacro, loopOf, nameFields, type Scope, withLocal } from './template-scope.ts';
import { ANSIBLE_WHITESPACE, splitTemplate, type WhitespaceRules } from './template-segments.ts';
import { type Part, parseTemplateParts, type Tag } from './template-tree.ts';
import { toTemplateCondition, valueEnding, writeValue } from './write-value.ts';

/** A template of Handlebars, and what of the source is not converted. */
export interface ConvertedTemplate {
  readonly text: string;
  readonly left: readonly { readonly text: string; readonly reason: string }[];
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
  const { parts, endings } = endLastLine(
    expandMacros(parseTemplateParts(splitTemplate(source, rules), translation.keepsBackslashes)),
    source,
    {
      valueEnding: (part) => valueEnding(part.of, translation),
      mayWrap: !shell,
    },
  );

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
    const all = pairs === undefined ? entered : nameFields(entered, each.names[0] ?? '', names);
    const inner = condition === undefined ? all : withLocal(all, 'loop', literal(null)); // null: `loop.index` of Jinja counts only the entries for which the condition is true
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

const quoteText = (text: string): string => {
  const line = text.replace(/\s+/g, ' ').replaceAll('"', "'");
  return `"${line.replace(/\{(?=[{%#])/g, '{ ').replaceAll('}}', '} }')}"`;
};
