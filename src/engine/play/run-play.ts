import { errorJson, SwarmError } from '../../core/error.ts';
import type { Json } from '../../core/host.ts';
import type { Play, Step } from '../../core/playbook-model.ts';
import { runQueue } from '../queue/run-queue.ts';
import type { Context, Member, Stage } from '../run-context.ts';
import { outcomeOf } from '../task/outcome.ts';
import { runSteps } from '../task/run-steps.ts';
import { frameOfPlay } from '../task/task-settings.ts';
import { batchesOf } from './batches.ts';
import { countTasks, selectSteps } from './select-steps.ts';

/** One play on its hosts. Returns why the run has to stop, if it has to. */
export async function runPlay(context: Context, play: Play, hosts: readonly Member[]): Promise<SwarmError | undefined> {
  const { tags, skipTags } = context.options;
  const steps = selectSteps(play.steps, play.tags, tags, skipTags);
  const { journal, signal } = context;
  const names = hosts.map(({ host }) => host.name);
  journal.emit({ type: 'play.started', play: play.name, hosts: names, tasks: countTasks(steps), queue: play.queue !== undefined });
  if (steps.length === 0) return undefined;
  if (play.queue !== undefined) {
    const stage = stageOf(context, play, names, hosts.length);
    await runQueue(stage, play.queue, steps, hosts, async () => {
      await connectAll(context, hosts);
      return hosts.filter(isIn);
    });
    await runHandlers(stage, hosts.filter(isIn));
    return stage.stop;
  }
  const batches = batchesOf(hosts, play.serial);
  for (const [index, batch] of batches.entries()) {
    if (signal.aborted) return undefined;
    await connectAll(context, batch, play.runOnce);
    const stage = stageOf(context, play, names, batch.length);
    for (const member of batch.filter((each) => !isIn(each))) stage.failed(member);
    await runBatch(stage, steps, batch.filter(isIn));
    if (stage.stop !== undefined) return stage.stop;
    if (index < batches.length - 1 && batch.every((member) => !isIn(member))) return noneLeft(batch);
  }
  return undefined;
}

const isIn = (member: Member): boolean => member.out === undefined;

function noneLeft(batch: readonly Member[]): SwarmError {
  return new SwarmError('SW6013', `stopped: every host of the batch failed (${batch.map(({ host }) => host.name).join(', ')})`, {
    hint: 'the batches after it were not touched',
  });
}

function stageOf(context: Context, play: Play, hosts: readonly string[], size: number): Stage {
  const failed = new Set<Member>();
  const stage: Stage = {
    context,
    play,
    hosts,
    notified: new Map(),
    once: new Map(),
    stop: undefined,
    failed(member) {
      failed.add(member);
      const percent = (failed.size / size) * 100;
      const limit = play.maxFailPercentage;
      if (play.queue !== undefined || (!play.anyErrorsFatal && (limit === undefined || percent <= limit))) return;
      const why = play.anyErrorsFatal ? 'any_errors_fatal' : `more than ${limit} % of the hosts failed (${failed.size} of ${size})`;
      stage.stop ??= new SwarmError('SW6013', `stopped: ${why}`, { at: play.at, hint: `first on ${[...failed][0]?.host.name}` });
    },
  };
  return stage;
}

async function runBatch(stage: Stage, steps: readonly Step[], members: readonly Member[]): Promise<void> {
  const { play } = stage;
  const frame = frameOfPlay(play);
  const run = async (some: readonly Member[]): Promise<void> => {
    const { failed } = await runSteps(stage, steps, some, frame);
    for (const { member, outcome } of failed) member.out ??= outcome;
  };
  if (play.strategy === 'free') await Promise.all(members.map((member) => run([member])));
  else await run(members);
  await runHandlers(stage, members.filter(isIn));
}

/** In the order of definition, each once for the hosts that called for it; one may call for others. */
async function runHandlers(stage: Stage, members: readonly Member[]): Promise<void> {
  const done = new Set<string>();
  for (let more = true; more; ) {
    more = false;
    for (const handler of stage.play.handlers) {
      if (stage.stop !== undefined || stage.context.signal.aborted) return;
      const names = [handler.name, ...handler.listen];
      const wanted = members.filter(
        (member) =>
          isIn(member) &&
          !done.has(`${handler.id} ${member.host.name}`) &&
          names.some((name) => name !== undefined && stage.notified.get(member.host.name)?.has(name)),
      );
      if (wanted.length === 0) continue;
      more = true;
      for (const { host } of wanted) done.add(`${handler.id} ${host.name}`);
      const { failed } = await runSteps(stage, [handler], wanted, frameOfPlay(stage.play));
      for (const { member, outcome } of failed) member.out ??= outcome;
    }
  }
}

/** To all at once, as many as there are forks; a play that runs once needs only the first that answers. */
async function connectAll(context: Context, members: readonly Member[], onlyOne = false): Promise<void> {
  const open = members.filter(isIn);
  if (!onlyOne) {
    await Promise.all(open.map((member) => join(context, member)));
    return;
  }
  for (const member of open) if (await join(context, member)) return;
}

async function join(context: Context, member: Member): Promise<boolean> {
  const { journal, signal } = context;
  const { host } = member;
  try {
    const connection = await context.link(host.name)?.get(signal);
    if (connection !== undefined) member.facts = { ...connection.facts } as unknown as Json;
    return true;
  } catch (thrown) {
    if (signal.aborted) return false;
    const error = errorJson(thrown);
    member.out = outcomeOf(error, host.name) === 'refused' ? 'refused' : 'unreachable';
    journal.emit({ type: member.out === 'refused' ? 'host.refused' : 'host.unreachable', host: host.name, error });
    return false;
  }
}
