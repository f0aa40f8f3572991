import type { Notifier, NotifyCause } from '../../core/inventory/notifier.ts';
import type { Reporter } from '../../core/reporter.ts';
import { holdNotifications } from './hold-notifications.ts';
import { type Notification, toNotification } from './notice.ts';
import { sendNotification } from './send-notification.ts';

/** How long a notifier may take. */
const LIMIT_MS = 15_000;

/** Tells a person what happens in a run, once for each cause. A notifier that fails or hangs costs one warning, and never the run. */
export function notifyReporter(notifiers: readonly Notifier[], dir: string, warn: (text: string) => void, limitMs = LIMIT_MS): Reporter {
  const told = new Set<string>();
  const warned = new Set<Notifier>();
  const open = new Set<Promise<void>>();
  const held = holdNotifications((note) => {
    if (told.has(note.id)) return;
    told.add(note.id);
    for (const notifier of notifiers.filter(({ on }) => wantedCause(note, on) !== undefined)) {
      const sent: Promise<void> = send(notifier, { ...note, cause: wantedCause(note, notifier.on) ?? note.cause }).finally(() =>
        open.delete(sent),
      );
      open.add(sent);
    }
  });
  const send = async (notifier: Notifier, note: Notification): Promise<void> => {
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
      if (event.type === 'run.finished') held.releaseAll();
      const note = toNotification(event, state);
      if (note !== undefined) held.add(note);
    },
    async close() {
      held.releaseAll();
      await Promise.all(open);
    },
  };
}

const wantedCause = ({ cause, also }: Notification, on: Notifier['on']): NotifyCause | undefined =>
  [cause, also].find((each) => each !== undefined && on.includes(each));

/** Without the URL, which can be a secret. */
function describeNotifier(notifier: Notifier): string {
  if (notifier.kind === 'command') return `notify: the command ${notifier.argv[0]}`;
  return notifier.kind === 'email' ? `notify: the e-mail to ${notifier.to.join(', ')}` : `notify: the webhook (${notifier.form})`;
}
