import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

/** The name in the environment of everything that a test's machine starts; its value is that machine's alone. */
export const MARK_VARIABLE = 'SWARM_TEST_MACHINE';

interface ProcessEntry {
  readonly pid: number;
  readonly parent: number;
  readonly name: string;
  readonly marked: boolean;
}

function listProcesses(mark: string): readonly ProcessEntry[] {
  const found: ProcessEntry[] = [];
  for (const entry of readdirSync('/proc')) {
    const pid = Number(entry);
    if (!Number.isInteger(pid) || pid === process.pid) continue;
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
      const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      if (state === 'Z') continue;
      const name = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
      found.push({ pid, parent: Number(parent), name, marked: hasMark(pid, mark) });
    } catch {
      // it ended meanwhile
    }
  }
  return found;
}

function hasMark(pid: number, mark: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1').includes(`${MARK_VARIABLE}=${mark}\0`);
  } catch {
    return false; // another user's
  }
}

function findDescendants(root: number, all: readonly ProcessEntry[]): readonly ProcessEntry[] {
  const family = new Set([root]);
  for (let before = 0; before !== family.size; ) {
    before = family.size;
    for (const { pid, parent } of all) if (family.has(parent)) family.add(pid);
  }
  return all.filter(({ pid }) => family.has(pid));
}

/** Everything that bears the mark: detached jobs too, whoever their parent is now. */
export const findMarkedProcesses = (mark: string): readonly number[] =>
  listProcesses(mark)
    .filter((each) => each.marked)
    .map(({ pid }) => pid);

/** A process and those of its descendants that have the same name (sshd and its sessions, but not their shells). */
export function findProcessFamily(root: number): readonly number[] {
  const all = findDescendants(root, listProcesses(''));
  const name = all.find(({ pid }) => pid === root)?.name;
  return all.filter((each) => each.name === name).map(({ pid }) => pid);
}

/** KILLs what `find` gives, again until it gives nothing: a process may fork while it is looked for. */
export async function killAll(find: () => readonly number[]): Promise<void> {
  for (let round = 0; round < 200; round++) {
    const pids = find();
    if (pids.length === 0) return;
    for (const pid of pids) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // it ended by itself
      }
    }
    await pause(5);
  }
  throw new Error(`processes do not end: ${find().join(' ')}`);
}
