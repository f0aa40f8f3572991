import { SwarmError } from '../../core/error/swarm-error.ts';
import type { Json } from '../../core/json-value.ts';
import type { Task } from '../../core/playbook/step-model.ts';
import { describeType } from '../../language/describe-type.ts';
import { issuesOfClosestForm } from '../../language/schema/closest-form.ts';
import { describeExpectation, type Issue } from '../../language/schema/issue-text.ts';
import { valueAtPath } from '../../language/schema/value-at-path.ts';

/** The error of an argument that is wrong once its template is filled in. `written` and `rendered` are the arguments before and after. */
export function wrongArgsError(task: Task, first: Issue | undefined, written: Json, rendered: Json): SwarmError {
  const page = `To see the arguments, run: swarm modules ${task.module}`;
  const [issue] = first === undefined ? [] : issuesOfClosestForm(first, rendered);
  if (issue === undefined) return new SwarmError('SW1112', `${task.module}: wrong args`, { at: task.at, hint: page });
  const found = valueAtPath(rendered, issue.path);
  const where = issue.path.length === 0 ? task.module : `${task.module}.${issue.path.join('.')}`;
  const hint = hintOfType(issue, valueAtPath(written, issue.path), found) ?? page;
  return new SwarmError('SW1112', `\`${where}\` ${describeExpectation(issue)}${describeFound(issue, found)}`, {
    at: task.locate(issue.path),
    hint,
  });
}

function describeFound({ code, message }: Issue, found: unknown): string {
  if (code !== 'invalid_type' && code !== 'invalid_value' && code !== 'invalid_union') return '';
  if (!message.startsWith('Invalid ') || found === undefined) return '';
  return code === 'invalid_value' && typeof found === 'string' ? `, not ${JSON.stringify(found)}` : `, not ${describeType(found)}`;
}

/** A number where a text belongs: how its template is written instead. */
function hintOfType(issue: Issue, written: unknown, found: unknown): string | undefined {
  if (issue.code !== 'invalid_type' || issue.expected !== 'string') return undefined;
  if (typeof found !== 'number' && typeof found !== 'boolean') return undefined;
  const inner = typeof written === 'string' ? /^\{\{\s*([\w.@]+|[^{}\s][^{}]*?)\s*\}\}$/.exec(written)?.[1] : undefined;
  if (inner === undefined) return undefined;
  return `Write: {{ string ${/^[\w.@]+$/.test(inner) ? inner : `(${inner})`} }}`;
}
