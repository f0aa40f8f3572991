import { toErrorJson } from '../../core/error/convert-error.ts';
import type { MetaStep } from '../../core/playbook/step-model.ts';
import { allConditionsHold } from '../../language/expression/expression.ts';
import { isUnknownValueError } from '../../language/expression/unknown-values.ts';
import type { HostRun } from '../host-run.ts';
import type { PlayRun } from '../play/play-run.ts';
import { collectVariables } from '../variables/variables.ts';
import { failStep } from './fail-step.ts';
import type { HostFailure, StepsResult } from './steps-result.ts';
import { inheritSettings, type TaskSettings } from './task-settings.ts';

/** Runs a step that acts on the play. Its `when` is asked for each host; to end the play or the batch, only for the first. Where `when`
 *  is wrong, the step fails on the hosts that are asked. */
export async function runMeta(playRun: PlayRun, step: MetaStep, hostRuns: readonly HostRun[], outer: TaskSettings): Promise<StepsResult> {
  if (step.action === 'noop') return { alive: hostRuns, failed: [] };
  const asksFirst = step.action === 'end_batch' || step.action === 'end_play';
  const { wanted, failed } = askHosts(playRun, step, asksFirst ? hostRuns.slice(0, 1) : hostRuns, outer);
  if (step.action === 'flush_handlers') failed.push(...(await playRun.flush(wanted, outer)).failed);
  else if (step.action === 'reset_connection') for (const { host } of wanted) playRun.context.hosts.link(host.name)?.renewLater();
  else if (wanted.length > 0) {
    if (asksFirst) playRun.isOver = step.action === 'end_play' ? 'play' : 'batch';
    for (const hostRun of asksFirst ? hostRuns : wanted) endHost(playRun, hostRun);
  }
  const isAlive = (hostRun: HostRun): boolean => !playRun.ended.has(hostRun) && !failed.some((each) => each.hostRun === hostRun);
  return { alive: hostRuns.filter(isAlive), failed };
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
