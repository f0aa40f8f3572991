import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { journalOf } from '../lab-project.ts';
import { type ProgramResult, runSwarm } from '../run-program.ts';

/** `swarm runs resume` goes on with the tasks of the first start. */
let dir: string;
const swarm = (...words: readonly string[]): Promise<ProgramResult> => runSwarm(dir, words);

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'swarm-resume-'));
  mkdirSync(join(dir, 'inventory'));
  mkdirSync(join(dir, 'playbooks'));
  writeFileSync(join(dir, 'inventory/swarm.yml'), 'hosts: {}\n');
  writePlaybook('b');
});
afterAll(() => rmSync(dir, { recursive: true }));
beforeEach(() => {
  rmSync(join(dir, '.swarm'), { recursive: true, force: true });
  rmSync(join(dir, 'ready'), { force: true });
});

const writePlaybook = (lastTag: string): void =>
  writeFileSync(
    join(dir, 'playbooks/two.yml'),
    `plays:
  - hosts: localhost
    tasks:
      - { name: first, command: { argv: [ls, "${dir}/ready"] }, tags: [a] }
      - { name: second, debug: "two", tags: [${lastTag}] }
`,
  );

const tasksOf = (): readonly string[] => journalOf(dir).flatMap((event) => (event.type === 'task.started' ? [event.name] : []));

test.each([
  ['--skip-tags', 'b'],
  ['--tags', 'a'],
])('a run with %s %s runs the same tasks after resume', async (flag, tags) => {
  expect((await swarm('run', 'two', flag, tags, '--forks', '3')).exit).toBe(2);
  writeFileSync(join(dir, 'ready'), '');
  expect((await swarm('runs', 'resume', 'last')).exit).toBe(0);
  expect(tasksOf()).toEqual(['first', 'first']);
  const starts = journalOf(dir).filter((event) => event.type === 'run.started');
  expect(starts.map(({ forks }) => forks)).toEqual([3, 3]);
});

test('resume refuses a tag that the playbook has lost since, and takes other forks and a report', async () => {
  await swarm('run', 'two', '--skip-tags', 'b');
  writePlaybook('c');
  const lost = await swarm('runs', 'resume', 'last');
  writePlaybook('b');
  expect([lost.exit, lost.stderr]).toEqual([5, expect.stringContaining('SW1203')]);
  const report = join(dir, 'junit.xml');
  expect((await swarm('runs', 'resume', 'last', '--forks', '2', '--report', `junit=${report}`)).exit).toBe(2);
  expect(journalOf(dir).findLast((event) => event.type === 'run.started')).toMatchObject({ forks: 2, skipTags: ['b'] });
});

test('a lifted protection holds for one command: resume takes --allow-protected again', async () => {
  await swarm('run', 'two', '--allow-protected', 'localhost');
  expect(JSON.stringify(journalOf(dir).find((event) => event.type === 'run.started'))).not.toContain('rotected');
  const unknown = await swarm('runs', 'resume', 'last', '--allow-protected', 'nobody');
  expect([unknown.exit, unknown.stderr]).toEqual([5, expect.stringContaining('nobody')]);
  expect((await swarm('runs', 'resume', 'last', '--allow-protected', 'localhost')).exit).toBe(2);
});

test('events of a newer swarm are left out of every view of a run', async () => {
  await swarm('run', 'two', '--tags', 'b');
  const events = journalOf(dir);
  const unknown = [{ type: 'host.teleported', host: 'localhost' }, { type: 'item.moved', item: 'x' }, { type: 'weather.changed' }];
  const all = [...events.slice(0, -1), ...unknown, ...events.slice(-1)];
  const { run } = events[0] as { readonly run: string };
  const lines = all.map((event, seq) => JSON.stringify({ ...events[0], ...event, seq, type: event.type }));
  const before = (await swarm('runs', 'show', run, '--color', 'never')).stdout;
  writeFileSync(join(dir, '.swarm/runs', run, 'events.jsonl'), `${lines.join('\n')}\n`);
  for (const words of [
    ['show', run],
    ['show', run, '-v', '-v'],
    ['watch', run],
    ['logs', run],
    ['report', run, join(dir, 'run.html')],
  ])
    expect([words, await swarm('runs', ...words)]).toEqual([words, expect.objectContaining({ exit: 0, stderr: '' })]);
  expect((await swarm('runs', 'show', run, '--color', 'never')).stdout).toBe(before);
});

test('after a run with -i alone, its runs are found without -i, and hints have what was given', async () => {
  const alone = mkdtempSync(join(tmpdir(), 'swarm-alone-'));
  try {
    writeFileSync(join(alone, 'hosts.ini'), 'web1 ansible_host=127.0.0.1 ansible_port=9\n');
    writeFileSync(join(alone, 'p.yml'), '- hosts: web1\n  tasks:\n    - { name: t, command: { argv: [ls] } }\n');
    const first = await runSwarm(alone, ['run', 'p.yml', '-i', 'hosts.ini']);
    expect([first.exit, first.stderr]).toEqual([7, expect.stringContaining('swarm hosts trust web1 -i hosts.ini\n')]);
    const listed = await runSwarm(alone, ['runs', 'list', '-o', 'json']);
    expect(JSON.parse(listed.stdout)).toMatchObject({ runs: [{ playbook: 'p', status: 'failed' }] });
    mkdirSync(join(alone, 'below'));
    const resumed = await runSwarm(join(alone, 'below'), ['runs', 'resume', 'last']);
    const both = `-C ${alone} -i ${alone}/hosts.ini\n`;
    expect([resumed.exit, resumed.stderr]).toEqual([7, expect.stringContaining(`swarm hosts trust web1 ${both}`)]);
    const shown = await runSwarm(tmpdir(), ['runs', 'show', 'last', '-C', alone]);
    expect(shown.stdout).toMatch(new RegExp(`swarm runs logs \\w+ web1 -C ${alone} `));
  } finally {
    rmSync(alone, { recursive: true });
  }
});
