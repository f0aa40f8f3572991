import { isMap, type Node, Pair, Scalar, YAMLMap, YAMLSeq } from 'yaml';
import { type LeftPart, reportLeft } from '../conversion-report.ts';
import { NoHandler, type NotConvertible } from '../not-convertible.ts';
import { addPair, asMap, findPair, keyOf, lineOf, originalText, textOf } from '../yaml-nodes.ts';
import { moduleBaseName } from './module-rules.ts';
import type { TaskContext } from './task-context.ts';

/** The task that stands for one that is not converted. */
export function leaveTask(step: Node, why: string | NotConvertible, context: TaskContext): Node {
  const reason = typeof why === 'string' ? why : why.message;
  const part = { text: originalText(step, context.source), line: lineOf(step, context.lines), reason };
  const name = isMap(step) ? textOf(findPair(step, 'name')?.value) : undefined;
  const task = leftTask(name, why instanceof NoHandler ? { ...part, amongHandlers: true } : part, context);
  const register = isMap(step) ? step.items.find((pair) => keyOf(pair) === 'register') : undefined;
  if (register !== undefined) task.items.push(register.clone()); // later tasks name its result
  const names = isMap(step) ? setNames(step, context) : [];
  const body = findPair(task, 'not_converted')?.value;
  if (names.length > 0 && isMap(body)) addPair(body, 'sets', toList(names)); // later tasks name them
  task.commentBefore = step.commentBefore ?? null;
  if (step.spaceBefore) task.spaceBefore = true;
  return task;
}

/** The names that a `set_fact` or an `include_vars` sets. Which files it reads, or which names it computes, is not known: it can be all those in
 *  `vars/` of the role. */
function setNames(step: YAMLMap, { fileVariables }: TaskContext): readonly string[] {
  const argsOf = (module: string) => step.items.find((pair) => moduleBaseName(keyOf(pair)) === module)?.value;
  const files = argsOf('include_vars');
  const name = textOf(findPair(asMap(files) ?? new YAMLMap(), 'name')?.value);
  if (files !== undefined) return name === undefined ? fileVariables() : [name];
  const names = asMap(argsOf('set_fact'))?.items.map(keyOf) ?? [];
  const isName = (each: string): boolean => /^[A-Za-z_]\w*$/.test(each) && each !== 'cacheable';
  return names.some((each) => each.includes('{{')) ? [...names.filter(isName), ...fileVariables()] : names.filter(isName);
}

/** A task with the original text and the reason, which the report has too. */
export function leftTask(name: string | undefined, part: Omit<LeftPart, 'file'>, { report, file }: TaskContext): YAMLMap {
  const { text: original, reason } = part;
  report.tasks.left++;
  reportLeft(report, { file, ...part });
  const text = new Scalar(original.includes('\n') ? `${original}\n` : original);
  if (original.includes('\n')) text.type = Scalar.BLOCK_LITERAL;
  const body = new YAMLMap();
  body.items = [new Pair(new Scalar('reason'), new Scalar(reason)), new Pair(new Scalar('original'), text)];
  const task = new YAMLMap();
  const plainName = name?.replace(/\{[{%]-?\s*(.*?)\s*-?[%}]\}/gs, '$1'); // a template of Jinja would be read as one of swarm
  task.items = [
    ...(plainName === undefined ? [] : [new Pair(new Scalar('name'), new Scalar(plainName))]),
    new Pair(new Scalar('not_converted'), body),
  ];
  return task;
}

function toList(texts: readonly string[]): YAMLSeq {
  const list = new YAMLSeq();
  list.flow = true;
  list.items = texts.map((each) => new Scalar(each));
  return list;
}
