import type { RunEvent } from '../core/event.ts';
import { reduce } from '../core/reduce/reduce.ts';
import { initialRunState, type RunState } from '../core/run-state.ts';
import { scanJournal } from './scan-journal.ts';

/** Every event of a journal, and whether its last record is partial. Throws SW5002 when the journal is damaged. */
export function readEvents(file: string): { readonly events: readonly RunEvent[]; readonly torn: boolean } {
  const events: RunEvent[] = [];
  const { torn } = scanJournal(file, (event) => events.push(event));
  return { events, torn };
}

/** The state of a run, from its journal. */
export function readRunState(file: string): RunState {
  let state: RunState | undefined;
  scanJournal(file, (event) => {
    state = reduce(state ?? initialRunState(event.run), event);
  });
  return state ?? initialRunState('');
}
