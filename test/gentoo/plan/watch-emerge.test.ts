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
  expect(stderr).toContain('>>> swarm: emerge hangs: it used no processor time');
  // The child has the same stdout: while it lives, spawnSync waits.
  expect(stdout).toBe('cleaned');
});
