import { SwarmError } from '../core/error.ts';
import type { Session } from './session.ts';

/** A shell that was opened and greeted. */
export interface Opened {
  readonly session: Session;
  /** Of the shell itself, as that machine counts. */
  readonly pid: number;
}

export interface Pool {
  /** Lends a session that nobody else has; opens another one when all are busy, waits when there are enough.
   *  When `signal` aborts or `ms` pass, what runs in the session is killed with all its children, and the session is given up. */
  use<T>(work: (session: Session) => Promise<T>, signal: AbortSignal, ms?: number): Promise<T>;
  close(): void;
}

/** sshd's MaxSessions is 10 for each connection; pipes and the one that kills need some as well. */
const MOST = 4;
/** How long the end of a command that was given up is waited for. */
const KILL_MS = 3000;

/** `open` gives a new session, greeted; `first` one that is open already. */
export function sessionPool(open: () => Promise<Opened>, first?: Opened): Pool {
  const idle: Opened[] = first === undefined ? [] : [first];
  const all = new Set<Opened>(idle);
  const waiting: { readonly go: (opened: Opened | undefined) => void }[] = [];
  let most = MOST;
  let opening = 0;
  let closed = false;

  const borrow = async (): Promise<Opened> => {
    if (closed) throw new SwarmError('SW2005', 'the connection was closed here', {});
    for (let opened = idle.pop(); opened !== undefined; opened = idle.pop()) {
      if (opened.session.usable) return opened;
      drop(opened);
    }
    if (all.size + opening >= most) {
      const opened = await new Promise<Opened | undefined>((go) => waiting.push({ go }));
      return opened ?? borrow();
    }
    opening++;
    try {
      const opened = await open();
      all.add(opened);
      if (closed) drop(opened);
      return opened;
    } catch (error) {
      if (all.size === 0) {
        waiting.shift()?.go(undefined); // who waits for a session that will not be opened finds out alike
        throw error;
      }
      most = all.size; // the host gives no more at a time than these
      return borrow();
    } finally {
      opening--;
    }
  };
  const giveBack = (opened: Opened): void => {
    if (!opened.session.usable) drop(opened);
    const next = waiting.shift();
    if (next !== undefined) next.go(all.has(opened) ? opened : undefined);
    else if (all.has(opened)) idle.push(opened);
  };
  const drop = (opened: Opened): void => {
    all.delete(opened);
    opened.session.close();
  };
  /** From a session of its own, so that no busy one is waited for. */
  const kill = async (victim: Opened): Promise<void> => {
    const spare = idle.pop();
    const killer = spare ?? (await open());
    await killer.session.run(killText(victim.pid), { limit: 4096 });
    if (spare === undefined) killer.session.close();
    else idle.push(spare);
  };

  /** Work that was given up leaves nothing behind; a session that was only waited for is left alone. */
  const giveUp = async (borrowing: Promise<Opened>): Promise<void> => {
    const opened = await Promise.race([borrowing.catch(() => undefined), undefined]);
    if (opened === undefined) return;
    await within(KILL_MS, kill(opened));
    drop(opened);
  };

  return {
    use: async (work, signal, ms) => {
      signal.throwIfAborted();
      const given = stopwatch(signal, ms);
      const borrowing = borrow();
      try {
        const opened = await Promise.race([borrowing, given.up]);
        return await Promise.race([work(opened.session), given.up]);
      } catch (error) {
        if (given.reason !== undefined) await giveUp(borrowing);
        throw error;
      } finally {
        given.stop();
        borrowing.then(giveBack, () => undefined);
      }
    },
    close: () => {
      closed = true;
      for (const opened of all) drop(opened);
      idle.length = 0;
      for (const next of waiting.splice(0)) next.go(undefined);
    },
  };
}

interface Stopwatch {
  /** Rejects when the time is over or the caller wants no more. */
  readonly up: Promise<never>;
  readonly reason: Error | undefined;
  stop(): void;
}

function stopwatch(signal: AbortSignal, ms: number | undefined): Stopwatch {
  let reason: Error | undefined;
  let reject: (error: Error) => void = () => undefined;
  const up = new Promise<never>((_, no) => {
    reject = no;
  });
  up.catch(() => undefined);
  const stopNow = (error: Error): void => {
    reason ??= error;
    reject(reason);
  };
  const onAbort = (): void => stopNow(signal.reason instanceof Error ? signal.reason : new Error('stopped'));
  const timer = ms === undefined ? undefined : setTimeout(() => stopNow(timeOut(ms)), ms);
  signal.addEventListener('abort', onAbort, { once: true });
  return {
    up,
    get reason() {
      return reason;
    },
    stop: () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    },
  };
}

const timeOut = (ms: number): SwarmError =>
  new SwarmError('SW6002', `took longer than ${ms / 1000} s and was ended`, { hint: 'timeout: sets the limit.' });

/** Settles when the work does, however it ends, at the latest after so many ms. */
async function within(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([work.catch(() => undefined), late]);
  clearTimeout(timer);
}

/** Ends everything that the shell `pid` has started and that has not detached itself: TERM, KILL after a second; the shell
 *  itself goes last. Read from /proc with builtins (proc(5): after the last `)` come state, parent, group, session). */
export function killText(pid: number): string {
  return `find() { list=' ${pid} ';more=1
while [ "$more" ];do more=
for d in /proc/[0-9]*;do n=\${d#/proc/}
case $list in *" $n "*)continue;;esac
read -r l <"$d/stat"||continue
set -- \${l##*) }
[ "$1" = Z ]&&continue
[ "$4" = ${pid} ]&&set -- x ${pid}
case $list in *" $2 "*)list="$list$n ";more=1;;esac
done;done 2>/dev/null
list=\${list#* ${pid} };}
s=TERM;i=0
while find;[ "$list" ]&&[ $i -lt 20 ];do kill -$s $list 2>/dev/null;s=0;i=$((i+1));sleep 0.05;done
kill -KILL $list ${pid} 2>/dev/null;true`;
}
