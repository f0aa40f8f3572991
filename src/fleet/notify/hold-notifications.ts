import type { Notification } from './notice.ts';

/** Notifications that wait for what else comes of their cause, so that one cause is told once. */
export interface HeldNotifications {
  add(note: Notification): void;
  /** Nothing more comes. */
  releaseAll(): void;
}

/** Calls `tell` with each notification, at once or when it has waited for long enough. */
export function holdNotifications(tell: (note: Notification) => void): HeldNotifications {
  const waiting = new Map<string, Notification>();
  const release = (host: string, note: Notification): void => {
    if (waiting.get(host) !== note) return; // it became part of another one
    waiting.delete(host);
    tell(note);
  };
  return {
    add(note) {
      const { host, waitsFor } = note;
      if (host === undefined) return tell(note);
      const before = waiting.get(host);
      waiting.delete(host);
      if (waitsFor === undefined)
        return tell(before?.waitsFor === 'turn' ? { ...note, also: before.cause, text: `${note.text}. ${before.text}` } : note);
      waiting.set(host, note);
      if (waitsFor === 'turn') setImmediate(() => release(host, note));
    },
    releaseAll() {
      for (const [host, note] of [...waiting]) release(host, note);
    },
  };
}
