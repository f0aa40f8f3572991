import type { Notifier } from '../../core/inventory/notifier.ts';
import type { Reporter } from '../../core/reporter.ts';
import { toNotification } from './notice.ts';
import { sendNotification } from './send-notification.ts';

/** How long a notifier may take. */
const LIMIT_MS = 15_000;

/** Tells a person what happens in a run, once for each cause. A notifier that fails or hangs costs one warning, and never the run. */
export function notifyReporter(notifiers: readonly Notifier[], dir: string, warn: (text: string) => void, limitMs = LIMIT_MS): Reporter {
  const told = new Set<string>();
  const warned = new Set<Notifier>();
  const open = new Set<Promise<void>>();
  const send = async (notifier: Notifier, note: NonNullable<ReturnType<typeof toNotification>>): Promise<void> => {
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(new Error(`it took longer than ${limitMs / 1000} s`)), limitMs);
    try {
      await sendNotification(notifier, note, dir, limit.signal);
    } catch (error) {
      if (warned.has(notifier)) return;
      warned.add(notifier);
      const why = limit.signal.aborted ? limit.signal.reason : error;
      warn(`${describeNotifier(notifier)} did not tell "${note.title}": ${why instanceof Error ? why.message : String(why)}`);
    } finally {
      clearTimeout(timer);
    }
  };
  return {
    event(event, state) {
      const note = toNotification(event, state);
      if (note === undefined || told.has(note.id)) return;
      told.add(note.id);
      for (const notifier of notifiers.filter(({ on }) => on.includes(note.cause))) {
        const sent: Promise<void> = send(notifier, note).finally(() => open.delete(sent));
        open.add(sent);
      }
    },
    async close() {
      await Promise.all(open);
    },
  };
}

/** Without the URL, which can be a secret. */
function describeNotifier(notifier: Notifier): string {
  if (notifier.kind === 'command') return `notify: the command ${notifier.argv[0]}`;
  return notifier.kind === 'email' ? `notify: the e-mail to ${notifier.to.join(', ')}` : `notify: the webhook (${notifier.form})`;
}
