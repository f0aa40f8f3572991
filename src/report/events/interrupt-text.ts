import { UNREACHABLE_EXIT } from '../../core/exit/exit-code.ts';
import type { HostState, RunState } from '../../core/run-state.ts';
import { type DisplayText, displayText, joinText } from '../text/display-text.ts';

/** How a run was interrupted, with the hosts that worked and those that never started. */
export function describeInterrupt({ hosts, exit }: RunState): DisplayText {
  const all = hosts.entries();
  const working = all.filter(([, host]) => isWorking(host)).map(([name]) => name);
  const idle = all.filter(([, host]) => !isWorking(host) && hasNoResult(host)).map(([name]) => name);
  const notStarted = idle.length === 0 ? [] : [displayText`not started on ${idle.join(', ')}`];
  if (exit !== UNREACHABLE_EXIT) {
    const on = working.length === 0 ? displayText`interrupted` : displayText`interrupted on ${working.join(', ')}`;
    return joinText([on, ...notStarted], '; ');
  }
  const goesOn = working.length === 0 ? [] : [displayText`jobs continue on ${working.join(', ')}`];
  return joinText([displayText`the swarm process was killed`, ...goesOn, ...notStarted], '; ');
}

const isWorking = ({ task, item }: HostState): boolean => task !== undefined || item !== undefined;

const hasNoResult = ({ tally }: HostState): boolean => Object.values(tally).every((count) => count === 0);
