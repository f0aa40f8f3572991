import { toErrorJson } from '../../core/error/convert-error.ts';
import type { MetaStep } from '../../core/playbook/step-model.ts';
import { allConditionsHold } from '../../language/expression/evaluate-expression.ts';
import { isUnknownValueError } from '../../language/expression/unknown-values.ts';
import { connectHosts, emitHostLost } from '../host/connect-host.ts';
import { clearFacts } from '../host/gather-facts.ts';
import { type HostRun, isActive } from '../host-run.ts';
import type { PlayRun } from '../play/play-run.ts';
import { inheritSettings, type TaskSettings } from '../task/task-settings.ts';
import { collectVariables } from '../variables/variables.ts';
import { failStep } from './fail-step.ts';
import type { HostFailure, StepsResult } from './steps-result.ts';

/** Runs a step that acts on the play. Its `when` is asked for each host; to end the play or the batch, only for the first. Where `when`
 *  is wrong, the step fails on the hosts that are asked. */
export async function runMeta(playRun: PlayRun, step: MetaStep, hostRuns: readonly HostRun[], outer: TaskSettings): Promise<StepsResult> {
  if (step.action === 'noop') return { alive: hostRuns, failed: [] };
  const asksFirst = ['end_batch', 'end_play', 'clear_host_errors'].includes(step.action);
  const { wanted, failed } = askHosts(playRun, step, asksFirst ? hostRuns.slice(0, 1) : hostRuns, outer);
  const back = await runAction(playRun, step, { wanted, failed, hostRuns: asksFirst ? hostRuns : wanted, outer });
  const isAlive = (hostRun: HostRun): boolean =>
    !playRun.ended.has(hostRun) && !playRun.leavingRole.has(hostRun) && !failed.some((each) => each.hostRun === hostRun);
  return { alive: [...hostRuns, ...back].filter(isAlive), failed };
}

/** The hosts on which a step acts: those for which `when` is true, and all on which it then counts. */
interface MetaHosts {
  readonly wanted: readonly HostRun[];
  readonly hostRuns: readonly HostRun[];
  readonly failed: HostFailure[];
  readonly outer: TaskSettings;
}

/** Returns the hosts that come back. */
async function runAction(
  playRun: PlayRun,
  { action }: MetaStep,
  { wanted, hostRuns, failed, outer }: MetaHosts,
): Promise<readonly HostRun[]> {
  const { context } = playRun;
  switch (action) {
    case 'flush_handlers':
      failed.push(...(await playRun.flush(wanted, outer)).failed);
      return [];
    case 'reset_connection':
      for (const { host } of wanted) context.hosts.renewLater(host.name);
      return [];
    case 'clear_facts':
      failed.push(...(await Promise.all(wanted.map((hostRun) => askAnew(playRun, hostRun)))).flat());
      return [];
    case 'clear_host_errors':
      return wanted.length === 0 ? [] : bringBack(playRun);
    case 'end_role':
      for (const hostRun of wanted) playRun.leavingRole.add(hostRun);
      return [];
    case 'end_play':
    case 'end_batch':
    case 'end_host':
      if (wanted.length > 0 && action !== 'end_host') playRun.isOver = action === 'end_play' ? 'play' : 'batch';
      if (wanted.length > 0) for (const hostRun of hostRuns) endHost(playRun, hostRun);
      return [];
    case 'noop':
      return [];
  }
}

/** The facts of the host, asked for anew. */
async function askAnew({ context, play }: PlayRun, hostRun: HostRun): Promise<readonly HostFailure[]> {
  try {
    await clearFacts(context, play, hostRun);
    return [];
  } catch (thrown) {
    if (context.signal.aborted) throw thrown;
    hostRun.endedBy = emitHostLost(context, hostRun.host, thrown);
    return [{ hostRun, outcome: hostRun.endedBy, error: toErrorJson(thrown) }];
  }
}

/** The hosts of the batch that failed or did not answer, as far as they answer now. One that was refused stays out. */
async function bringBack({ context, play, batch, failed }: PlayRun): Promise<readonly HostRun[]> {
  if (play.strategy !== 'linear') return [];
  const lost = batch.filter(({ endedBy }) => endedBy === 'unreachable');
  const back = batch.filter((hostRun) => hostRun.endedBy !== 'refused' && (failed.has(hostRun) || lost.includes(hostRun)));
  for (const hostRun of back) {
    failed.delete(hostRun);
    hostRun.endedBy = undefined;
  }
  await connectHosts(context, play, lost);
  return back.filter(isActive);
}

/** The hosts on which `when` is true, and those on which it cannot be evaluated. */
function askHosts(
  playRun: PlayRun,
  step: MetaStep,
  hostRuns: readonly HostRun[],
  outer: TaskSettings,
): { readonly wanted: readonly HostRun[]; readonly failed: HostFailure[] } {
  const settings = inheritSettings(outer, step);
  const wanted: HostRun[] = [];
  const failed: HostFailure[] = [];
  for (const hostRun of hostRuns) {
    try {
      const { when } = settings;
      if (when.length === 0 || allConditionsHold(when, collectVariables(playRun.context, hostRun, settings, step.at))) wanted.push(hostRun);
    } catch (thrown) {
      if (isUnknownValueError(thrown)) {
        const text = `${hostRun.host.name}: whether \`meta: ${step.action}\` counts is unknown: ${thrown.message}`;
        playRun.context.journal.emit({ type: 'run.note', text });
        continue;
      }
      const named = { id: step.id, name: step.name ?? `meta: ${step.action}`, module: 'meta' };
      const failure = failStep(playRun, hostRun, named, { error: toErrorJson(thrown), settings });
      if (!settings.ignoreErrors) failed.push(failure);
    }
  }
  return { wanted, failed };
}

/** The host runs no more steps of this play. Says which handlers it was notified of in vain. */
function endHost({ ended, play, context }: PlayRun, hostRun: HostRun): void {
  ended.add(hostRun);
  const lost = play.handlers.filter(({ id }) => hostRun.notified.has(id)).map(({ name, module }) => name ?? module);
  if (lost.length === 0) return;
  context.journal.emit({
    type: 'run.note',
    text: `${hostRun.host.name} ends the play, so these handlers do not run on it: ${lost.join(', ')}`,
  });
}
