import { isMap, isScalar, isSeq, type Node, Scalar, type YAMLMap, YAMLSeq } from 'yaml';
import { createReport } from '../conversion-report.ts';
import { hasJinja } from '../template/convert-text.ts';
import { addPair, findPair, keyOf, textOf } from '../yaml-nodes.ts';
import { moduleBaseName } from './module-rules.ts';
import type { TaskContext } from './task-context.ts';

const INCLUDES = new Set(['import_tasks', 'include_tasks', 'include']);
/** Keywords of an include that its tasks can have. */
const HANDED_ON = new Set(['name', 'listen', 'when', 'tags']);

/** The tasks of a file that is included among handlers, as handlers, and the context of that file; undefined for any other handler, and where the
 *  file is not known. Its tasks are counted where the file itself is converted. */
export function inlineHandlers(
  step: YAMLMap,
  context: TaskContext,
): { readonly tasks: readonly YAMLMap[]; readonly context: TaskContext } | undefined {
  const include = step.items.find((pair) => INCLUDES.has(moduleBaseName(keyOf(pair))));
  if (include === undefined || step.items.some((pair) => pair !== include && !HANDED_ON.has(keyOf(pair)))) return undefined;
  const file = isMap(include.value) ? textOf(findPair(include.value, 'file')?.value) : textOf(include.value);
  const found = file === undefined || hasJinja(file) ? undefined : context.readTasks(file);
  if (found === undefined) return undefined;
  const isDynamic = moduleBaseName(keyOf(include)) === 'include_tasks';
  const tasks = found.list.items.filter(isMap).map((task) => handOn(step, task.clone() as YAMLMap, isDynamic));
  return { tasks, context: { ...context, ...found.place, report: createReport() } };
}

/** A handler of the file with what the include says. `isDynamic`: it is notified by the name of the include too. */
function handOn(step: YAMLMap, task: YAMLMap, isDynamic: boolean): YAMLMap {
  const names = [...(isDynamic ? [findPair(step, 'name')?.value] : []), ...listOf(findPair(step, 'listen')?.value)].filter(
    (each) => each !== undefined,
  );
  for (const [key, values] of [
    ['when', listOf(findPair(step, 'when')?.value)],
    ['tags', listOf(findPair(step, 'tags')?.value)],
    ['listen', names],
  ] as const) {
    if (values.length === 0) continue;
    const own = findPair(task, key);
    const list = new YAMLSeq();
    list.items = [...values, ...listOf(own?.value)].map((each) => (isScalar(each) ? each.clone() : each));
    if (own === undefined) addPair(task, key, list.items.length === 1 ? (list.items[0] as Node) : list);
    else own.value = list;
  }
  if (isDynamic && findPair(task, 'name') === undefined) addPair(task, 'name', new Scalar(`${names.map(textOf).join()} part`));
  return task;
}

const listOf = (node: unknown): readonly unknown[] => (node === undefined || node === null ? [] : isSeq(node) ? node.items : [node]);
