import { isAlias, isMap, isScalar, isSeq } from 'yaml';
import { joinTexts } from '../../jinja/jinja-texts.ts';
import { literal, type SwarmExpression } from '../../jinja/swarm-expression.ts';
import { translateExpression } from '../../jinja/translate-jinja.ts';
import { renameTemplate, type Translation } from '../../jinja/translation.ts';
import { rejectConversion } from '../../not-convertible.ts';
import { convertText, hasJinja, soleExpression } from '../../template/convert-text.ts';
import { ANSIBLE_WHITESPACE, splitTemplate } from '../../template/template-segments.ts';
import { keyOf, setScalar } from '../../yaml-nodes.ts';

/** What values are converted with. */
export interface ValueContext {
  readonly translation: Translation;
}

/** Converts every text in a value, in its place. `shell`: the texts are read by a shell. Throws NotConvertible. */
export function convertValues(node: unknown, context: ValueContext, shell = false): undefined {
  if (isScalar(node)) convertScalar(node, context, shell);
  else if (isSeq(node)) for (const item of node.items) convertValues(item, context, shell);
  else if (isMap(node)) {
    for (const pair of node.items) {
      if (hasJinja(keyOf(pair))) rejectConversion('a key with a template in it');
      convertValues(pair.value, context, shell);
    }
  } else if (node !== null && node !== undefined && !isAlias(node)) rejectConversion('a value that is neither text, list nor mapping');
}

function convertScalar(node: Parameters<typeof setScalar>[0], { translation }: ValueContext, shell: boolean): undefined {
  if (node.tag === '!vault' || node.tag === '!vault-encrypted') return rejectConversion('a value of ansible-vault in a task');
  if (typeof node.value !== 'string') return;
  if (node.tag === '!unsafe') {
    delete node.tag;
    setScalar(node, node.value.replaceAll('{{', '\\{{'));
    return;
  }
  const converted = convertText(node.value, translation, shell);
  const value = typeof converted === 'string' ? renameTemplate(converted, translation.templates) : converted;
  if (value !== node.value) setScalar(node, value);
}

/** A value of YAML as an expression. */
export function translateValue(node: unknown, translation: Translation): SwarmExpression {
  if (isSeq(node)) return { kind: 'list', items: node.items.map((item) => translateValue(item, translation)) };
  if (isMap(node))
    return { kind: 'mapping', entries: node.items.map((pair) => [literal(keyOf(pair)), translateValue(pair.value, translation)] as const) };
  if (!isScalar(node)) return rejectConversion('an anchor in a loop');
  const { value } = node;
  if (typeof value === 'string') return translateText(value, translation);
  return typeof value === 'number' || typeof value === 'boolean' || value === null ? literal(value) : rejectConversion('a value in a loop');
}

/** A text with templates as an expression. */
export function translateText(text: string, translation: Translation): SwarmExpression {
  const renamed = renameTemplate(text, translation.templates);
  if (!hasJinja(text)) return literal(renamed);
  const expression = soleExpression(text);
  if (expression !== undefined) return translateExpression(expression, translation);
  const parts = splitTemplate(renamed, ANSIBLE_WHITESPACE).map((segment) => {
    if (segment.kind === 'text') return literal(segment.text);
    return segment.kind === 'value' ? translateExpression(segment.text, translation) : rejectConversion('{% %} in an expression');
  });
  return joinTexts(parts);
}
