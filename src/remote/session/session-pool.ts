import { waitAtMost } from '../../core/abort.ts';
import { SwarmError } from '../../core/error/swarm-error.ts';
import { readProgram } from '../../core/program/package-root.ts';
import { startDeadline } from './deadline.ts';
import { createOpenSessions, type SessionUse, type ShellSession } from './open-sessions.ts';
import type { Session } from './session.ts';

/** The ids of processes that go on; `unseen` where the host hides processes, so that nobody knows. */
export type LeftProcesses = readonly number[] | 'unseen';

/** Lends the sessions of a connection. */
export interface SessionPool {
  /** Lends a session that nobody else has; opens another one when all are busy, waits when there are enough.
   *  When `signal` aborts or `ms` pass, what runs in the session is killed with all its children, and the session is given up. */
  withSession<T>(sessionUse: SessionUse, work: (session: Session) => Promise<T>, signal: AbortSignal, ms?: number): Promise<T>;
  /** Ends a process with all its children, and gives the ids of those that go on; settles in any case after some seconds. */
  endProcess(pid: number): Promise<LeftProcesses>;
  /** Work under way fails with the reason; default: that swarm closed the connection. */
  close(reason?: Error): void;
}

/** How long the end of a command that was given up is waited for. */
const KILL_WAIT_MS = 5000;

/** `openSession` opens a new session; `firstSession` is open already. */
export function createSessionPool(openSession: () => Promise<ShellSession>, firstSession?: ShellSession): SessionPool {
  const sessions = createOpenSessions(openSession, firstSession);
  /** In an idle or a new session: a busy one may never be free. */
  const killProcess = async (script: string): Promise<LeftProcesses> => {
    const spare = sessions.takeSpare();
    const killer = spare ?? (await openSession());
    const { stdout } = await killer.session.runText(script, { limit: 4096 });
    if (spare === undefined) killer.session.close();
    else sessions.putBack(spare);
    const answer = stdout.toString('latin1');
    const pids = answer.match(/\d+/g)?.map(Number) ?? [];
    return pids.length === 0 && answer.includes('unseen') ? 'unseen' : pids;
  };
  const endProcess = (pid: number, ...words: readonly 'session'[]): Promise<LeftProcesses> =>
    waitAtMost(KILL_WAIT_MS, killProcess(buildKillScript(pid, ...words)), [pid]);

  return {
    withSession: async (sessionUse, work, signal, ms) => {
      signal.throwIfAborted();
      const deadline = startDeadline(signal, ms);
      const borrowing = sessions.borrow(sessionUse);
      let opened: ShellSession | undefined; // undefined while waiting for a session: then there is nothing to end
      try {
        opened = await Promise.race([borrowing, deadline.expired]);
        return await Promise.race([work(opened.session), deadline.expired]);
      } catch (error) {
        if (deadline.reason !== undefined && opened !== undefined) {
          const left = await endProcess(opened.pid, 'session');
          sessions.drop(opened);
          if (left.length > 0) throw createProcessesLeftError(left, error);
        }
        throw error;
      } finally {
        deadline.stop();
        borrowing.then(sessions.giveBack, () => undefined);
      }
    },
    endProcess: (pid) => endProcess(pid),
    close: sessions.closeAll,
  };
}

/** SW6050 with the processes that go on. `cause` is why they had to end. */
export function createProcessesLeftError(left: LeftProcesses, cause: unknown): SwarmError {
  if (left === 'unseen')
    return new SwarmError('SW6050', 'the host hides its processes (/proc), so it is not known whether all of them have ended', {
      cause,
      hint: 'Look on the host, as root, for what the task started. A /proc of its own, without hidepid, lets swarm find it.',
    });
  return new SwarmError('SW6050', `${left.length === 1 ? 'process' : 'processes'} ${left.join(' ')} could not be ended`, { cause });
}

/** In a subshell: the session stays as it was. */
const buildKillScript = (...words: readonly (number | 'session')[]): string =>
  `(set -- ${words.join(' ')}\n${readProgram('src/remote/session/end-processes.sh')})`;
