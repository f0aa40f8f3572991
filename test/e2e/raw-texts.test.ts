import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { rows } from '../setup/cases.ts';
import { runSwarm } from './run-program.ts';

const dir = mkdtempSync(join(tmpdir(), 'swarm-raw-'));
const EVIL = '\\e[2J\\e]0;title\\a\\u202e\\n::set-output name=x::y';
beforeAll(() => {
  for (const folder of ['inventory', 'playbooks']) mkdirSync(join(dir, folder));
  writeFileSync(join(dir, 'inventory/swarm.yml'), 'hosts: {}\n');
  writeFileSync(
    join(dir, 'playbooks/evil.yml'),
    `describe: "::error ::d ${EVIL}"
args:
  x: { type: string, default: "${EVIL}", describe: "${EVIL}" }
plays:
  - name: "${EVIL}"
    hosts: localhost
    tags: ["${EVIL}"]
    tasks:
      - { name: "::warning ::n ${EVIL}", debug: { msg: hello } }
`,
  );
  writeFileSync(join(dir, 'playbooks/\x1b[2Jname.yml'), 'plays: [ { hosts: localhost, tasks: [ { ping: {} } ] } ]\n');
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const COMMANDS = [
  ['run', 'evil', '--help'],
  ['run', '--help'],
  ['run', 'evil', '--list-tasks'],
  ['run', 'evil', '--list-hosts'],
  ['check'],
  ['run', 'evil'],
  ['runs', 'show', 'last'],
  ['exec', 'localhost', '--group', '--', 'printf', '::set-output name=x::y\\n##vso[task]\\n\\033[2J'],
  ['exec', 'localhost', '--', 'printf', '::set-output name=x::y\\n'],
  ['runs', 'logs', 'last', 'localhost'],
  ['runs', 'logs', 'last'],
  ['runs', 'list'],
  ['status'],
  ['hosts', 'show', 'localhost'],
];

test.each(COMMANDS)('swarm %s %s %s: a text of a file or a host is not a command to a terminal or a build service', async (...words) => {
  for (const color of rows(['always', 'never'], 2)) {
    const { stdout, stderr } = await runSwarm(dir, ['--color', color, ...words], { env: { CI: '1', GITHUB_ACTIONS: 'true' } });
    const shown = (stdout + stderr).replace(/^::(?:group::.*|endgroup::)$/gm, '').replace(/\x1b\[[\d;]*m/g, '');
    expect(shown).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]|^\s*::|##\w*\[/m);
    expect(shown.length).toBeGreaterThan(10);
  }
});

test('a folder of .swarm that is removed during a run is an error', async () => {
  const { exit, stderr } = await runSwarm(dir, ['exec', 'localhost', '--', 'rm', '-rf', join(dir, '.swarm')]);
  expect([exit, stderr]).toEqual([1, expect.stringMatching(/^error\[SW5007\]: .*events\.jsonl was removed while the run wrote it/m)]);
});
