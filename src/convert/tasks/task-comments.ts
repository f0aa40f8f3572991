import { isMap, isScalar, type YAMLMap } from 'yaml';
import { lineOf } from '../yaml-nodes.ts';
import type { TaskContext } from './task-context.ts';

/** The YAML library gives a comment after an empty value (`ping:`) to this value. It belongs to what follows. */
export function moveComment(item: unknown, next: unknown, source: string): undefined {
  const last = isMap(item) ? item.items.at(-1)?.value : undefined;
  if (!isScalar(last) || last.value !== null || !last.comment || !isMap(next)) return;
  const [start = 0, , end = start] = last.range ?? [];
  if (!/^\s*\n/.test(source.slice(start, end))) return; // on the same line
  next.commentBefore = [last.comment, next.commentBefore].filter(Boolean).join('\n');
  if (last.spaceBefore || /\n\s*\n/.test(source.slice(start, end).split('#')[0] ?? '')) next.spaceBefore = true;
  last.comment = null;
  last.spaceBefore = false;
}

/** The notes of what changed, as a comment before the task and in the report. */
export function addNotes(task: YAMLMap, original: YAMLMap, { translation, report, file, lines }: TaskContext): void {
  if (translation.changes.size === 0) return;
  const reasons = [...translation.changes];
  for (const reason of reasons) report.changed.push({ file, line: lineOf(original, lines), reason, inTask: true });
  const notes = reasons.map((reason) => ` converted: ${reason}`).join('\n');
  task.commentBefore = [task.commentBefore, notes].filter(Boolean).join('\n');
}

/** A clone has the same comments; the one before the first key belongs to the task. */
export function keepComments(from: YAMLMap, to: YAMLMap): undefined {
  to.commentBefore = from.commentBefore ?? null;
  to.comment = from.comment ?? null;
  if (from.spaceBefore) to.spaceBefore = true;
}
