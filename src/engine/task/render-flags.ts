import { SwarmError } from '../../core/error/swarm-error.ts';
import type { Json, Vars } from '../../core/json-value.ts';
import type { Flag } from '../../core/playbook/step-model.ts';
import type { Span } from '../../core/span.ts';
import { renderTemplates } from '../../language/template/template.ts';
import type { TaskSettings } from './task-settings.ts';

/** The settings with the values of the keywords that are templates. Throws SW6014 for anything but true and false: a text such as
 *  `no` is never true by accident. */
export function renderFlags(settings: TaskSettings, variables: Vars): TaskSettings {
  let rendered = settings;
  for (const flag of settings.flags) rendered = { ...rendered, ...settingOf(flag, renderFlag(flag, variables), rendered) };
  return rendered;
}

/** The value of one of these keywords. Throws SW6014. */
export const renderFlag = ({ keyword, template, at }: Flag, variables: Vars): boolean =>
  requireBoolean(renderTemplates(template, variables, { at }), keyword, at);

/** True or false. Throws SW6014 for anything else, with how to write it. */
export function requireBoolean(value: Json, keyword: string, at: Span): boolean {
  if (typeof value === 'boolean') return value;
  const hint =
    typeof value === 'string'
      ? 'Write {{ bool x }} for a text such as yes or no, or {{ ne x "" }} for any text.'
      : 'Write a comparison: {{ gt x 0 }}';
  throw new SwarmError('SW6014', `${keyword}: must be true or false, not ${JSON.stringify(value)}`, { at, hint });
}

function settingOf({ keyword }: Flag, value: boolean, before: TaskSettings): Partial<TaskSettings> {
  switch (keyword) {
    case 'become':
      return value ? {} : { become: false };
    case 'run_once':
      return { runOnce: before.runOnce || value };
    case 'ignore_errors':
      return { ignoreErrors: before.ignoreErrors || value };
    case 'ignore_unreachable':
      return { ignoreUnreachable: before.ignoreUnreachable || value };
    case 'check_mode':
      return { check: value };
    case 'diff':
      return { diff: value };
    case 'no_log':
      return { noLog: before.noLog || value };
    case 'keep_output':
      return { keepOutput: before.keepOutput || value };
    case 'disruptive':
      return { disruptive: value };
  }
}
