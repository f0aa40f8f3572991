import type { RunEventData } from '../../core/event.ts';
import type { Reporter } from '../../core/reporter.ts';
import type { Journal } from '../../journal/journal.ts';
import { recordPausedQueue } from '../../journal/runs/paused-queue.ts';
import { recordSilentItems, type SilentItem } from '../../journal/silent-items.ts';
import type { Project } from '../project/project.ts';
import { notifyReporter } from './notify-reporter.ts';
import { watchPause } from './watch-pause.ts';
import { watchSilence } from './watch-silence.ts';

const DEFAULT_SILENCE_MS = 3600_000;

/** What watches a run for a person who does not: it notes silent items and a queue that waits, and sends what `notify:` asks for. */
export function createRunWatchers({ dir, inventory }: Project, journal: Pick<Journal, 'emit' | 'dir'>): readonly Reporter[] {
  const { notify = [], silenceMs = DEFAULT_SILENCE_MS } = inventory;
  const warn = (text: string): void => void process.stderr.write(`warning: ${text}\n`);
  const tryWrite = (what: string, write: () => void): void => {
    try {
      write();
    } catch (error) {
      warn(`${what} cannot be written: ${error instanceof Error ? error.message : error}`);
    }
  };
  const sink = {
    emit: (fact: RunEventData): void => void journal.emit(fact),
    record: (items: readonly SilentItem[]): void => tryWrite('which items are silent', () => recordSilentItems(journal.dir, items)),
    now: Date.now,
  };
  const pause = watchPause((paused) => tryWrite('that the queue waits', () => recordPausedQueue(journal.dir, paused)));
  const silence = watchSilence(sink, silenceMs);
  return [silence, pause, ...(notify.length === 0 ? [] : [notifyReporter(notify, dir, warn)])];
}
