import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';

const watch = readFileSync(resolve(import.meta.dirname, '../../../src/gentoo/plan/watch-emerge.py'), 'utf8');

/** Runs Python text under the watch. */
const run = (text: string, idleSeconds: number) =>
  spawnSync('python3', ['-c', `${watch}\nimport atexit, os, subprocess, time\nwatch_for_hang(os.dup(2), ${idleSeconds})\n${text}`], {
    encoding: 'utf8',
  });

test('a process that waits for ever is ended with the reason, and so is what it waits for', () => {
  const { status, stderr, stdout } = run(
    'atexit.register(lambda: os.write(1, b"cleaned"))\nchild = subprocess.Popen(["sleep", "600"])\nchild.wait()',
    0.3,
  );
  expect(status).toBe(75);
  expect(stderr).toContain('>>> swarm: emerge hangs: it used hardly any processor time');
  // The child has the same stdout: while it lives, spawnSync waits.
  expect(stdout).toBe('cleaned');
});

// On real Portage an emerge that waited for a child used 0.3 s of processor time in 300 s.
test('a process that only wakes up now and then waits, and one that reads a large tree slowly works', () => {
  const { stdout } = spawnSync(
    'python3',
    ['-c', `${watch}\nprint(is_idle(0.35, 300), is_idle(0.15, 15), is_idle(1.5, 300), is_idle(0.5, 15))`],
    {
      encoding: 'utf8',
    },
  );
  expect(stdout.trim()).toBe('True True False False');
});
