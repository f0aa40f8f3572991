import type { RunEventData } from '../../src/core/event.ts';

/** The first event of a build, and the last of one that failed. */
export const started = (pid: number, resumed = false): RunEventData => ({
  type: 'run.started',
  playbook: 'build',
  args: null,
  hosts: [],
  check: false,
  diff: false,
  pid,
  version: '0.1.0',
  ...(resumed ? { resumed } : {}),
});
/** The first event of a build on another machine, `desk`, with a process number that this machine may have too. */
export const startedElsewhere: RunEventData = {
  ...started(process.ppid),
  orchestrator: { name: 'desk', machineId: 'ab'.repeat(32) },
} as RunEventData;
export const finished: RunEventData = { type: 'run.finished', status: 'failed', exit: 2, ms: 1200 };
