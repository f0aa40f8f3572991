import PQueue from 'p-queue';
import { SwarmError } from '../../core/error/swarm-error.ts';
import type { Play } from '../../core/playbook/playbook-model.ts';
import { innerSteps, keywordsOf, type Step, type Task } from '../../core/playbook/step-model.ts';
import { connectFirstHost, connectHosts } from '../host/connect-host.ts';
import { type HostRun, isActive } from '../host-run.ts';
import { runQueue } from '../queue/run-queue.ts';
import type { RunContext } from '../run-context.ts';
import { runSteps } from '../steps/run-steps.ts';
import { batchSize } from './batch-size.ts';
import { createPlayRun, type PlayRun } from './play-run.ts';
import { renderLogins } from './render-logins.ts';
import { renderPlay } from './render-play.ts';
import { restoreNotified, runHandlers, runNotified } from './run-handlers.ts';
import { countTasks, selectSteps } from './select-steps.ts';

/** Runs one play on its hosts. Returns why the run must stop, if it must. */
export async function runPlay(context: RunContext, written: Play, hostRuns: readonly HostRun[]): Promise<SwarmError | undefined> {
  context.hostVariables.share();
  let play: Play;
  try {
    play = renderPlay(context, written, hostRuns);
    context.hosts.setLogins(renderLogins(context, play, hostRuns));
  } catch (thrown) {
    if (thrown instanceof SwarmError) return thrown;
    throw thrown;
  }
  const { tags, skipTags } = context.options;
  const steps = selectSteps(play.steps, play.tags, tags, skipTags);
  const hosts = hostRuns.map(({ host }) => host.name);
  context.journal.emit({ type: 'play.started', play: play.name, hosts, tasks: countTasks(steps), queue: play.queue !== undefined });
  for (const hostRun of hostRuns) restoreNotified(context, play, hostRun);
  if (countTasks(steps) === 0 && hostRuns.every(({ notified }) => notified.size === 0)) return undefined;
  if (play.queue !== undefined) {
    const playRun = createPlayRun(context, play, { hosts, batch: hostRuns, runNotified });
    playRun.stopReason = await runQueue(playRun, play.queue, steps, hostRuns);
    await runHandlers(playRun, hostRuns);
    return playRun.stopReason;
  }
  const waiting = [...hostRuns];
  for (let index = 0; waiting.length > 0; index++) {
    if (context.signal.aborted) return undefined;
    const batch = await takeBatch(context, play, waiting, batchSize(play.serial, index, hostRuns.length));
    const playRun = createPlayRun(context, play, { hosts, batch, runNotified });
    await (startsEachHostAlone(play) ? runEachHostAlone : runTogether)(playRun, steps, batch);
    await runHandlers(playRun, batch);
    if (playRun.stopReason !== undefined || playRun.isOver === 'play') return playRun.stopReason;
    const stops = play.maxFailPercentage === undefined; // else that limit decides
    if (stops && waiting.length > 0 && batch.length > 0 && !batch.some(isActive)) return batchFailedError(batch);
  }
  return undefined;
}

/** The next hosts of `serial:`. One that does not answer leaves its turn to the next host, so the first batch is a host that answers. */
async function takeBatch(context: RunContext, play: Play, waiting: HostRun[], size: number): Promise<readonly HostRun[]> {
  const batch = waiting.splice(0, size);
  if (play.serial.length === 0 || play.runOnce || countsUnreachable(play)) return batch;
  for (let added: readonly HostRun[] = batch; added.length > 0; ) {
    await connectHosts(context, play, added, canIgnoreUnreachable(play));
    added = waiting.splice(0, added.filter(isUnreachable).length);
    batch.push(...added);
  }
  return batch.filter((hostRun) => !isUnreachable(hostRun));
}

const isUnreachable = ({ endedBy }: HostRun): boolean => endedBy === 'unreachable';

/** A host that never answered stops no other, unless the play limits how many may be away. */
const countsUnreachable = ({ maxFailPercentage }: Play): boolean => maxFailPercentage !== undefined;

function recordUnconnected(playRun: PlayRun, hostRun: HostRun): void {
  if (!isUnreachable(hostRun) || countsUnreachable(playRun.play)) playRun.recordFailure(hostRun);
}

/** A play that failed on every host that it reached ends the run, where hosts of later plays are left: these may need what it makes. */
export function playFailedError(play: Play, hostRuns: readonly HostRun[], later: readonly HostRun[]): SwarmError | undefined {
  const failed = hostRuns.filter(({ endedBy }) => endedBy === 'failed');
  const goesOn = play.queue !== undefined || play.maxFailPercentage !== undefined; // that limit decides
  if (goesOn || failed.length === 0 || hostRuns.some(isActive) || !later.some(isActive)) return undefined;
  return new SwarmError('SW6013', `stopped: every host of the play failed (${failed.map(({ host }) => host.name).join(', ')})`, {
    hint: 'The later plays did not run. To run them all the same, add max_fail_percentage: 100 to this play.',
  });
}

function batchFailedError(batch: readonly HostRun[]): SwarmError {
  return new SwarmError('SW6013', `stopped: every host of the batch failed (${batch.map(({ host }) => host.name).join(', ')})`, {
    hint: 'The later batches did not run.',
  });
}

/** Connects to all hosts before the first task. With `run_once` the first that answers is enough, and runs the tasks. */
async function runTogether(playRun: PlayRun, steps: readonly Step[], batch: readonly HostRun[]): Promise<void> {
  const [opening, ...others] = steps;
  if (opening?.kind === 'task' && playRun.context.confirmTask === undefined && mayStartEarly(playRun.play, opening)) {
    await Promise.all(batch.map((hostRun) => connectAndRun(playRun, [opening], hostRun)));
    await runAndRecord(playRun, others, batch.filter(isActive));
    return;
  }
  const first = playRun.play.runOnce ? await connectFirstHost(playRun.context, playRun.play, batch) : undefined;
  if (!playRun.play.runOnce) await connectHosts(playRun.context, playRun.play, batch, canIgnoreUnreachable(playRun.play));
  for (const hostRun of batch) if (!isActive(hostRun)) recordUnconnected(playRun, hostRun);
  const hostRuns = [...batch.filter((each) => each === first), ...batch.filter((each) => each !== first && isActive(each))];
  if (playRun.play.strategy !== 'linear') await forEachHost(playRun, hostRuns, (hostRun) => runAndRecord(playRun, steps, [hostRun]));
  else await runAndRecord(playRun, steps, hostRuns);
}

/** In the first task no host waits for the connection of another, unless one host runs it for all, a failure of one can stop all, or
 *  something reads the variables of other hosts: a template file may. */
const mayStartEarly = ({ strategy, anyErrorsFatal, maxFailPercentage, runOnce, usesHostVariables }: Play, task: Task): boolean =>
  strategy === 'linear' &&
  !(runOnce || task.runOnce || anyErrorsFatal || usesHostVariables || task.module === 'template') &&
  maxFailPercentage === undefined;

async function connectAndRun(playRun: PlayRun, steps: readonly Step[], hostRun: HostRun): Promise<void> {
  await connectHosts(playRun.context, playRun.play, [hostRun], canIgnoreUnreachable(playRun.play));
  if (isActive(hostRun)) await runAndRecord(playRun, steps, [hostRun]);
  else recordUnconnected(playRun, hostRun);
}

/** True where a task may go on after its host did not answer: then each task tries to connect. */
const canIgnoreUnreachable = ({ ignoreUnreachable, steps }: Play): boolean => ignoreUnreachable || steps.some(ignoresUnreachable);

const ignoresUnreachable = (step: Step): boolean => keywordsOf(step).ignoreUnreachable || innerSteps(step).some(ignoresUnreachable);

/** With strategy `host_pinned` a host has its fork until its last task. */
async function forEachHost({ context, play }: PlayRun, hostRuns: readonly HostRun[], run: (hostRun: HostRun) => Promise<unknown>) {
  if (play.strategy !== 'host_pinned') return void (await Promise.all(hostRuns.map(run)));
  const pool = new PQueue({ concurrency: context.options.forks });
  await pool.addAll(hostRuns.map((hostRun) => () => run(hostRun)));
}

/** With strategy `free` or `host_pinned` a host waits for no other, unless a failure of one can stop all. */
const startsEachHostAlone = ({ strategy, anyErrorsFatal, maxFailPercentage, runOnce }: Play): boolean =>
  strategy !== 'linear' && !anyErrorsFatal && maxFailPercentage === undefined && !runOnce;

async function runEachHostAlone(playRun: PlayRun, steps: readonly Step[], batch: readonly HostRun[]): Promise<void> {
  await forEachHost(playRun, batch, (hostRun) => connectAndRun(playRun, steps, hostRun));
}

/** Runs steps outside all blocks, where a failure ends the host. Returns the hosts that failed. */
async function runAndRecord(playRun: PlayRun, steps: readonly Step[], hostRuns: readonly HostRun[]): Promise<readonly HostRun[]> {
  const { failed } = await runSteps(playRun, steps, hostRuns, playRun.settings);
  for (const { hostRun, outcome } of failed) hostRun.endedBy ??= outcome;
  return failed.map(({ hostRun }) => hostRun);
}
