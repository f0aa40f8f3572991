import { type ErrorJson, errorJson, SwarmError } from '../core/error.ts';
import type { Outcome } from '../core/event.ts';
import type { Json, Vars } from '../core/host.ts';
import type { Task } from '../core/play.ts';
import { evaluate, holds } from '../language/expression.ts';
import { render } from '../language/template.ts';
import { attachment, type Call, onTask, perform, scopeOfCall } from './call.ts';
import { clip } from './clip.ts';
import type { Member, Stage, TaskEnd } from './context.ts';
import { type Frame, within } from './frame.ts';
import { outcomeOf } from './outcome.ts';

type Result = { readonly [key: string]: Json };

/** One turn of a task: of a loop, or the only one. */
interface Turn {
  readonly outcome: Exclude<TaskEnd['outcome'], 'interrupted'>;
  readonly result: Result;
  readonly error?: ErrorJson;
}

/** A task on one host: when, loop, module, retries, its verdict; told as events and registered. Throws only when the run is over. */
export async function runTask(stage: Stage, member: Member, task: Task, outer: Frame): Promise<TaskEnd> {
  const { context } = stage;
  const frame = within(outer, task);
  const call: Call = { stage, member, task, frame, extra: {}, turn: [], promised: { some: false } };
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
    return task.name === undefined ? task.module : String(render(task.name, scopeOfCall(call), { at: task.at }));
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
    const turn = await oneTurn({ ...call, extra: { [task.loopVar]: value }, turn: [`i${index}`] }, () => start(index));
    if (turn === undefined) return undefined;
    turns.push({ ...turn, result: { ...turn.result, [task.loopVar]: value } });
    if (turn.outcome === 'unreachable' || turn.outcome === 'refused') break;
  }
  return together(turns);
}

/** The values of the loop; or the end of the task, where they cannot be had or are not even wanted. */
function valuesOf(call: Call): readonly Json[] | Turn {
  const { task, frame } = call;
  if (task.loop === undefined) return [];
  try {
    const scope = scopeOfCall(call);
    const values = 'source' in task.loop ? evaluate(task.loop, scope) : render(task.loop as Json, scope, { at: task.at });
    if (Array.isArray(values)) return values;
    throw new SwarmError('SW6014', 'loop: takes a list', { at: 'source' in task.loop ? task.loop.at : task.at });
  } catch (thrown) {
    try {
      if (!holds(frame.when, scopeOfCall(call))) return skipped;
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
    if (!holds(frame.when, scopeOfCall(call))) return skipped;
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

/** The verdict on what a module gave back or threw. */
function ending(call: Call, changed: boolean, out: Json | undefined, thrown: unknown): Turn {
  const { task, member } = call;
  const error = thrown === undefined ? undefined : errorJson(thrown);
  if (error !== undefined && outcomeOf(error, member.host.name) !== 'failed') {
    return { outcome: outcomeOf(error, member.host.name), result: failure(changed, attachment(thrown), error), error };
  }
  const plain = resultOf(out);
  const saysFailed = error === undefined && plain['failed'] === true;
  const own = saysFailed ? { code: 'SW6012', message: String(plain['msg'] ?? 'the module says that it failed') } : error;
  const result: Result =
    own === undefined ? { ...plain, changed, failed: false, skipped: false } : failure(changed, { ...plain, ...attachment(thrown) }, own);
  // only what work on the host came to may be judged otherwise: a faulty playbook stays faulty
  const judged = own === undefined || own.code.startsWith('SW6');
  return judged && own?.code !== 'SW6014'
    ? judge(call, result, own, task)
    : { outcome: 'failed', result, ...(own === undefined ? {} : { error: own }) };
}

/** What a module returned, as a mapping. */
function resultOf(out: Json | undefined): Result {
  if (out === undefined) return {};
  return typeof out === 'object' && out !== null && !Array.isArray(out) ? (out as Result) : { value: out };
}

function failure(changed: boolean, attached: Result, error: ErrorJson): Result {
  return { ...attached, changed, failed: true, skipped: false, msg: error.message, error: { code: error.code, message: error.message } };
}

/** changed_when and failed_when have the last word. */
function judge(call: Call, result: Result, error: ErrorJson | undefined, task: Task): Turn {
  try {
    const changed = task.changedWhen.length === 0 ? result['changed'] === true : holds(task.changedWhen, withResult(call, result));
    const failed = task.failedWhen.length === 0 ? error !== undefined : holds(task.failedWhen, withResult(call, { ...result, changed }));
    const judged = { ...result, changed, failed };
    if (!failed) return { outcome: changed ? 'changed' : 'ok', result: judged };
    const why =
      error ??
      new SwarmError('SW6012', `failed_when: ${task.failedWhen.map((expr) => expr.source).join(' and ')}`, { at: task.at }).toJSON();
    return { outcome: 'failed', result: { ...judged, msg: why.message }, error: why };
  } catch (thrown) {
    const broken = errorJson(thrown);
    return { outcome: 'failed', result: failure(result['changed'] === true, result, broken), error: broken };
  }
}

function withResult(call: Call, result: Result): Vars {
  const { register } = call.task;
  return { ...scopeOfCall(call), result, ...(register === undefined ? {} : { [register]: result }) };
}
