import { SwarmError, toErrorJson } from '../../core/error.ts';
import { errorKind } from '../../core/error-codes.ts';
import type { Json } from '../../core/host.ts';
import type { Play, Step } from '../../core/playbook-model.ts';
import { runQueue } from '../queue/run-queue.ts';
import type { HostRun, PlayRun, RunContext } from '../run-context.ts';
import { runSteps } from '../task/run-steps.ts';
import { playSettings } from '../task/task-settings.ts';
import { splitIntoBatches } from './batches.ts';
import { countTasks, selectSteps } from './select-steps.ts';

/** One play on its hosts. Returns why the run has to stop, if it has to. */
export async function runPlay(context: RunContext, play: Play, hosts: readonly HostRun[]): Promise<SwarmError | undefined> {
  const { tags, skipTags } = context.options;
  const steps = selectSteps(play.steps, play.tags, tags, skipTags);
  const { journal, signal } = context;
  const names = hosts.map(({ host }) => host.name);
  journal.emit({ type: 'play.started', play: play.name, hosts: names, tasks: countTasks(steps), queue: play.queue !== undefined });
  if (steps.length === 0) return undefined;
  if (play.queue !== undefined) {
    const playRun = startPlayRun(context, play, names, hosts.length);
    await runQueue(playRun, play.queue, steps, hosts, async () => {
      await connectHosts(context, hosts);
      return hosts.filter(isActive);
    });
    await runHandlers(playRun, hosts.filter(isActive));
    return playRun.stopReason;
  }
  const batches = splitIntoBatches(hosts, play.serial);
  for (const [index, batch] of batches.entries()) {
    if (signal.aborted) return undefined;
    await connectHosts(context, batch, play.runOnce);
    const stage = startPlayRun(context, play, names, batch.length);
    for (const hostRun of batch.filter((each) => !isActive(each))) stage.recordFailure(hostRun);
    await runBatch(stage, steps, batch.filter(isActive));
    if (stage.stopReason !== undefined) return stage.stopReason;
    if (index < batches.length - 1 && batch.every((member) => !isActive(member))) return batchFailedError(batch);
  }
  return undefined;
}

const isActive = (hostRun: HostRun): boolean => hostRun.endedBy === undefined;

function batchFailedError(batch: readonly HostRun[]): SwarmError {
  return new SwarmError('SW6013', `stopped: every host of the batch failed (${batch.map(({ host }) => host.name).join(', ')})`, {
    hint: 'The later batches did not run.',
  });
}

function startPlayRun(context: RunContext, play: Play, hosts: readonly string[], size: number): PlayRun {
  const failed = new Set<HostRun>();
  const playRun: PlayRun = {
    context,
    play,
    hosts,
    notified: new Map(),
    runOnceResults: new Map(),
    stopReason: undefined,
    recordFailure(hostRun) {
      failed.add(hostRun);
      const percent = (failed.size / size) * 100;
      const limit = play.maxFailPercentage;
      if (play.queue !== undefined || (!play.anyErrorsFatal && (limit === undefined || percent <= limit))) return;
      const why = play.anyErrorsFatal ? 'any_errors_fatal' : `more than ${limit} % of the hosts failed (${failed.size} of ${size})`;
      playRun.stopReason ??= new SwarmError('SW6013', `stopped: ${why}`, {
        at: play.at,
        hint: `The first failure was on ${[...failed][0]?.host.name}.`,
      });
    },
  };
  return playRun;
}

async function runBatch(playRun: PlayRun, steps: readonly Step[], hostRuns: readonly HostRun[]): Promise<void> {
  const { play } = playRun;
  const settings = playSettings(play);
  const run = async (some: readonly HostRun[]): Promise<void> => {
    const { failed } = await runSteps(playRun, steps, some, settings);
    for (const { hostRun, outcome } of failed) hostRun.endedBy ??= outcome;
  };
  if (play.strategy === 'free') await Promise.all(hostRuns.map((member) => run([member])));
  else await run(hostRuns);
  await runHandlers(playRun, hostRuns.filter(isActive));
}

/** In the order of definition, each once for the hosts that called for it; one may call for others. */
async function runHandlers(playRun: PlayRun, hostRuns: readonly HostRun[]): Promise<void> {
  const done = new Set<string>();
  for (let more = true; more; ) {
    more = false;
    for (const handler of playRun.play.handlers) {
      if (playRun.stopReason !== undefined || playRun.context.signal.aborted) return;
      const names = [handler.name, ...handler.listen];
      const wanted = hostRuns.filter(
        (hostRun) =>
          isActive(hostRun) &&
          !done.has(`${handler.id} ${hostRun.host.name}`) &&
          names.some((name) => name !== undefined && playRun.notified.get(hostRun.host.name)?.has(name)),
      );
      if (wanted.length === 0) continue;
      more = true;
      for (const { host } of wanted) done.add(`${handler.id} ${host.name}`);
      const { failed } = await runSteps(playRun, [handler], wanted, playSettings(playRun.play));
      for (const { hostRun: member, outcome } of failed) member.endedBy ??= outcome;
    }
  }
}

/** To all at once, as many as there are forks; a play that runs once needs only the first that answers. */
async function connectHosts(context: RunContext, hostRuns: readonly HostRun[], onlyOne = false): Promise<void> {
  const open = hostRuns.filter(isActive);
  if (!onlyOne) {
    await Promise.all(open.map((hostRun) => connectHost(context, hostRun)));
    return;
  }
  for (const member of open) if (await connectHost(context, member)) return;
}

async function connectHost(context: RunContext, hostRun: HostRun): Promise<boolean> {
  const { journal, signal } = context;
  const { host } = hostRun;
  try {
    const connection = await context.link(host.name)?.connect(signal);
    if (connection !== undefined) hostRun.facts = { ...connection.facts } as unknown as Json;
    return true;
  } catch (thrown) {
    if (signal.aborted) return false;
    const error = toErrorJson(thrown);
    hostRun.endedBy = errorKind(error.code).outcome === 'refused' ? 'refused' : 'unreachable';
    journal.emit({ type: hostRun.endedBy === 'refused' ? 'host.refused' : 'host.unreachable', host: host.name, error });
    return false;
  }
}
