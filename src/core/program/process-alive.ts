import { readFileSync } from 'node:fs';
import { isThisMachine, type Orchestrator } from './orchestrator.ts';

const TICKS_PER_SECOND = 100; // USER_HZ, fixed in Linux's interface to programs
const SLACK_MS = 10_000;

/** A process that wrote an event, a claim or a folder. */
export interface WritingProcess {
  readonly pid: number;
  /** When it wrote. */
  readonly at: string;
  /** Its machine. Absent: this one, as far as an older swarm knew. */
  readonly orchestrator?: Orchestrator | undefined;
}

/** A process on another machine that has not written for this long has ended: no limit on silence is longer. */
const GIVEN_UP_MS = 7 * 24 * 3600_000;

/** Does the process still run? `elsewhere`: on another machine, where nothing of it can be seen. `wroteMs`: when it wrote last. */
export function findProcessState({ pid, at, orchestrator }: WritingProcess, wroteMs: number): 'alive' | 'ended' | 'elsewhere' {
  if (isThisMachine(orchestrator)) return isProcessAlive(pid, at) ? 'alive' : 'ended';
  return Date.now() - wroteMs > GIVEN_UP_MS ? 'ended' : 'elsewhere';
}

/** True when the process of this machine that wrote an event at `at` still runs. A newer process with the same pid does not count. */
export function isProcessAlive(pid: number, at: string): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false; // these stand for many processes
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  const started = processStartTime(pid);
  return started === undefined || started <= Date.parse(at) + SLACK_MS;
}

/** Milliseconds since the epoch, from /proc (proc(5): field 22 of stat, after the name, which may contain spaces and brackets). */
function processStartTime(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const ticks = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]);
    const boot = Number(/^btime (\d+)$/m.exec(readFileSync('/proc/stat', 'utf8'))?.[1]);
    const at = (boot + ticks / TICKS_PER_SECOND) * 1000;
    return Number.isFinite(at) ? at : undefined;
  } catch {
    return undefined;
  }
}
