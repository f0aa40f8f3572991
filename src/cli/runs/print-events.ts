import type { RunEvent } from '../../core/event.ts';
import { reduce } from '../../core/reduce/reduce.ts';
import { initialRunState, type RunState } from '../../core/run-state.ts';
import type { Playback } from '../../report/screen/model/playback.ts';
import type { ScreenActions } from '../../report/screen/run-screen.ts';
import type { GlobalOptions } from '../define-command.ts';
import { chooseReporter, isInteractive, printExitSummary, printRecap } from '../output.ts';

/** Shows events on a screen where there is one, else prints them; then the summary. */
export async function showEvents(
  events: AsyncIterable<RunEvent>,
  options: GlobalOptions,
  show: { readonly actions?: ScreenActions; readonly playback?: Playback },
  stop: AbortController,
): Promise<RunState> {
  if (!isInteractive(options)) {
    const state = await printEvents(events, options);
    await printRecap(state, options);
    return state;
  }
  const { state } = await (await import('./event-screen.ts')).showOnScreen(events, options, { stay: true, stop, ...show });
  await printExitSummary(state, options);
  return state;
}

/** Prints events as -o asks for. Returns the state after the last one. */
export async function printEvents(events: AsyncIterable<RunEvent> | Iterable<RunEvent>, options: GlobalOptions): Promise<RunState> {
  const reporter = await chooseReporter(options, process.stdout);
  let state = initialRunState('');
  for await (const event of events) {
    state = reduce(state.run === '' ? initialRunState(event.run) : state, event);
    reporter.event(event, state);
    await reporter.outputGate?.();
  }
  await reporter.close(state);
  return state;
}
