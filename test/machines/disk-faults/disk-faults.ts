import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';

/** What becomes of one change to a folder: the program is killed at it, it fails once, or it fails with all that come after it. */
export type DiskFault = 'kill' | 'EIO' | 'EMFILE' | 'ENOSPC' | 'EROFS';
export const DISK_FAULTS: readonly DiskFault[] = ['kill', 'EIO', 'EMFILE', 'ENOSPC', 'EROFS'];

/** Undefined where this machine has no C compiler. */
export const compiler = ['/usr/bin/cc', '/usr/bin/gcc'].find((path) => existsSync(path));

/** Makes faults in the disk of a program, through the C library that it calls. */
export interface FaultyDisk {
  /** The environment of a program whose change number `at` (from 1; 0 for none) below `folder` meets the fault. */
  environment(folder: string, fault: DiskFault, at: number): Readonly<Record<string, string>>;
  /** How many changes that can meet each fault the program made that ended last. */
  changes(): Readonly<Record<DiskFault, number>>;
}

/** Compiles the library into `dir`. */
export function makeFaultyDisk(dir: string): FaultyDisk {
  const library = join(dir, 'disk-faults.so');
  const count = join(dir, 'changes');
  const source = new URL('disk-faults.c', import.meta.url).pathname;
  execFileSync(compiler ?? 'cc', ['-O1', '-shared', '-fPIC', '-o', library, source, '-ldl']);
  return {
    environment(folder, fault, at) {
      rmSync(count, { force: true });
      return {
        LD_PRELOAD: library,
        FAULT_UNDER: folder,
        FAULT_COUNT: count,
        FAULT_AT: String(at),
        FAULT_ERRNO: String(fault === 'kill' ? 0 : constants.errno[fault]),
        FAULT_STAYS: fault === 'ENOSPC' || fault === 'EROFS' ? '1' : '0',
      };
    },
    changes() {
      const [opens = 0, adds = 0, all = 0] = readFileSync(count, 'utf8').split(' ').map(Number);
      return { EMFILE: opens, ENOSPC: adds, kill: all, EIO: all, EROFS: all };
    },
  };
}
