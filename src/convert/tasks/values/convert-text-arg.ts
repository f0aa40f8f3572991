import { isScalar, type Pair, type YAMLMap } from 'yaml';
import type { Json } from '../../../core/json-value.ts';
import type { AnyModule } from '../../../core/module.ts';
import { printHelper } from '../../jinja/print/print-helper.ts';
import { call, literal, type SwarmExpression, typeOf, type ValueType } from '../../jinja/swarm-expression.ts';
import { translateExpression } from '../../jinja/translate-jinja.ts';
import { literalValue } from '../../jinja/translation.ts';
import { soleExpression } from '../../template/convert-text.ts';
import { keyOf, setScalar, textOf } from '../../yaml-nodes.ts';
import type { TaskContext } from '../task-context.ts';

/** A value of each type that a text is not. */
const SAMPLES: Readonly<Partial<Record<ValueType, Json>>> = { number: 1, bool: true, list: ['a'], mapping: { a: 'b' } };

/** Ansible makes a text of what an argument gets that takes texts; here it is made of a value whose type the project shows. False for any other
 *  argument. */
export function convertTextArg(pair: Pair, args: YAMLMap, module: AnyModule, context: TaskContext): boolean {
  const text = textOf(pair.value);
  const expression = text === undefined ? undefined : soleExpression(text);
  if (expression === undefined || !isScalar(pair.value)) return false;
  const translated = translateExpression(expression, context.translation);
  const type = typeOf(translated);
  if (text !== text?.trim() && type !== 'list' && type !== 'mapping') return false; // the white space is a part of the text
  const sample = literalValue(translated) === undefined ? SAMPLES[type] : undefined;
  if (sample === undefined || !takesText(module, args, keyOf(pair), sample)) return false;
  setScalar(pair.value, `{{ ${printHelper(toText(translated, keyOf(pair), context))} }}`);
  return true;
}

/** Whether the module refuses the value because it is not text. */
function takesText(module: AnyModule, args: YAMLMap, key: string, sample: Json): boolean {
  const plain = { ...(JSON.parse(JSON.stringify(args)) as Record<string, Json>), [key]: sample };
  const issues: readonly { readonly code: string; readonly expected?: string; readonly path: readonly unknown[] }[] =
    module.args.safeParse(plain).error?.issues ?? [];
  return issues.some(
    ({ code, expected, path }) => code === 'invalid_type' && expected === 'string' && path.length === 1 && path[0] === key,
  );
}

function toText(value: SwarmExpression, key: string, { translation }: TaskContext): SwarmExpression {
  const type = typeOf(value);
  if (type === 'number') return call('string', [value], 'text');
  if (type === 'bool') return call('ternary', [value, literal('True'), literal('False')], 'text');
  translation.changes.add(`\`${key}\` is now JSON without spaces`);
  return call('json', [value], 'text');
}
