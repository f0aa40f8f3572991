import type { ErrorJson } from '../../core/error.ts';
import type { Step, Task, TaskBlock } from '../../core/playbook-model.ts';
import type { HostRun, PlayRun, TaskResult } from '../run-context.ts';
import { runTask } from './run-task.ts';
import { inheritSettings, type TaskSettings } from './task-settings.ts';

/** A host on which a task failed, and how. */
export interface HostFailure {
  readonly hostRun: HostRun;
  readonly outcome: 'failed' | 'unreachable' | 'refused';
  readonly error: ErrorJson | undefined;
}

/** Who goes on after some steps, and who does not. */
export interface StepsResult {
  readonly alive: readonly HostRun[];
  readonly failed: readonly HostFailure[];
}

/** Steps in order, each on all hosts before the next; a host that failed takes no further part. */
export async function runSteps(
  playRun: PlayRun,
  steps: readonly Step[],
  hostRuns: readonly HostRun[],
  settings: TaskSettings,
): Promise<StepsResult> {
  let alive = hostRuns;
  const failed: HostFailure[] = [];
  for (const step of steps) {
    if (alive.length === 0 || playRun.stopReason !== undefined || playRun.context.signal.aborted) break;
    const passed = await (step.kind === 'task' ? runOnAll(playRun, step, alive, settings) : runBlock(playRun, step, alive, settings));
    alive = passed.alive;
    failed.push(...passed.failed);
  }
  return { alive, failed };
}

async function runOnAll(playRun: PlayRun, task: Task, hostRuns: readonly HostRun[], settings: TaskSettings): Promise<StepsResult> {
  const once = task.runOnce || settings.runOnce ? inheritSettings(settings, task).runOnce : false;
  const ends = once
    ? await runOnce(playRun, task, hostRuns, settings)
    : await Promise.all(hostRuns.map((hostRun) => runInPool(playRun, hostRun, task, settings)));
  const failed: HostFailure[] = [];
  for (const [index, { outcome, error, ignored }] of ends.entries()) {
    const member = hostRuns[index];
    if (member === undefined || ignored || (outcome !== 'failed' && outcome !== 'unreachable' && outcome !== 'refused')) continue;
    failed.push({ hostRun: member, outcome, error });
    if (outcome !== 'failed') member.endedBy = outcome; // nothing rescues a host that is not there, or not itself
    if (outcome !== 'failed' || !settings.rescued) playRun.recordFailure(member);
  }
  return { alive: hostRuns.filter((member) => !failed.some((each) => each.hostRun === member)), failed };
}

/** An item of a queue has its host already; everything else waits for one of the forks. */
function runInPool(playRun: PlayRun, hostRun: HostRun, task: Task, settings: TaskSettings): Promise<TaskResult> {
  if (settings.item !== undefined) return runTask(playRun, hostRun, task, settings);
  return playRun.context.taskPool.add(async () => {
    if (playRun.context.signal.aborted) return { outcome: 'interrupted', result: null, ignored: false };
    return runTask(playRun, hostRun, task, settings);
  });
}

/** On the first host; all others take its result, and its failure. */
async function runOnce(playRun: PlayRun, task: Task, hostRuns: readonly HostRun[], settings: TaskSettings): Promise<readonly TaskResult[]> {
  const [first] = hostRuns;
  if (first === undefined) return [];
  const known = playRun.runOnceResults.get(task.id);
  const running = known ?? runInPool(playRun, first, task, settings);
  playRun.runOnceResults.set(task.id, running);
  const end = await running;
  for (const hostRun of hostRuns)
    if (task.register !== undefined && end.outcome !== 'interrupted') hostRun.registered.set(task.register, end.result);
  return hostRuns.map(() => end);
}

async function runBlock(playRun: PlayRun, step: TaskBlock, hostRuns: readonly HostRun[], outer: TaskSettings): Promise<StepsResult> {
  const settings = inheritSettings(outer, step);
  let { alive, failed } = await runSteps(playRun, step.block, hostRuns, { ...settings, rescued: outer.rescued || step.rescue.length > 0 });
  const rescuable = failed.filter(({ outcome }) => outcome === 'failed');
  if (step.rescue.length > 0 && rescuable.length > 0) {
    for (const { hostRun, error } of rescuable) {
      hostRun.registered.set('failed_result', { msg: error?.message ?? '', code: error?.code ?? '' });
    }
    const rescued = await runSteps(
      playRun,
      step.rescue,
      rescuable.map(({ hostRun: member }) => member),
      settings,
    );
    alive = inOrder(hostRuns, [...alive, ...rescued.alive]);
    failed = [...failed.filter(({ outcome }) => outcome !== 'failed'), ...rescued.failed];
  }
  if (step.always.length === 0) return { alive, failed };
  const usableCount = failed.filter(({ outcome }) => outcome === 'failed').map(({ hostRun: member }) => member);
  const last = await runSteps(
    { ...playRun, stopReason: undefined, recordFailure: (member) => playRun.recordFailure(member) },
    step.always,
    inOrder(hostRuns, [...alive, ...usableCount]),
    settings,
  );
  const fell = new Set(last.failed.map(({ hostRun: member }) => member));
  return {
    alive: alive.filter((member) => !fell.has(member)),
    failed: [...failed.filter(({ hostRun: member }) => !fell.has(member)), ...last.failed],
  };
}

const inOrder = (all: readonly HostRun[], some: readonly HostRun[]): readonly HostRun[] => all.filter((hostRun) => some.includes(hostRun));
