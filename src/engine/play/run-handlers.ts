import type { Play } from '../../core/playbook/playbook-model.ts';
import { type HostRun, isActive } from '../host-run.ts';
import type { RunContext } from '../run-context.ts';
import { runSteps } from '../steps/run-steps.ts';
import type { StepsResult } from '../steps/steps-result.ts';
import type { TaskSettings } from '../task/task-settings.ts';
import type { PlayRun } from './play-run.ts';

/** The handlers of the play that an earlier process of this run notified and did not run. */
export function restoreNotified({ journal, options }: RunContext, { handlers }: Play, { host, notified }: HostRun): void {
  notified.clear();
  if (options.check) return;
  for (const { id, name, host: on } of journal.state.waitingHandlers ?? [])
    if (on === host.name && handlers.some((handler) => handler.id === id && (handler.name ?? handler.module) === name)) notified.add(id);
}

/** Runs handlers in the order of their definition, each once on the hosts that notified it. A handler can notify others; those that had
 *  run before run once more. With `force_handlers` they run also on hosts that failed, until one of them fails there. */
export async function runHandlers(playRun: PlayRun, hostRuns: readonly HostRun[]): Promise<void> {
  const { play, settings } = playRun;
  const mayRun = (hostRun: HostRun): boolean => isActive(hostRun) || (play.forceHandlers && hostRun.endedBy === 'failed');
  const handlerSettings = { ...settings, always: play.forceHandlers };
  const first = await runNotified(playRun, hostRuns.filter(mayRun), handlerSettings);
  const again = await runNotified(playRun, first.alive, handlerSettings);
  for (const { hostRun, outcome } of [...first.failed, ...again.failed]) hostRun.endedBy ??= outcome;
}

/** Runs the handlers that are notified now, each at most once. One that is notified after it ran waits for the next time. */
export async function runNotified(playRun: PlayRun, hostRuns: readonly HostRun[], outer: TaskSettings): Promise<StepsResult> {
  const { play, context } = playRun;
  const flushes = Math.max(0, ...hostRuns.map((hostRun) => playRun.flushes.get(hostRun) ?? 0)) + 1;
  for (const hostRun of hostRuns) playRun.flushes.set(hostRun, flushes);
  const settings = { ...outer, flushes };
  const done = new Map<HostRun, Set<string>>(hostRuns.map((hostRun) => [hostRun, new Set<string>()]));
  let alive = hostRuns.filter((hostRun) => !playRun.ended.has(hostRun));
  const failed: StepsResult['failed'][number][] = [];
  const stops = (): boolean => (playRun.stopReason !== undefined && !settings.always) || context.signal.aborted;
  for (let more = true; more && !stops(); ) {
    more = false;
    for (const handler of play.handlers) {
      if (stops()) break;
      const wanted = alive.filter((hostRun) => hostRun.notified.has(handler.id) && done.get(hostRun)?.has(handler.id) === false);
      if (wanted.length === 0) continue;
      more = true;
      for (const hostRun of wanted) {
        done.get(hostRun)?.add(handler.id);
        hostRun.notified.delete(handler.id);
      }
      const passed = await runSteps(playRun, [handler], wanted, settings);
      for (const { notified, notifiedUnknown } of wanted) if (!notified.has(handler.id)) notifiedUnknown.delete(handler.id);
      failed.push(...passed.failed);
      alive = alive.filter((hostRun) => !passed.failed.some((each) => each.hostRun === hostRun));
    }
  }
  return { alive, failed };
}
