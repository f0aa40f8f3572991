import { type ErrorJson, SwarmError } from '../../core/error.ts';
import type { Outcome } from '../../core/event.ts';
import type { Json } from '../../core/host.ts';
import type { Task } from '../../core/playbook-model.ts';
import { evaluate, holds } from '../../language/expression/expression.ts';
import { render } from '../../language/template/template.ts';
import type { Member, Stage, TaskEnd } from '../run-context.ts';
import { type Call, onTask, perform } from './module-call.ts';
import { ending, type Turn, withResult } from './task-result.ts';
import { type Frame, within } from './task-settings.ts';
import { clip } from './truncate.ts';
import { scopeOf } from './variables.ts';

/** A task on one host: when, loop, module, retries, its verdict; told as events and registered. Throws only when the run is over. */
export async function runTask(stage: Stage, member: Member, task: Task, outer: Frame): Promise<TaskEnd> {
  const { context } = stage;
  const frame = within(outer, task);
  const call: Call = { stage, member, task, frame, scope: scopeOf(stage, member, frame, task.at), turn: [], promised: { some: false } };
  const name = nameOf(call);
  const begin = context.clock.now();
  let begun = false;
  const start = (loop?: number): void => {
    begun = true;
    const index = loop === undefined ? {} : { loop };
    context.journal.emit({ type: 'task.started', ...onTask(call), name, module: task.module, ...index });
  };
  let turn: Turn | undefined;
  if (task.loop === undefined) {
    start();
    turn = await oneTurn(call);
  } else {
    turn = await allTurns(call, start);
    if (!begun) start();
  }
  if (turn === undefined || context.signal.aborted) return { outcome: 'interrupted', result: null, ignored: false };
  const { outcome, result, error } = turn;
  if (task.register !== undefined) member.registers.set(task.register, result);
  if (outcome === 'changed') notify(stage, member, task);
  const ignored = outcome === 'failed' && (frame.ignoreErrors || frame.rescued);
  if (call.promised.some) await context.journal.durable();
  context.journal.emit({
    type: 'task.finished',
    ...onTask(call),
    name,
    outcome,
    ms: Math.round(context.clock.now() - begin),
    ...(ignored ? { ignored } : {}),
    ...(frame.noLog ? {} : { result: clip(result) }),
    ...(error === undefined ? {} : { error: frame.noLog ? hidden(error) : error }),
  });
  return { outcome, result, ...(error === undefined ? {} : { error }), ignored: outcome === 'failed' && frame.ignoreErrors };
}

function nameOf(call: Call): string {
  const { task } = call;
  try {
    return task.name === undefined ? task.module : String(render(task.name, call.scope, { at: task.at }));
  } catch {
    return task.name ?? task.module; // a name is no reason to fail
  }
}

const hidden = ({ code }: ErrorJson): ErrorJson => ({ code, message: 'hidden by no_log' });

function notify({ notified }: Stage, { host }: Member, { notify: names }: Task): void {
  const mine = notified.get(host.name) ?? new Set();
  for (const name of names) mine.add(name);
  notified.set(host.name, mine);
}

/** Undefined when the run was interrupted. */
async function allTurns(call: Call, start: (loop: number) => void): Promise<Turn | undefined> {
  const { task } = call;
  const values = valuesOf(call);
  if (!Array.isArray(values)) return values as Turn;
  const turns: Turn[] = [];
  for (const [index, value] of values.entries()) {
    const turn = await oneTurn(turnOf(call, value, index), () => start(index));
    if (turn === undefined) return undefined;
    turns.push({ ...turn, result: { ...turn.result, [task.loopVar]: value } });
    if (turn.outcome === 'unreachable' || turn.outcome === 'refused') break;
  }
  return together(turns);
}

/** One turn of a loop: the loop's variable is in sight, of the variables that use it too. */
function turnOf(call: Call, value: Json, index: number): Call {
  const { stage, member, frame, task } = call;
  return { ...call, scope: scopeOf(stage, member, frame, task.at, { [task.loopVar]: value }), turn: [`i${index}`] };
}

/** The values of the loop; or the end of the task, where they cannot be had or are not even wanted. */
function valuesOf(call: Call): readonly Json[] | Turn {
  const { task, frame } = call;
  if (task.loop === undefined) return [];
  try {
    const values = 'source' in task.loop ? evaluate(task.loop, call.scope) : render(task.loop as Json, call.scope, { at: task.at });
    if (Array.isArray(values)) return values;
    throw new SwarmError('SW6014', 'loop: takes a list', { at: 'source' in task.loop ? task.loop.at : task.at });
  } catch (thrown) {
    try {
      if (!holds(frame.when, call.scope)) return skipped;
    } catch {
      // the condition needs the loop's variable: the loop itself is what is wrong
    }
    return ending(call, false, undefined, thrown);
  }
}

const skipped: Turn = { outcome: 'skipped', result: { changed: false, failed: false, skipped: true } };

const RANK: readonly Outcome[] = ['refused', 'unreachable', 'failed', 'changed', 'ok'];

/** A loop as one result: changed if any turn was, failed if any did. */
function together(turns: readonly Turn[]): Turn {
  const outcome = (RANK.find((each) => turns.some((turn) => turn.outcome === each)) ?? 'skipped') as Turn['outcome'];
  const error = turns.find((turn) => turn.error !== undefined && turn.outcome === outcome)?.error;
  return {
    outcome,
    result: {
      changed: turns.some(({ result }) => result['changed'] === true),
      failed: turns.some(({ result }) => result['failed'] === true),
      skipped: outcome === 'skipped',
      results: turns.map(({ result }) => result),
    },
    ...(error === undefined ? {} : { error }),
  };
}

/** Asks `when`, then tries as often as the task says. Undefined when the run was interrupted. */
async function oneTurn(call: Call, start: () => void = () => {}): Promise<Turn | undefined> {
  const { stage, task, frame } = call;
  const { context } = stage;
  try {
    if (!holds(frame.when, call.scope)) return skipped;
  } catch (thrown) {
    start();
    return ending(call, false, undefined, thrown);
  }
  start();
  const check = frame.check ?? context.options.check;
  const tries = check ? 1 : task.retries + 1;
  for (let attempt = 1; ; attempt++) {
    const turn = await oneTry(attempt === 1 ? call : { ...call, turn: [...call.turn, `r${attempt}`] }, check);
    if (context.signal.aborted) return undefined;
    if (turn.done || attempt >= tries) return turn.end;
    context.journal.emit({ type: 'task.retried', ...onTask(call), attempt: attempt + 1, of: tries });
    try {
      await context.clock.sleep(task.delayMs, context.signal);
    } catch {
      return undefined;
    }
  }
}

async function oneTry(call: Call, check: boolean): Promise<{ readonly done: boolean; readonly end: Turn }> {
  const { stage, task } = call;
  const { changed, out, thrown } = await perform(call);
  if (stage.context.signal.aborted) return { done: true, end: skipped };
  const end = ending(call, changed, out, thrown);
  if (end.outcome === 'unreachable' || end.outcome === 'refused') return { done: true, end };
  if (task.until === undefined || check) return { done: end.outcome !== 'failed', end };
  try {
    if (holds([task.until], withResult(call, end.result))) return { done: true, end };
  } catch (error) {
    return { done: false, end: ending(call, changed, out, error) };
  }
  const never = new SwarmError('SW6012', `until: never held: ${task.until.source}`, { at: task.until.at, cause: end.result });
  return { done: false, end: ending(call, changed, out, thrown ?? never) };
}
