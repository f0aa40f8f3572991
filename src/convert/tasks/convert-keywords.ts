import { isMap, isScalar, isSeq, type Pair, Scalar, type YAMLMap } from 'yaml';
import { printHelper, TOP_PLACE } from '../jinja/print/print-helper.ts';
import { call, type SwarmExpression, typeOf } from '../jinja/swarm-expression.ts';
import { translateExpression } from '../jinja/translate-jinja.ts';
import type { Translation } from '../jinja/translation.ts';
import { rejectConversion } from '../not-convertible.ts';
import { hasJinja, soleExpression } from '../template/convert-text.ts';
import { findPair, keyOf, removePair, renameKey, textOf } from '../yaml-nodes.ts';
import { MODULE_RULES, moduleBaseName } from './module-rules.ts';
import type { TaskContext } from './task-context.ts';
import { DROPPED_KEYWORDS } from './task-keywords-table.ts';
import { convertCondition, convertWhen, itemsOf, withValue } from './values/convert-condition.ts';
import { convertValues } from './values/convert-values.ts';

/** One keyword of a task, a block or a play, in its place. `result`: the name that stands for the result of the task itself. */
export function convertKeyword(owner: YAMLMap, pair: Pair, context: TaskContext, registered?: string): undefined {
  const key = keyOf(pair);
  const { translation } = context;
  if (Object.hasOwn(DROPPED_KEYWORDS, key)) {
    if (DROPPED_KEYWORDS[key]) translation.changes.add(DROPPED_KEYWORDS[key] ?? '');
    return removePair(owner, pair);
  }
  switch (key) {
    case 'when':
      return convertWhen(owner, pair, translation);
    case 'until':
    case 'failed_when':
    case 'changed_when':
      return convertCondition(pair, withResult(translation, registered));
    case 'ignore_errors':
    case 'become':
    case 'run_once':
    case 'ignore_unreachable':
    case 'check_mode':
    case 'diff':
    case 'no_log':
      return convertFlag(pair, key, context);
    case 'retries':
    case 'delay':
    case 'timeout':
    case 'async':
    case 'poll':
      return convertNumber(pair, key, context);
    case 'sudo':
      renameKey(pair, 'become');
      return convertFlag(pair, key, context);
    case 'sudo_user':
      renameKey(pair, 'become_user');
      return convertValues(pair.value, context);
    case 'become_method':
      if (!['sudo', 'doas', 'su'].includes(textOf(pair.value) ?? '')) rejectConversion(`become_method: ${textOf(pair.value) ?? ''}`);
      return;
    case 'remote_user':
      translation.changes.add('`remote_user` holds also for hosts with ansible_user in the inventory');
      return convertValues(pair.value, context);
    case 'become_exe':
    case 'become_flags':
      return rejectConversion(`${key}: swarm has no flags for become`);
    case 'connection':
      return convertConnection(owner, pair);
    case 'delegate_to':
      if (isScalar(pair.value) && pair.value.value === '127.0.0.1') pair.value.value = 'localhost';
      return convertValues(pair.value, context);
    case 'environment':
      return convertEnvironment(pair, context);
    case 'module_defaults':
      return convertDefaults(pair, context);
    case 'tags':
      return convertTags(owner, pair, translation);
    case 'loop_control':
      return convertLoopControl(pair, context);
    case 'register':
      return /^[A-Za-z_]\w*$/.test(textOf(pair.value) ?? '') ? undefined : rejectConversion('a computed name in register');
    default:
      return convertValues(pair.value, context);
  }
}

/** In until, failed_when and changed_when the result of the task is `result`. */
function withResult(translation: Translation, registered: string | undefined): Translation {
  if (registered === undefined) return translation;
  const result: SwarmExpression = { kind: 'name', name: 'result', type: 'mapping' };
  return {
    ...translation,
    locals: new Map([...translation.locals, [registered, result]]),
    registered: new Set([...translation.registered, 'result']),
  };
}

/** True or false, or a template of that: it gets `bool` where it may be a text such as yes. */
export function convertFlag(pair: Pair, key: string, context: TaskContext): undefined {
  const value = isScalar(pair.value) ? pair.value.value : undefined;
  if (typeof value === 'boolean') return;
  const expression = typeof value === 'string' && hasJinja(value) ? soleExpression(value) : undefined;
  if (expression !== undefined) {
    const translated = translateExpression(expression, context.translation);
    if (translated.kind === 'literal' && typeof translated.value === 'boolean') {
      pair.value = new Scalar(translated.value);
      return;
    }
    const shown = typeOf(translated) === 'bool' ? translated : call('bool', [translated], 'bool');
    pair.value = withValue(new Scalar(''), `{{ ${printHelper(shown, TOP_PLACE)} }}`);
  } else if (typeof value === 'string' && /^(?:true|yes|false|no)$/i.test(value)) pair.value = new Scalar(/^(?:true|yes)$/i.test(value));
  else rejectConversion(`${key} that is not true or false`);
}

function convertNumber(pair: Pair, key: string, context: TaskContext): undefined {
  const value = isScalar(pair.value) ? pair.value.value : undefined;
  if (typeof value === 'number') return;
  if (typeof value === 'string' && /^\d+$/.test(value)) pair.value = new Scalar(Number(value));
  else if (typeof value === 'string' && hasJinja(value)) convertValues(pair.value, context);
  else rejectConversion(`${key} that is not a number`);
}

/** A mapping, a template of one, or a list of both where that is one of them. */
function convertEnvironment(pair: Pair, context: TaskContext): undefined {
  if (isSeq(pair.value) && pair.value.items.length === 1) pair.value = pair.value.items[0];
  const isTemplate = soleExpression(textOf(pair.value) ?? '') !== undefined;
  if (!isMap(pair.value) && !isTemplate) return rejectConversion('an environment that is not a mapping');
  convertValues(pair.value, context);
  for (const each of isMap(pair.value) ? pair.value.items : []) {
    const value = isScalar(each.value) ? each.value.value : undefined;
    if (typeof value === 'boolean') each.value = new Scalar(value ? 'True' : 'False'); // as Python prints it
  }
}

function convertConnection(owner: YAMLMap, pair: Pair): undefined {
  if (textOf(pair.value) !== 'local') rejectConversion(`connection: ${textOf(pair.value) ?? ''}`);
  const delegated = findPair(owner, 'delegate_to');
  if (delegated !== undefined && !['localhost', '127.0.0.1'].includes(textOf(delegated.value) ?? ''))
    rejectConversion('connection: local beside delegate_to');
  if (delegated !== undefined) return removePair(owner, pair);
  renameKey(pair, 'delegate_to');
  pair.value = new Scalar('localhost');
}

function convertDefaults(pair: Pair, context: TaskContext): undefined {
  if (!isMap(pair.value)) return rejectConversion('module_defaults that are not a mapping');
  for (const each of pair.value.items) {
    const name = moduleBaseName(keyOf(each));
    if (name.startsWith('group/')) rejectConversion('module_defaults of a group');
    renameKey(each, MODULE_RULES[name]?.to ?? name);
  }
  convertValues(pair.value, context);
}

/** Tags are words: swarm chooses by them before it knows any value. */
function convertTags(owner: YAMLMap, pair: Pair, { changes }: Translation): undefined {
  const isComputed = (node: unknown): boolean => hasJinja(textOf(node) ?? '');
  const kept = itemsOf(pair.value).filter((each) => !isComputed(each));
  if (kept.length === itemsOf(pair.value).length) return;
  changes.add('a computed tag is gone: -t and --skip-tags do not know it');
  if (kept.length === 0) removePair(owner, pair);
  else if (isSeq(pair.value)) pair.value.items = kept;
}

const LOOP_CONTROLS = new Set(['loop_var', 'index_var', 'label', 'pause']);

function convertLoopControl(pair: Pair, context: TaskContext): undefined {
  if (!isMap(pair.value)) return rejectConversion('loop_control that is not a mapping');
  for (const each of [...pair.value.items]) {
    if (keyOf(each) === 'extended') rejectConversion('loop_control with extended');
    if (!LOOP_CONTROLS.has(keyOf(each))) removePair(pair.value, each);
  }
  convertValues(pair.value, context);
}
