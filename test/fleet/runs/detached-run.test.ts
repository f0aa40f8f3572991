import { type SpawnOptions, spawn } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { RUN_ID_VARIABLE, startDetachedRun, waitForStart } from '../../../src/fleet/runs/detached-run.ts';
import { journalPath } from '../../../src/journal/journal-path.ts';
import { temporaryProject } from './written-run.ts';

const node = (program: string) => (options: SpawnOptions) => spawn(process.execPath, ['-e', program], options);

test('a run that ends before its first event leaves its output and exit code, and no folder', async () => {
  using project = temporaryProject();
  const run = startDetachedRun(project.runsDir, 'k3f9', node('console.error("no such playbook"); process.exitCode = 5'));
  expect(await waitForStart(project.runsDir, run)).toEqual({ started: false, exit: 5, output: 'no such playbook\n' });
  expect(existsSync(join(project.runsDir, 'k3f9'))).toBe(false);
});

test('a run has started with its first event; the process gets its id, and only the owner reads what it prints', async () => {
  using project = temporaryProject();
  const event = { v: 1, run: 'k3f9', seq: 0, at: '2026-12-01T12:00:00.000Z', type: 'run.note', text: 'x' };
  const program = `fs.writeFileSync(${JSON.stringify(journalPath(project.runsDir, 'k3f9'))}, JSON.stringify({ ...${JSON.stringify(event)}, run: process.env.${RUN_ID_VARIABLE} }) + '\\n')`;
  const run = startDetachedRun(project.runsDir, 'k3f9', node(program));
  expect(await waitForStart(project.runsDir, run)).toEqual({ started: true });
  expect(statSync(run.log).mode & 0o777).toBe(0o600);
});
