import type { StepKeywords, Task } from './step-model.ts';

/** The keywords of a task or a block that was written without any. */
export const PLAIN_KEYWORDS = {
  when: [],
  vars: {},
  tags: [],
  environment: {},
  runOnce: false,
  ignoreErrors: false,
  ignoreUnreachable: false,
  noLog: false,
  keepOutput: false,
} as const satisfies Omit<StepKeywords, 'at'>;

/** A task of one module and nothing else. */
export const PLAIN_TASK = {
  ...PLAIN_KEYWORDS,
  kind: 'task',
  loopVar: 'item',
  notify: [],
  listen: [],
  retries: 0,
  delayMs: 0,
  failedWhen: [],
  until: [],
  changedWhen: [],
  disruptive: false,
} as const satisfies Omit<Task, 'at' | 'id' | 'module' | 'args' | 'locate'>;
