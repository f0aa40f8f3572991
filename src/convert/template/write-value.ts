import { asPython } from '../jinja/jinja-texts.ts';
import type { JinjaNode } from '../jinja/jinja-tree.ts';
import { printHelper, printOperand } from '../jinja/print/print-helper.ts';
import { call, not, pathOf, type SwarmExpression, toCondition, typeOf } from '../jinja/swarm-expression.ts';
import { translate } from '../jinja/translate-jinja.ts';
import { literalValue, type Translation } from '../jinja/translation.ts';
import { NotConvertible } from '../not-convertible.ts';
import type { ValueEnding } from './end-last-line.ts';
import type { HandlebarsWriter } from './handlebars-writer.ts';
import type { Scope } from './template-scope.ts';

/** Writes a value as Jinja prints it: Python writes `True`, swarm writes `true`. */
export function writeValue(writer: HandlebarsWriter, expression: SwarmExpression, scope: Scope, shell: boolean): undefined {
  const { place } = scope;
  if (expression.kind === 'operation' && expression.op === '+' && typeOf(expression) === 'text') {
    writeValue(writer, expression.left, scope, shell);
    writeValue(writer, expression.right, scope, shell);
    return;
  }
  const text = textOfLiteral(expression);
  if (text !== undefined) {
    writer.text(text);
    return;
  }
  const [inner] = expression.kind === 'call' && expression.name === 'string' ? expression.args : [];
  if (inner !== undefined) return writeValue(writer, inner, scope, shell);
  const shown = toShown(expression, scope);
  if (shown.kind === 'choice' && !(isPlain(shown.yes) && isPlain(shown.no))) {
    writer.value(`{{#if ${printOperand(toTemplateCondition(shown.test), place)}}}`);
    writeValue(writer, shown.yes, scope, shell);
    writer.value('{{else}}');
    writeValue(writer, shown.no, scope, shell);
    writer.value('{{/if}}');
    return;
  }
  const isMarked = shown.kind === 'call' && shown.name === 'quote';
  writer.value(shell && !isMarked ? `{{ raw ${printOperand(shown, place)} }}` : `{{ ${printHelper(shown, place)} }}`);
}

/** What a template can print. */
function toShown(expression: SwarmExpression, scope: Scope): SwarmExpression {
  const [ended] = expression.kind === 'call' && expression.name === 'end_line' ? expression.args : [];
  if (ended !== undefined) return call('end_line', [toShown(ended, scope)], 'text');
  const isWrittenByParts = expression.kind === 'choice' && typeOf(expression) !== 'bool';
  if (isWrittenByParts || (scope.knowsType && typeOf(expression) === 'any')) return expression;
  const shown = asPython(expression) ?? expression;
  return shown.kind === 'choice' && typeOf(expression) === 'bool' ? call('ternary', [shown.test, shown.yes, shown.no], 'text') : shown;
}

const isPlain = (expression: SwarmExpression): boolean => expression.kind === 'literal';

/** A literal as Jinja prints it: Handlebars takes a number in `{{ … }}` for the name of a helper. */
function textOfLiteral(expression: SwarmExpression): string | undefined {
  const value = literalValue(expression);
  if (value === undefined) return undefined;
  if (value === null) return ''; // as Ansible prints it
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return String(value);
}

/** What a value ends with, as far as the project shows it. */
export function valueEnding(node: JinjaNode, translation: Translation): ValueEnding {
  try {
    const expression = translate(node, { ...translation, changes: new Set() });
    const text = textOfLiteral(expression);
    if (text !== undefined) return text.endsWith('\n') ? 'unknown' : text === '' ? 'empty' : 'line';
    if (typeOf(expression) === 'number' || typeOf(expression) === 'bool') return 'line';
    const path = pathOf(expression) ?? '';
    return /^(?:facts\.|inventory_hostname$)/.test(path) ? 'line' : translation.lines.has(path) ? 'empty' : 'unknown';
  } catch (thrown) {
    if (thrown instanceof NotConvertible) return 'line'; // it is left as it is
    throw thrown;
  }
}

/** A block of Handlebars takes any value but a mapping as Jinja does. */
export function toTemplateCondition(expression: SwarmExpression): SwarmExpression {
  if (expression.kind === 'operation' && (expression.op === '&&' || expression.op === '||'))
    return { ...expression, left: toTemplateCondition(expression.left), right: toTemplateCondition(expression.right) };
  if (expression.kind === 'not') return not(toTemplateCondition(expression.of));
  return typeOf(expression) === 'mapping' || typeOf(expression) === 'text' ? toCondition(expression) : expression;
}
