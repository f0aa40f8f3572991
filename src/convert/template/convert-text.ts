import { printHelper } from '../jinja/print/print-helper.ts';
import { call, type SwarmExpression, typeOf } from '../jinja/swarm-expression.ts';
import { translateExpression } from '../jinja/translate-jinja.ts';
import { literalValue, type Translation } from '../jinja/translation.ts';
import { rejectConversion } from '../not-convertible.ts';
import { convertTemplate } from './convert-template.ts';
import { ANSIBLE_WHITESPACE, splitTemplate } from './template-segments.ts';

/** Whether Ansible would render a text. */
export const hasJinja = (text: string): boolean => /\{\{|\{%|\{#/.test(text);

/** The expression of a text that is one `{{ … }}`; undefined for any other text. */
export function soleExpression(text: string): string | undefined {
  if (!text.trim().startsWith('{{')) return undefined;
  const segments = splitTemplate(text.trim(), ANSIBLE_WHITESPACE);
  const [only, more] = segments;
  return only?.kind === 'value' && more === undefined ? only.text : undefined;
}

/** A text of a playbook with the templates of swarm. The value of a literal is the value itself. Throws NotConvertible. */
export function convertText(text: string, translation: Translation, shell = false): string | number | boolean | null {
  if (!hasJinja(text)) return text;
  const expression = soleExpression(text);
  if (expression !== undefined && !shell) {
    const translated = translateExpression(expression, translation);
    if (!isTextWithSpace(text, translated)) {
      const value = literalValue(translated);
      if (value !== undefined) return value;
      // the line break at the end of a text stays; a number, a list and a mapping are handed on without one
      if (text.endsWith('\n')) return `{{ ${printHelper(call('end_line', [translated], typeOf(translated)))} }}`;
      if (!isConcatenation(translated)) return `{{ ${printHelper(translated)} }}`;
    }
  }
  const { text: converted, left } = convertTemplate(text, translation, shell);
  const [first] = left;
  return first === undefined ? converted : rejectConversion(first.reason);
}

/** White space beside the braces is a part of the text, apart from the line break of a block scalar. A list and a mapping stay values: Ansible
 *  reads its text as one again. */
function isTextWithSpace(text: string, translated: SwarmExpression): boolean {
  const type = typeOf(translated);
  if (type === 'list' || type === 'mapping' || type === 'bool') return false;
  return text.endsWith('\n') && type === 'number' && translated.kind !== 'name' ? true : text.replace(/\n$/, '') !== text.trim();
}

const isConcatenation = (translated: SwarmExpression): boolean =>
  translated.kind === 'operation' && translated.op === '+' && typeOf(translated) === 'text';
