import PQueue from 'p-queue';
import { SwarmError } from '../../core/error/swarm-error.ts';
import type { Step, Task } from '../../core/playbook/step-model.ts';
import type { HostRun } from '../host-run.ts';
import type { PlayRun } from '../play/play-run.ts';
import type { RunContext } from '../run-context.ts';
import { renderFlag } from '../task/render-flags.ts';
import { runTask } from '../task/run-task.ts';
import type { TaskResult } from '../task/task-result.ts';
import { inheritSettings, type TaskSettings } from '../task/task-settings.ts';
import { renderNumber } from '../variables/render-number.ts';
import { setVariables } from '../variables/set-variables.ts';
import { collectVariables } from '../variables/variables.ts';
import { runBlock } from './run-block.ts';
import { runInclude } from './run-include.ts';
import { runMeta } from './run-meta.ts';
import type { HostFailure, StepsResult, TaskOnHosts } from './steps-result.ts';

/** Runs steps in order, each on all hosts before the next. A host on which a step failed runs no further steps. */
export async function runSteps(
  playRun: PlayRun,
  steps: readonly Step[],
  hostRuns: readonly HostRun[],
  settings: TaskSettings,
): Promise<StepsResult> {
  const { signal } = playRun.context;
  let alive = hostRuns;
  let failed: readonly HostFailure[] = [];
  for (const step of steps) {
    if (alive.length === 0 || signal.aborted || (playRun.stopReason !== undefined && !settings.always) || playRun.isOver !== undefined)
      break;
    if (waitsForOthers(playRun, hostRuns)) playRun.context.hostVariables.share();
    const passed = await runStep(playRun, step, alive, settings);
    alive = passed.alive;
    failed = [...failed, ...passed.failed].filter(({ hostRun }) => !alive.includes(hostRun)); // `clear_host_errors` brings some back
  }
  return { alive, failed };
}

/** Whether no host is in a step while these begin one. */
const waitsForOthers = ({ play }: PlayRun, hostRuns: readonly HostRun[]): boolean =>
  play.strategy === 'linear' && hostRuns.every(({ item }) => item === undefined);

function runStep(playRun: PlayRun, step: Step, hostRuns: readonly HostRun[], settings: TaskSettings): Promise<StepsResult> {
  switch (step.kind) {
    case 'task':
      return runOnAll(playRun, step, hostRuns, settings);
    case 'block':
      return runBlock(playRun, step, hostRuns, settings, runSteps);
    case 'meta':
      return runMeta(playRun, step, hostRuns, settings);
    case 'include':
      return runInclude(playRun, step, hostRuns, settings, { runOnAll, runSteps });
  }
}

/** Runs one task on all hosts, as many at a time as forks and `throttle` allow. */
export async function runOnAll(playRun: PlayRun, task: Task, hostRuns: readonly HostRun[], outer: TaskSettings): Promise<TaskOnHosts> {
  await playRun.context.journal.outputGate(); // tasks that are quicker than the disk would fill the memory with their events
  const settings = (await isWanted(playRun.context, task, hostRuns)) ? outer : { ...outer, declined: true };
  const inQueue = hostRuns.some(({ item }) => item !== undefined);
  const results =
    !inQueue && isRunOnce(playRun, task, hostRuns, settings)
      ? await runOnce(playRun, task, hostRuns, settings)
      : await Promise.all(hostRuns.map((hostRun) => runInPool(playRun, hostRun, task, settings)));
  const failed = hostRuns.flatMap((hostRun, index) => failureOf(hostRun, results[index]) ?? []);
  for (const { hostRun, outcome } of failed) {
    if (outcome !== 'failed') hostRun.endedBy = outcome; // no rescue can help an unreachable or refused host
    if (outcome !== 'failed' || !settings.rescued) playRun.recordFailure(hostRun);
  }
  const values = hostRuns.flatMap((hostRun, index) => {
    const result = results[index];
    return result === undefined ? [] : [[hostRun, result.values] as const];
  });
  const alive = hostRuns.filter((hostRun) => !failed.some((each) => each.hostRun === hostRun));
  return { alive, failed, results: new Map(values) };
}

/** Whether the person lets the task run, where there is one to ask. */
async function isWanted({ confirmTask }: RunContext, task: Task, hostRuns: readonly HostRun[]): Promise<boolean> {
  if (confirmTask === undefined) return true;
  return confirmTask(
    task.name ?? task.module,
    hostRuns.map(({ host }) => host.name),
  );
}

/** `run_once` of the task or around it. A template of it is asked on the first host; where it is wrong, each host reports it. */
function isRunOnce(playRun: PlayRun, task: Task, [first]: readonly HostRun[], outer: TaskSettings): boolean {
  const settings = inheritSettings(outer, task);
  const flags = settings.flags.filter(({ keyword }) => keyword === 'run_once');
  if (settings.runOnce || first === undefined || flags.length === 0) return settings.runOnce;
  try {
    const variables = collectVariables(playRun.context, first, settings, task.at);
    return flags.some((flag) => renderFlag(flag, variables));
  } catch (thrown) {
    if (thrown instanceof SwarmError) return false;
    throw thrown;
  }
}

function failureOf(hostRun: HostRun, result: TaskResult | undefined): HostFailure | undefined {
  if (result === undefined || result.ignored === true) return undefined;
  const { outcome, error } = result;
  return outcome === 'failed' || outcome === 'unreachable' || outcome === 'refused' ? { hostRun, outcome, error, result } : undefined;
}

/** Waits for one of the forks. An item of a queue does not: it has its host to itself. */
function runInPool(playRun: PlayRun, hostRun: HostRun, task: Task, settings: TaskSettings): Promise<TaskResult | undefined> {
  const { context } = playRun;
  const queue = throttleQueue(playRun, hostRun, task, settings);
  if (queue !== undefined) return queue.add(() => runWithFork(context, hostRun, task, settings));
  return runWithFork(context, hostRun, task, settings);
}

/** Limits on how many hosts the task runs at a time; undefined without `throttle`. */
function throttleQueue(playRun: PlayRun, hostRun: HostRun, task: Task, settings: TaskSettings): PQueue | undefined {
  const limit = task.throttle ?? settings.throttle;
  if (limit === undefined) return undefined;
  const known = playRun.throttles.get(task.id);
  if (known !== undefined) return known;
  let concurrency: number;
  try {
    concurrency = renderNumber(limit, () => collectVariables(playRun.context, hostRun, settings, task.at), task.at, 'throttle');
  } catch (thrown) {
    if (thrown instanceof SwarmError) return undefined; // each host reports it
    throw thrown;
  }
  const queue = new PQueue({ concurrency: Math.max(1, concurrency) });
  playRun.throttles.set(task.id, queue);
  return queue;
}

function runWithFork(context: RunContext, hostRun: HostRun, task: Task, settings: TaskSettings): Promise<TaskResult | undefined> {
  if (hostRun.item !== undefined) return runTask(context, hostRun, task, settings);
  return context.pools.tasks.add(async () => (context.signal.aborted ? undefined : runTask(context, hostRun, task, settings)));
}

/** Runs the task on the first host that is not blocked. All others take its result, also a failure. */
async function runOnce(
  playRun: PlayRun,
  task: Task,
  hostRuns: readonly HostRun[],
  settings: TaskSettings,
): Promise<readonly (TaskResult | undefined)[]> {
  const { absent } = playRun.context.hosts;
  const first = hostRuns.find(({ host }) => absent.findBlocked(host.name) === undefined) ?? hostRuns[0];
  if (first === undefined) return [];
  const key = `${task.id} ${settings.flushes}`; // a handler runs again after the next flush
  const running = playRun.runOnceResults.get(key) ?? runInPool(playRun, first, task, settings);
  playRun.runOnceResults.set(key, running);
  const result = await running;
  if (task.register !== undefined && result !== undefined)
    for (const hostRun of hostRuns) setVariables(hostRun, { [task.register]: result.values });
  for (const hostRun of hostRuns) setVariables(hostRun, result?.sets, task.module);
  const [last] = first.notDone.slice(-1);
  for (const { notDone } of hostRuns) if (last !== undefined && !notDone.includes(last)) notDone.push(last);
  return hostRuns.map(() => result);
}
