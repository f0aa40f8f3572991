import { canResume } from '../../../core/can-resume.ts';
import { displayText } from '../../text/display-text.ts';
import { formatQuantity } from '../../text/format.ts';
import type { ScreenModel } from '../model/screen-model.ts';
import type { ScreenAction, ScreenView } from '../model/screen-view.ts';
import type { ScreenCapabilities } from '../pages/key-hints.ts';
import type { KeyPress } from '../terminal/read-keys.ts';
import type { KeyResult } from './key-result.ts';

/** Keys that act or leave. */
export function handleActionKey(view: ScreenView, key: KeyPress, model: ScreenModel, can: ScreenCapabilities): KeyResult | undefined {
  const { state } = model;
  const host = view.selected;
  const ask = (act: ScreenAction, question: ReturnType<typeof displayText>): KeyResult => ({ view: { ...view, ask: { act, question } } });
  const running = state.status === 'running';
  switch (key.text) {
    case 'q':
      if (running && can.quit === true)
        return ask(
          { type: 'quit' },
          displayText`quit and stop run ${state.run} on ${formatQuantity(state.hosts.size, 'host')}? (d detaches)`,
        );
      return { view, effect: { type: 'leave', how: 'quit' } };
    case 'x': {
      if (can.cancelHost !== true || host === undefined || !running) return undefined;
      const what = state.hosts.get(host)?.item ?? state.hosts.get(host)?.task;
      if (what === undefined) return { view: { ...view, notice: displayText`no job on ${host} to cancel` } };
      return ask({ type: 'cancelHost', host }, displayText`cancel ${what} on ${host}?`);
    }
    case 'X':
      if (can.cancelRun !== true || !running) return undefined;
      return ask({ type: 'cancelRun' }, displayText`cancel run ${state.run} and its jobs on ${formatQuantity(state.hosts.size, 'host')}?`);
    case 'r':
      if (can.retry !== true || !canResume(state)) return undefined;
      return ask({ type: 'retry' }, displayText`resume run ${state.run}: retry what failed and run what is left?`);
    case 'p':
      if (can.pause !== true || !running) return undefined;
      return ask({ type: 'pause' }, displayText`pause or continue run ${state.run} on ${formatQuantity(state.hosts.size, 'host')}?`);
    case 'y': {
      const text = shellCommandFor(view, model);
      return { view: { ...view, notice: displayText`copied: ${text}` }, effect: { type: 'copy', text } };
    }
    default:
      return undefined;
  }
}

/** The command to type for what is selected. */
function shellCommandFor(view: ScreenView, { state }: ScreenModel): string {
  if (view.page === 'failures') {
    const host = state.errors[view.failure]?.host;
    if (host !== undefined) return `swarm runs logs ${state.run} ${host}`;
    return canResume(state) ? `swarm runs resume ${state.run}` : `swarm runs show ${state.run}`;
  }
  if (view.page === 'identity') return `swarm hosts verify ${view.selected ?? ''}`;
  return view.selected === undefined ? `swarm runs watch ${state.run}` : `swarm runs logs ${state.run} ${view.selected}`;
}
