import { SwarmError } from '../../core/error/swarm-error.ts';
import type { Session } from './session.ts';

/** A shell that has started and has answered. */
export interface ShellSession {
  readonly session: Session;
  /** The process id of the shell on the host. */
  readonly pid: number;
}

/** `internal`: swarm reads and writes files. `user`: commands of tasks. Such a command may leave a process behind that prints to the session
 *  later, so no file is ever read through a session that had one. */
export type SessionUse = 'internal' | 'user';

/** The sessions of a connection that are open: those that are lent, and those that are idle. */
interface OpenSessions {
  /** A session that nobody else has. Opens another one when all are busy, waits when there are enough. */
  borrow(sessionUse: SessionUse): Promise<ShellSession>;
  giveBack(opened: ShellSession): void;
  /** An idle session of any kind. */
  takeSpare(): ShellSession | undefined;
  putBack(spare: ShellSession): void;
  /** Closes a session that is not idle. */
  drop(opened: ShellSession, reason?: Error): void;
  closeAll(reason?: Error): void;
}

/** sshd's MaxSessions is 10 for each connection; pipes and the one that kills need some as well. */
const MAX_SESSIONS = 4;

/** `openSession` opens a new session; `firstSession` is open already. */
export function createOpenSessions(openSession: () => Promise<ShellSession>, firstSession?: ShellSession): OpenSessions {
  const idle: ShellSession[] = firstSession === undefined ? [] : [firstSession];
  const all = new Set<ShellSession>(idle);
  const usedByUser = new WeakSet<ShellSession>();
  const waiting: { readonly go: () => void }[] = [];
  let limit = MAX_SESSIONS;
  let opening = 0;
  let closed = false;

  const takeIdle = (sessionUse: SessionUse): ShellSession | undefined => {
    const fits = (opened: ShellSession): boolean => opened.session.usable && usedByUser.has(opened) === (sessionUse === 'user');
    const at = idle.findIndex(fits);
    return at === -1 ? undefined : idle.splice(at, 1)[0];
  };
  /** An idle session of the right kind, else a clean one, which is clean no longer. */
  const findIdle = (sessionUse: SessionUse): ShellSession | undefined =>
    takeIdle(sessionUse) ?? (sessionUse === 'user' ? takeIdle('internal') : undefined);

  const borrow = async (sessionUse: SessionUse): Promise<ShellSession> => {
    if (closed) throw new SwarmError('SW2005', 'swarm closed the connection', {});
    const opened = findIdle(sessionUse) ?? (await openAnother(sessionUse));
    if (sessionUse === 'user') usedByUser.add(opened);
    return opened;
  };
  const openAnother = async (sessionUse: SessionUse): Promise<ShellSession> => {
    if (all.size + opening >= limit) {
      const spare = idle.pop(); // of the wrong kind, or no longer usable
      if (spare !== undefined) drop(spare);
      else {
        await new Promise<void>((go) => waiting.push({ go }));
        return borrow(sessionUse);
      }
    }
    opening++;
    try {
      const opened = await openSession();
      all.add(opened);
      if (closed) drop(opened);
      return opened;
    } catch (error) {
      if (all.size === 0) {
        waiting.shift()?.go(); // who waits for a session tries to open one and gets the same error
        throw error;
      }
      limit = all.size; // the host gives no more at a time than these
      return borrow(sessionUse);
    } finally {
      opening--;
    }
  };
  const drop = (opened: ShellSession, reason?: Error): void => {
    all.delete(opened);
    opened.session.close(reason);
  };

  return {
    borrow,
    giveBack(opened) {
      if (!opened.session.usable) drop(opened);
      if (all.has(opened)) idle.push(opened);
      waiting.shift()?.go();
    },
    takeSpare: () => idle.pop(),
    putBack: (spare) => void idle.push(spare),
    drop,
    closeAll(reason) {
      closed = true;
      for (const opened of all) drop(opened, reason);
      idle.length = 0;
      for (const next of waiting.splice(0)) next.go();
    },
  };
}
