import { SwarmError } from '../../core/error/swarm-error.ts';
import type { MetaStep, Step } from '../../core/playbook/step-model.ts';
import { asList } from './files/raw-step.ts';
import type { PlaybookReader } from './reader/playbook-reader.ts';
import { childContext, type ReadContext } from './reader/read-context.ts';
import { readRoles } from './steps/read-role.ts';
import { readSteps } from './steps/read-steps.ts';

/** The keywords of a play that have steps. */
export const PLAY_PARTS = ['pre_tasks', 'roles', 'tasks', 'post_tasks'] as const;

/** The steps of a play in Ansible's order. Notified handlers run after `pre_tasks`, and before `post_tasks`. */
export function readPlaySteps(
  reader: PlaybookReader,
  context: ReadContext,
  raw: Readonly<Record<string, unknown>>,
  index: number,
): readonly Step[] {
  const part = (key: (typeof PLAY_PARTS)[number], read: typeof readSteps, mark: string): readonly Step[] =>
    read(reader, childContext(context, key), asList(raw[key]), `${index}.${mark}`);
  if (raw['queue'] !== undefined) checkQueueParts(reader, context, raw);
  const roles = part('roles', readRoles, 'role');
  const [before, tasks, after] = [part('pre_tasks', readSteps, 'pre'), part('tasks', readSteps, ''), part('post_tasks', readSteps, 'post')];
  const flush = (mark: string): MetaStep => flushStep(`${index}.${mark}`, context);
  return [
    ...(before.length === 0 ? [] : [...before, flush('flush-pre')]),
    ...roles,
    ...tasks,
    ...(after.length === 0 ? [] : [flush('flush'), ...after]),
  ];
}

/** The tasks of a queue run for each item, so there is nothing before or after all of them. */
function checkQueueParts({ problems }: PlaybookReader, { source, path }: ReadContext, raw: Readonly<Record<string, unknown>>): void {
  for (const key of ['pre_tasks', 'post_tasks'])
    if (raw[key] !== undefined) {
      const at = source.keySpan([...path, key]);
      problems.push(new SwarmError('SW1104', `a play with queue: has no \`${key}\``, { at, hint: 'Write a play of its own for them.' }));
    }
}

function flushStep(id: string, { source, path }: ReadContext): MetaStep {
  return {
    ...{ kind: 'meta', id, action: 'flush_handlers', when: [], vars: {}, tags: ['always'], environment: {}, at: source.valueSpan(path) },
    ...{ runOnce: false, ignoreErrors: false, ignoreUnreachable: false, noLog: false, keepOutput: false },
  };
}
