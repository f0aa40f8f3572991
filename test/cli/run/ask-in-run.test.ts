import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { asksWhileItRuns } from '../../../src/cli/run/ask-in-run.ts';
import { loadPlaybook } from '../../../src/cli/run/prepare-run.ts';
import { openProject } from '../../../src/fleet/project/project.ts';

let dir: string;

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'swarm-ask-'));
  for (const folder of ['inventory', 'playbooks', 'tasks']) mkdirSync(join(dir, folder));
  writeFileSync(join(dir, 'inventory/swarm.yml'), 'hosts: {}\n');
  writeFileSync(join(dir, 'playbooks/question.yml'), '- pause: { prompt: Which? }\n');
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

test.each([
  ['a question', 'pause: { prompt: Which? }', true],
  ['a question in an included file', 'include_tasks: question.yml', true],
  ['a text that is shown for some seconds', 'pause: { prompt: soon, seconds: 1 }', false],
  ['another module', 'debug: { msg: prompt }', false],
])('%s: whether the run asks on the terminal', async (_, task, expected) => {
  writeFileSync(join(dir, 'playbooks/site.yml'), `plays:\n  - hosts: localhost\n    tasks:\n      - ${task}\n`);
  expect(asksWhileItRuns(await loadPlaybook('site', await openProject({ directory: dir })))).toBe(expected);
});
