import type { JinjaNode } from '../jinja/jinja-tree.ts';
import { printHelper, printOperand, type TemplateScope } from '../jinja/print-helper.ts';
import { call, literal, not, pathOf, type SwarmExpression, toCondition, typeOf } from '../jinja/target-tree.ts';
import { translate } from '../jinja/translate-jinja.ts';
import { literalValue, type Translation } from '../jinja/translation.ts';
import { NotConvertible } from '../not-convertible.ts';
import type { ValueEnding } from './end-last-line.ts';
import type { HandlebarsWriter } from './handlebars-writer.ts';

/** Writes a value as Jinja prints it: Python writes `True`, swarm writes `true`. */
export function writeValue(writer: HandlebarsWriter, target: SwarmExpression, place: TemplateScope, shell: boolean): undefined {
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
  if (value === null) return ''; // as Ansible prints it
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return String(value);
}

/** What a value ends with, as far as the project shows it. */
export function valueEnding(node: JinjaNode, translation: Translation): ValueEnding {
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

/** A block of Handlebars takes any value but a mapping as Jinja does. */
export function toTemplateCondition(target: SwarmExpression): SwarmExpression {
  if (target.kind === 'operation' && (target.op === '&&' || target.op === '||'))
    return { ...target, left: toTemplateCondition(target.left), right: toTemplateCondition(target.right) };
  if (target.kind === 'not') return not(toTemplateCondition(target.of));
  return typeOf(target) === 'mapping' || typeOf(target) === 'text' ? toCondition(target) : target;
}
