import { onAbort, waitAtMost } from '../../core/abort.ts';
import { SwarmError } from '../../core/error/swarm-error.ts';
import { readProgram } from '../../core/program/package-root.ts';
import { startTimer } from '../../core/timer.ts';
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

export interface SessionPool {
  /** Lends a session that nobody else has; opens another one when all are busy, waits when there are enough.
   *  When `signal` aborts or `ms` pass, what runs in the session is killed with all its children, and the session is given up. */
  withSession<T>(sessionUse: SessionUse, work: (session: Session) => Promise<T>, signal: AbortSignal, ms?: number): Promise<T>;
  /** Ends a process with all its children, and gives the ids of those that go on; settles in any case after some seconds. */
  endProcess(pid: number): Promise<readonly number[]>;
  /** Work under way fails with the reason; default: that swarm closed the connection. */
  close(reason?: Error): void;
}

/** sshd's MaxSessions is 10 for each connection; pipes and the one that kills need some as well. */
const MAX_SESSIONS = 4;
/** How long the end of a command that was given up is waited for. */
const KILL_WAIT_MS = 5000;

/** `openSession` opens a new session; `firstSession` is open already. */
export function createSessionPool(openSession: () => Promise<ShellSession>, firstSession?: ShellSession): SessionPool {
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
      if (spare !== undefined) dropSession(spare);
      else {
        await new Promise<void>((go) => waiting.push({ go }));
        return borrow(sessionUse);
      }
    }
    opening++;
    try {
      const opened = await openSession();
      all.add(opened);
      if (closed) dropSession(opened);
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
  const returnSession = (opened: ShellSession): void => {
    if (!opened.session.usable) dropSession(opened);
    if (all.has(opened)) idle.push(opened);
    waiting.shift()?.go();
  };
  const dropSession = (opened: ShellSession, reason?: Error): void => {
    all.delete(opened);
    opened.session.close(reason);
  };
  /** In an idle or a new session: a busy one may never be free. */
  const killProcess = async (pid: number): Promise<readonly number[]> => {
    const spare = idle.pop();
    const killer = spare ?? (await openSession());
    const { stdout } = await killer.session.runText(buildKillScript(pid), { limit: 4096 });
    if (spare === undefined) killer.session.close();
    else idle.push(spare);
    return stdout.toString('latin1').match(/\d+/g)?.map(Number) ?? [];
  };
  const endProcess = (pid: number): Promise<readonly number[]> => waitAtMost(KILL_WAIT_MS, killProcess(pid), [pid]);

  return {
    withSession: async (sessionUse, work, signal, ms) => {
      signal.throwIfAborted();
      const deadline = startDeadline(signal, ms);
      const borrowing = borrow(sessionUse);
      let opened: ShellSession | undefined; // undefined while waiting for a session: then there is nothing to end
      try {
        opened = await Promise.race([borrowing, deadline.expired]);
        return await Promise.race([work(opened.session), deadline.expired]);
      } catch (error) {
        if (deadline.reason !== undefined && opened !== undefined) {
          const left = await endProcess(opened.pid);
          dropSession(opened);
          if (left.length > 0) throw createProcessesLeftError(left, error);
        }
        throw error;
      } finally {
        deadline.stop();
        borrowing.then(returnSession, () => undefined);
      }
    },
    endProcess,
    close: (reason) => {
      closed = true;
      for (const opened of all) dropSession(opened, reason);
      idle.length = 0;
      for (const next of waiting.splice(0)) next.go();
    },
  };
}

interface Deadline {
  /** Rejects when the time is over or the caller aborts. */
  readonly expired: Promise<never>;
  readonly reason: Error | undefined;
  stop(): void;
}

function startDeadline(signal: AbortSignal, ms: number | undefined): Deadline {
  let reason: Error | undefined;
  let reject: (error: Error) => void = () => undefined;
  const expired = new Promise<never>((_, no) => {
    reject = no;
  });
  expired.catch(() => undefined);
  const stopNow = (error: Error): void => {
    reason ??= error;
    reject(reason);
  };
  const stopTimer = ms === undefined ? undefined : startTimer(ms, () => stopNow(commandTimeoutError(ms)));
  const unwatch = onAbort(signal, () => stopNow(signal.reason instanceof Error ? signal.reason : new Error('stopped')));
  return {
    expired,
    get reason() {
      return reason;
    },
    stop: () => {
      stopTimer?.();
      unwatch();
    },
  };
}

/** SW6002 with the limit that was given. */
export const commandTimeoutError = (ms: number): SwarmError =>
  new SwarmError('SW6002', `the command took longer than ${ms / 1000} s and was ended`, {
    hint: 'To allow more time, set `timeout:` in the task.',
  });

/** SW6050 with the processes that go on. `cause` is why they had to end. */
export const createProcessesLeftError = (pids: readonly number[], cause: unknown): SwarmError =>
  new SwarmError('SW6050', `${pids.length === 1 ? 'process' : 'processes'} ${pids.join(' ')} could not be ended`, { cause });

/** In a subshell: the session stays as it was. */
const buildKillScript = (pid: number): string => `(set -- ${pid}\n${readProgram('src/remote/session/end-processes.sh')})`;
