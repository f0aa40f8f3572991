import { type ErrorJson, SwarmError } from '../../core/error.ts';
import type { Blame } from '../../core/event.ts';
import type { Queue, Step } from '../../core/playbook-model.ts';
import type { ItemAttempt, Member, Stage } from '../run-context.ts';
import { type Failure, runSteps } from '../task/run-steps.ts';
import { frameOfPlay } from '../task/task-settings.ts';
import type { Breakers } from './breaker.ts';
import { blameOf, signatureOf } from './failure-cause.ts';
import type { Item } from './plan-items.ts';
import type { Schedule, Worker } from './schedule.ts';

/** The host did not prove that it is the one: nothing more is sent to it. */
const UNPROVED = new Set(['SW1302', 'SW1305', 'SW2003', 'SW2004', 'SW2008', 'SW3001', 'SW3004']);

/** A queue under way. */
export interface Line {
  readonly stage: Stage;
  readonly queue: Queue;
  readonly steps: readonly Step[];
  readonly items: ReadonlyMap<string, Item>;
  readonly schedule: Schedule;
  readonly breakers: Breakers;
  readonly hosts: ReadonlyMap<string, Lane>;
  /** Set when dispatch stops; what runs is finished. */
  stop: SwarmError | undefined;
}

/** A host as the queue sees it. */
export interface Lane {
  readonly member: Member;
  readonly worker: Worker;
  state: 'idle' | 'busy' | 'lost' | 'rejoining' | 'out';
}

/** One item on one host. What was promised (this item, on this host) is on the disk before anything is done. */
export async function runItem(line: Line, item: Item, lane: Lane): Promise<void> {
  const { stage, steps, schedule } = line;
  const { journal, clock, signal } = stage.context;
  const { id, value } = item;
  const host = lane.worker.name;
  const before = journal.state.items[id];
  const begun = before?.status === 'running'; // by an earlier process of this run: its job may be there
  const attempt = begun ? before.attempts : (before?.attempts ?? 0) + 1;
  const begin = clock.now();
  journal.emit({ type: 'item.started', item: id, host, attempt });
  await journal.durable();
  const member: Member = { ...lane.member, registers: new Map(lane.member.registers) };
  const patience: ItemAttempt['patience'] = { begun };
  const { failed } = await runSteps(stage, steps, [member], frameOfPlay(stage.play, { id, value, attempt, patience }));
  if (signal.aborted) return; // it stays `running` in the journal: a resumed run attaches to it
  const ms = Math.round(clock.now() - begin);
  const [failure] = failed;
  if (failure === undefined) {
    journal.emit({ type: 'item.finished', item: id, host, attempt, ms });
    schedule.published(id);
    lane.state = 'idle';
  } else {
    itemFailed(line, lane, failure, { item: id, host, attempt, ms }, begun);
  }
}

type Where = { readonly item: string; readonly host: string; readonly attempt: number; readonly ms: number };

function itemFailed(line: Line, lane: Lane, { outcome, error: told }: Failure, where: Where, begun: boolean): void {
  const { stage, schedule, queue, breakers } = line;
  const { journal, running } = stage.context;
  const { item, host } = where;
  const error: ErrorJson = told ?? { code: 'SW5000', message: 'failed without an error' };
  if (outcome === 'unreachable' && (begun || running.on(host).length > 0)) {
    lane.state = 'out';
    leaveUnknown(line, item, host, error.message);
    return;
  }
  const here = error.code === 'SW5001' || error.code === 'SW5003'; // this machine's fault: every host would meet it
  const verdict = breakers.failed({ item, host, blame: blameOf(error), signature: signatureOf(error, item) });
  const final =
    verdict.everywhere || schedule.failures(item) + 1 >= queue.attempts || (ownFault(verdict.blame) && !othersLeft(line, item, host));
  lane.state = outcome === 'unreachable' ? 'lost' : UNPROVED.has(error.code) ? 'out' : 'idle';
  journal.emit({ type: 'item.failed', ...where, blame: verdict.blame, final, error });
  for (const each of schedule.failed(item, host, final)) journal.emit({ type: 'item.skipped', item: each, because: item });
  if (verdict.aside !== undefined) {
    journal.emit({
      type: 'run.note',
      text: `${host} gets no more items in this run: different items failed on it, last with ${error.code}`,
    });
  }
  if (here) line.stop ??= new SwarmError(error.code, error.message, { hint: error.hint });
  if (verdict.fleet) line.stop ??= fleetBreaker(error, item);
}

const ownFault = (blame: Blame): boolean => blame === 'package' || blame === 'plan';

/** What is the item's own fault is worth another host, never hours on the same one again. */
function othersLeft({ hosts, schedule }: Line, item: string, host: string): boolean {
  return [...hosts.values()].some(({ state, worker: { name } }) => state !== 'out' && name !== host && !schedule.hasFailedOn(item, name));
}

function fleetBreaker(error: ErrorJson, item: string): SwarmError {
  return new SwarmError('SW3008', `most hosts fail alike, last ${item}: ${error.message}`, {
    hint: 'one cause for all of them: look at the tree, the mirrors, DNS and the disks; then swarm runs resume',
    detail: error.detail,
  });
}

/** It began on a host that cannot be seen: never called failed, never started elsewhere by itself. */
export function leaveUnknown({ stage, schedule }: Line, item: string, host: string, why: string): void {
  schedule.unknown(item);
  const error = new SwarmError('SW2005', `${item} was started there and its result is unknown: ${why}`, {
    host,
    hint: 'when the host is back, swarm runs resume attaches to it; nothing is built twice',
  });
  stage.context.journal.emit({ type: 'run.failed', error: error.toJSON() });
}
