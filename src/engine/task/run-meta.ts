import type { MetaStep } from '../../core/playbook/playbook-model.ts';
import { allConditionsHold } from '../../language/expression/expression.ts';
import { isUnknownValueError } from '../../language/expression/unknown-values.ts';
import type { HostRun } from '../host-run.ts';
import type { PlayRun } from '../play/play-run.ts';
import type { StepsResult } from './steps-result.ts';
import { inheritSettings, type TaskSettings } from './task-settings.ts';
import { collectVariables } from './variables.ts';

/** Runs a step that acts on the play. Its `when` is asked for each host; to end the play or the batch, only for the first. */
export async function runMeta(playRun: PlayRun, step: MetaStep, hostRuns: readonly HostRun[], outer: TaskSettings): Promise<StepsResult> {
  const settings = inheritSettings(outer, step);
  const holds = (hostRun: HostRun): boolean => {
    try {
      return settings.when.length === 0 || allConditionsHold(settings.when, collectVariables(playRun.context, hostRun, settings, step.at));
    } catch (thrown) {
      if (!isUnknownValueError(thrown)) throw thrown;
      const text = `${hostRun.host.name}: whether \`meta: ${step.action}\` counts is unknown: ${thrown.message}`;
      playRun.context.journal.emit({ type: 'run.note', text });
      return false;
    }
  };
  switch (step.action) {
    case 'noop':
      return { alive: hostRuns, failed: [] };
    case 'flush_handlers': {
      const wanted = hostRuns.filter(holds);
      const { failed } = await playRun.flush(wanted, outer);
      return { alive: hostRuns.filter((hostRun) => !failed.some((each) => each.hostRun === hostRun)), failed };
    }
    case 'end_host': {
      for (const hostRun of hostRuns.filter(holds)) endHost(playRun, hostRun);
      break;
    }
    case 'end_batch':
    case 'end_play': {
      const [first] = hostRuns;
      if (first === undefined || !holds(first)) break;
      playRun.isOver = step.action === 'end_play' ? 'play' : 'batch';
      for (const hostRun of hostRuns) endHost(playRun, hostRun);
    }
  }
  return { alive: hostRuns.filter((hostRun) => !playRun.ended.has(hostRun)), failed: [] };
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
