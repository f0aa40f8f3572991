import { Scalar, type YAMLMap } from 'yaml';
import { printCel } from '../../jinja/print/print-cel.ts';
import { translateExpression } from '../../jinja/translate-jinja.ts';
import { rejectConversion } from '../../not-convertible.ts';
import { hasJinja } from '../../template/convert-text.ts';
import { findPair, renameKey, textOf } from '../../yaml-nodes.ts';
import type { ConvertedModule } from '../converted-module.ts';
import type { TaskContext } from '../task-context.ts';
import { checkArgs, readTypes } from '../values/ansible-args.ts';
import { convertValues } from '../values/convert-values.ts';

/** `var: x` prints the value of an expression. */
export function convertDebug(args: YAMLMap, { translation }: TaskContext): ConvertedModule | undefined {
  const pair = findPair(args, 'var');
  if (pair === undefined) return undefined;
  const text = textOf(pair.value) ?? rejectConversion('debug of other than a name');
  if (hasJinja(text)) return void renameKey(pair, 'msg');
  pair.value = new Scalar(printCel(translateExpression(text, translation)));
  return { name: 'debug', args, keywords: {} };
}

/** Ansible asks once, whatever hosts the play has. */
export function convertQuestion(args: YAMLMap, context: TaskContext): ConvertedModule | undefined {
  if (findPair(args, 'prompt') === undefined) return undefined;
  for (const pair of args.items) convertValues(pair.value, context);
  const module = context.modules.get('pause');
  if (module !== undefined) {
    readTypes(module, args);
    checkArgs('pause', module, args);
  }
  return { name: 'pause', args, keywords: { run_once: true } };
}
