import { isMap, isScalar, isSeq, type Node, type Pair, Scalar, type YAMLMap, type YAMLSeq } from 'yaml';
import type { ConversionReport } from '../conversion-report.ts';
import { NoHandler, NotConvertible, rejectConversion } from '../not-convertible.ts';
import { convertVars } from '../project/convert-vars.ts';
import { addPair, asMap, findPair, findRepeatedKeys, keyOf, lineOf, originalText, removePair, renameKey, textOf } from '../yaml-nodes.ts';
import { moveKeywordsToSteps } from './block-keywords.ts';
import { convertKeyword } from './convert-keywords.ts';
import { convertLoop } from './convert-loop.ts';
import { convertModule } from './convert-module.ts';
import { checkDelegatedFacts } from './delegated-facts.ts';
import { inlineHandlers } from './inline-handlers.ts';
import { leaveTask, leftTask } from './leave-task.ts';
import { moduleBaseName, PACKAGE_MODULES } from './module-rules.ts';
import { convertFoundFile, convertInclude, renameActions } from './old-forms.ts';
import { addNotes, keepComments, moveComment } from './task-comments.ts';
import { type TaskContext, withNotes } from './task-context.ts';
import { TASK_KEYWORDS } from './task-keywords-table.ts';
import { convertValues } from './values/convert-values.ts';

/** Converts every task of a list in its place. What cannot be converted stays as a task that `swarm check` refuses. */
export function convertTasks(list: YAMLSeq, context: TaskContext): undefined {
  for (const [i, item] of list.items.entries()) moveComment(item, list.items[i + 1], context.source);
  list.items = list.items.flatMap((item) =>
    isMap(item) ? convertSteps(item, context) : [leaveTask(item as Node, 'a task that is not a mapping', context)],
  );
}

/** A step, or the handlers of the file that it includes. */
function convertSteps(step: YAMLMap, context: TaskContext): readonly Node[] {
  const inlined = context.isHandlers ? inlineHandlers(step, context) : undefined;
  if (inlined === undefined) return [convertStep(step, context)];
  context.report.tasks.converted++;
  const handlers = inlined.tasks.flatMap((task) => convertSteps(task, inlined.context));
  reportInlined(inlined.context.report, context.report);
  return handlers;
}

/** What the file of the handlers does not report itself: a task that only a handler cannot be. */
function reportInlined({ left }: ConversionReport, report: ConversionReport): void {
  const own = left.filter(({ amongHandlers }) => amongHandlers);
  report.left.push(...own);
  report.tasks.left += own.length;
}

function convertStep(step: YAMLMap, context: TaskContext): Node {
  const isBlock = findPair(step, 'block') !== undefined;
  if (isBlock && context.isHandlers) return leaveTask(step, new NoHandler('a block'), context);
  if (isBlock) return convertBlock(step, context);
  const own = withNotes(context);
  const task = step.clone() as YAMLMap;
  try {
    convertTask(task, own);
  } catch (thrown) {
    if (!(thrown instanceof NotConvertible)) throw thrown;
    return leaveTask(step, thrown, context);
  }
  keepComments(step, task);
  addNotes(task, step, own);
  const { tasks } = context.report;
  if (own.translation.changes.size > 0) tasks.changed++;
  else tasks.converted++;
  return task;
}

/** A block and the tasks in it. A keyword of it that cannot be converted is the first task of the block. */
function convertBlock(block: YAMLMap, context: TaskContext): Node {
  const own = withNotes(context);
  const left: Node[] = [];
  moveKeywordsToSteps(block);
  dropInterpreter(block);
  for (const pair of [...block.items]) {
    const key = keyOf(pair);
    if (['block', 'rescue', 'always'].includes(key)) {
      if (isSeq(pair.value)) convertTasks(pair.value, context);
      continue;
    }
    const original = pair.clone() as Pair;
    try {
      if (key.startsWith('with_') || key === 'loop') setLoop(block, pair, own);
      else if (key === 'vars' && isMap(pair.value)) convertVars(pair.value, own);
      else convertKeyword(block, pair, own);
    } catch (thrown) {
      if (!(thrown instanceof NotConvertible)) throw thrown;
      removePair(block, pair);
      const text = `${key}: ${originalText((original.value ?? original.key) as Node, context.source)}`;
      left.push(leftTask(undefined, { text, reason: thrown.message, line: lineOf(pair.key, context.lines) }, context));
    }
  }
  const inner = findPair(block, 'block')?.value;
  if (isSeq(inner)) inner.items.unshift(...left);
  addNotes(block, block, own);
  return block;
}

const NOT_ON_INCLUDES = new Set([
  'notify',
  'until',
  'retries',
  'delay',
  'failed_when',
  'changed_when',
  'timeout',
  'async',
  'poll',
  'listen',
]);

function convertTask(task: YAMLMap, context: TaskContext): undefined {
  renameActions(task);
  const found = task.items.filter((pair) => !TASK_KEYWORDS.has(keyOf(pair)) && !keyOf(pair).startsWith('with_'));
  const [modulePair, more] = found;
  if (modulePair === undefined) return rejectConversion('a task without a module');
  if (more !== undefined) return rejectConversion(`unknown keyword ${keyOf(more)}`);
  if (task.items.some((pair) => keyOf(pair) === '<<')) return rejectConversion('a task with a merge key <<');
  convertInclude(task, modulePair);
  convertFoundFile(task, modulePair);
  const registered = textOf(findPair(task, 'register')?.value);
  dropInterpreter(task);
  const args = findPair(task, 'args');
  const extra = args === undefined ? undefined : (asMap(args.value) ?? rejectConversion('args: that are not a mapping'));
  if (args !== undefined) removePair(task, args);
  const name = moduleBaseName(keyOf(modulePair));
  if (context.isHandlers && ['include_tasks', 'import_tasks', 'include_role', 'import_role', 'meta'].includes(name))
    throw new NoHandler(name);
  const { translation } = context;
  const packages =
    registered !== undefined && PACKAGE_MODULES.has(name) ? new Set([...translation.packages, registered]) : translation.packages;
  checkDelegatedFacts(task, name, translation.changes);
  const own: TaskContext = { ...context, translation: { ...translation, packages } };
  for (const pair of [...task.items]) {
    const key = keyOf(pair);
    if (pair === modulePair) continue;
    if (key.startsWith('with_') || key === 'loop') setLoop(task, pair, context);
    else if (key === 'name') convertName(task, pair, context);
    else convertKeyword(task, pair, own, registered);
  }
  const refused =
    name.startsWith('include_') || name.startsWith('import_') ? task.items.map(keyOf).find((key) => NOT_ON_INCLUDES.has(key)) : undefined;
  if (refused !== undefined) rejectConversion(`${refused} of an include`);
  const module = convertModule(keyOf(modulePair), modulePair.value as Node | null, extra, context);
  renameKey(modulePair, module.name);
  modulePair.value = module.args ?? (isScalar(modulePair.value) && modulePair.value.value === null ? modulePair.value : new Scalar(null));
  for (const [key, value] of Object.entries(module.keywords)) if (findPair(task, key) === undefined) addPair(task, key, new Scalar(value));
  const [repeated] = findRepeatedKeys(task);
  if (repeated !== undefined) rejectConversion(`two keys that become ${repeated}`);
}

/** swarm needs no Python on the host. */
function dropInterpreter(step: YAMLMap): undefined {
  const pair = findPair(step, 'vars');
  const vars = asMap(pair?.value);
  const interpreter = vars === undefined ? undefined : findPair(vars, 'ansible_python_interpreter');
  if (pair === undefined || vars === undefined || interpreter === undefined) return;
  removePair(vars, interpreter);
  if (vars.items.length === 0) removePair(step, pair);
}

/** A name is for people: one that cannot be expressed stays without its templates. */
function convertName(task: YAMLMap, pair: Pair, context: TaskContext): undefined {
  if (pair.value === null || (isScalar(pair.value) && pair.value.value === null)) return removePair(task, pair);
  if (isScalar(pair.value) && typeof pair.value.value !== 'string') pair.value = new Scalar(String(pair.value.value));
  convertValues(pair.value, context);
}

/** The folder of a role in which the module of a task finds its files. */
function folderOf(task: YAMLMap): string {
  const names = task.items.map((pair) => moduleBaseName(keyOf(pair)));
  if (names.includes('include_tasks')) return 'tasks';
  return names.includes('template') ? 'templates' : names.includes('copy') ? 'files' : 'vars';
}

function setLoop(owner: YAMLMap, pair: Pair, context: TaskContext): undefined {
  const loop = convertLoop(keyOf(pair), pair.value, context, folderOf(owner));
  if (findPair(owner, 'loop') !== undefined && keyOf(pair) !== 'loop') rejectConversion('two loops in one task');
  renameKey(pair, 'loop');
  if ('list' in loop) return;
  const scalar = new Scalar(loop.expression);
  const isPlain = /^\w[^#\n]*$/.test(loop.expression) && !/:\s/.test(loop.expression);
  scalar.type = isPlain ? Scalar.PLAIN : loop.expression.includes("'") ? Scalar.QUOTE_DOUBLE : Scalar.QUOTE_SINGLE;
  pair.value = scalar;
}
