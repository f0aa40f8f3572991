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

/** A value of each type. */
const SAMPLES: Readonly<Partial<Record<ValueType, Json>>> = { text: 'a', number: 1, bool: true, list: ['a'], mapping: { a: 'b' } };

/** Ansible makes of a value what the argument takes: a text, or of a text true, false or a number. Here this is written, where the project shows
 *  the type of the value. False for any other argument. */
export function convertArgType(pair: Pair, args: YAMLMap, module: AnyModule, context: TaskContext): boolean {
  const text = textOf(pair.value);
  const expression = text === undefined ? undefined : soleExpression(text);
  if (expression === undefined || !isScalar(pair.value)) return false;
  const translated = translateExpression(expression, context.translation);
  const type = typeOf(translated);
  if (text !== text?.trim() && type !== 'list' && type !== 'mapping') return false; // the white space is a part of the text
  const sample = literalValue(translated) === undefined ? SAMPLES[type] : undefined;
  const expected = sample === undefined ? undefined : expectedType(module, args, keyOf(pair), sample);
  const converted = expected === undefined ? undefined : toExpected(expected, translated, keyOf(pair), context);
  if (converted === undefined) return false;
  setScalar(pair.value, `{{ ${printHelper(converted)} }}`);
  return true;
}

/** The type that the module asks for, where it refuses the value for its type. */
function expectedType(module: AnyModule, args: YAMLMap, key: string, sample: Json): string | undefined {
  const plain = { ...(JSON.parse(JSON.stringify(args)) as Record<string, Json>), [key]: sample };
  const issues: readonly { readonly code: string; readonly expected?: string; readonly path: readonly unknown[] }[] =
    module.args.safeParse(plain).error?.issues ?? [];
  return issues.find(({ code, path }) => code === 'invalid_type' && path.length === 1 && path[0] === key)?.expected;
}

function toExpected(expected: string, value: SwarmExpression, key: string, context: TaskContext): SwarmExpression | undefined {
  if (expected === 'string') return toText(value, key, context);
  if (typeOf(value) !== 'text') return undefined;
  if (expected === 'boolean') return call('bool', [value], 'bool');
  return expected === 'number' || expected === 'int' ? call('int', [value], 'number') : undefined;
}

function toText(value: SwarmExpression, key: string, { translation }: TaskContext): SwarmExpression {
  const type = typeOf(value);
  if (type === 'number') return call('string', [value], 'text');
  if (type === 'bool') return call('ternary', [value, literal('True'), literal('False')], 'text');
  translation.changes.add(`\`${key}\` is now JSON without spaces`);
  return call('json', [value], 'text');
}
