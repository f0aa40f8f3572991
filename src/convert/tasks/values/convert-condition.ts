import { isScalar, isSeq, type Pair, Scalar, type YAMLMap, YAMLSeq } from 'yaml';
import { printCel, splitConditions } from '../../jinja/print/print-cel.ts';
import { partsOf, pathOf, type SwarmExpression } from '../../jinja/swarm-expression.ts';
import { translateCondition } from '../../jinja/translate-jinja.ts';
import type { Translation } from '../../jinja/translation.ts';
import { rejectConversion } from '../../not-convertible.ts';
import { hasJinja, soleExpression } from '../../template/convert-text.ts';
import { removePair, setScalar } from '../../yaml-nodes.ts';

const LONG_CONDITION = 100;

/** A condition that holds on every host, such as one on Linux, is left out. One that somebody wrote as `true` stays. */
export function convertWhen(owner: YAMLMap, pair: Pair, translation: Translation): undefined {
  const written = new Set(itemsOf(pair.value).filter((each) => isScalar(each) && typeof each.value !== 'string'));
  convertCondition(pair, translation);
  const kept = itemsOf(pair.value).filter((each) => written.has(each) || !isScalar(each) || each.value !== true);
  if (kept.length === 0 && pair.value !== null) removePair(owner, pair);
  else if (isSeq(pair.value)) pair.value.items = kept;
}

/** The entries of a list, or the one value. */
export const itemsOf = (node: unknown): readonly unknown[] => (isSeq(node) ? node.items : [node]);

/** A condition, or a list of them. A long one with `and` becomes a list, which is read more easily. */
export function convertCondition(pair: Pair, translation: Translation): undefined {
  const convertOne = (node: unknown): readonly Scalar[] => {
    if (!isScalar(node)) return rejectConversion('a condition that is not text');
    if (typeof node.value !== 'string') return [node];
    const text = node.value.trim();
    if (text === '') return rejectConversion('an empty condition');
    if (hasJinja(text) && soleExpression(text) === undefined) return rejectConversion('a condition with braces inside');
    const translated = translateCondition(soleExpression(text) ?? text, translation);
    if (readsMessage(translated, translation)) translation.changes.add(MESSAGE_NOTE);
    const whole = printCel(translated);
    if (whole === 'true' || whole === 'false') return [withValue(node, whole === 'true')];
    const parts = whole.length > LONG_CONDITION ? splitConditions(translated).map(printCel) : [whole];
    return parts.map((part, i) => withValue(i === 0 ? node : new Scalar(''), part));
  };
  if (isSeq(pair.value)) pair.value.items = pair.value.items.flatMap(convertOne);
  else {
    const parts = convertOne(pair.value);
    const [only, more] = parts;
    if (more === undefined) pair.value = only;
    else pair.value = toSequence(parts);
  }
}

const MESSAGE_NOTE = 'the condition reads the message of a module: swarm has other words';

/** Whether an expression reads `msg` of what a task registered. */
function readsMessage(expression: SwarmExpression, translation: Translation): boolean {
  if (expression.kind === 'call' && expression.name === 'defined') return false;
  if (expression.kind === 'field' && expression.name === 'msg') {
    const [owner = ''] = (pathOf(expression) ?? '').split('.');
    return translation.registered.has(owner) || owner === 'failed_result';
  }
  return partsOf(expression).some((part) => readsMessage(part, translation));
}

/** A scalar with this value, plain where YAML allows it. */
export function withValue(node: Scalar, value: string | boolean): Scalar {
  setScalar(node, value);
  // texts with quotes of their own are in the other quotes
  node.type =
    typeof value === 'boolean' || /^[\w!(]/.test(value) ? Scalar.PLAIN : value.includes('"') ? Scalar.QUOTE_SINGLE : Scalar.QUOTE_DOUBLE;
  if (value === '' || (typeof value === 'string' && value.startsWith('!')))
    node.type = value.toString().includes("'") ? Scalar.QUOTE_DOUBLE : Scalar.QUOTE_SINGLE;
  return node;
}

function toSequence(items: readonly Scalar[]): YAMLSeq {
  const list = new YAMLSeq();
  list.items = [...items];
  return list;
}
