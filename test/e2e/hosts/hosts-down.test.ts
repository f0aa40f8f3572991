import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runSwarm, runSwarmJson } from '../run-program.ts';

/** Drones d1 and d2, never trusted, and d3, trusted; nothing listens on their ports. */
let dir: string;
const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIL8Wc9z0Qw3T0m0Xq2mO8k1c9mQd4rB2f6h7Yv0n1p2Q';
const drone = (port: number): string => `{ user: root, groups: [drones], routes: [ { local: "127.0.0.1:${port}" } ] }`;

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'swarm-down-'));
  mkdirSync(join(dir, 'inventory'));
  writeFileSync(join(dir, 'inventory/swarm.yml'), `hosts:\n  d1: ${drone(9)}\n  d2: ${drone(10)}\n  d3: ${drone(11)}\n`);
  mkdirSync(join(dir, 'down'));
  writeFileSync(join(dir, 'down/swarm.yml'), `hosts:\n  d3: ${drone(11)}\n`);
  mkdirSync(join(dir, 'keyless'));
  writeFileSync(join(dir, 'keyless/swarm.yml'), `defaults: { identity_file: /no/such-key }\nhosts:\n  d3: ${drone(11)}\n`);
  for (const folder of ['inventory', 'down', 'keyless']) writeFileSync(join(dir, folder, 'known_hosts'), `d3 ${KEY}\n`);
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

test('swarm why names every drone that gave no answer, why, and what to type; exit 7 with one that is not trusted', async () => {
  const { exit, json } = await runSwarmJson(dir, ['why', 'app-misc/hello']);
  expect(exit).toBe(7);
  expect(json).toMatchObject({
    answers: [
      {
        question: 'Would default build it?',
        answer: 'unknown',
        because: 'no drone fits target default. Run: swarm hosts trust d1 d2',
      },
      { question: 'Can d1 build it?', answer: 'unknown', because: expect.stringMatching(/not trusted yet.* swarm hosts trust d1$/) },
      { question: 'Can d2 build it?', answer: 'unknown', because: expect.stringMatching(/not trusted yet.* swarm hosts trust d2$/) },
      {
        question: 'Can d3 build it?',
        answer: 'unknown',
        because: expect.stringMatching(/^local 127\.0\.0\.1:11: no program listens.* swarm hosts verify d3$/),
      },
      { question: 'Was it built for default?', answer: 'no' },
    ],
  });
});

test('swarm why ends with exit 4 where no drone can be reached', async () => {
  const { exit, stdout } = await runSwarm(dir, ['why', 'app-misc/hello', '-i', 'down']);
  expect([exit, stdout]).toEqual([4, expect.stringContaining('Run: swarm hosts verify d3')]);
});

test.each([[['--check']], [[]]])(
  'swarm run build %j: the hint is one command for all hosts, and nothing offers to resume',
  async (more) => {
    const { exit, stdout, stderr } = await runSwarm(dir, ['run', 'build', 'app-misc/hello', ...more]);
    const text = stdout + stderr;
    expect(exit).toBe(7);
    expect(text).toContain('the host is not trusted yet');
    expect(text).toMatch(/fix: +Run: swarm hosts trust d1 d2\n/);
    expect(text).toMatch(/hint: Run: swarm hosts verify d3\n/);
    expect(text).not.toMatch(/\b(HOST|ADDRESS|NAME)\b(?! {2})/);
    expect(text).not.toContain('swarm runs resume');
  },
);

test('swarm doctor counts problems and warnings apart; a host that was never trusted is exit 7, and its silent routes are named', async () => {
  const { exit, stdout } = await runSwarm(dir, ['doctor', 'd1']);
  expect(exit).toBe(7);
  expect(stdout).toMatch(/never trusted.*\(swarm hosts trust d1\)\n.*local 127\.0\.0\.1:9: no program listens/);
  expect(stdout).toContain('hosts checked: 1, problems: 2, warnings: 0');
});

test.each([
  ['trust d1', /hint: .* run: swarm hosts trust d1\n/],
  ['ssh d3', /hint: .* run: swarm hosts verify d3\n/],
  ['verify d3', /hint: .* run: swarm hosts verify d3\n/],
])('swarm hosts %s, where nothing listens: exit 4, and the hint has a command', async (words, hint) => {
  const { exit, stdout, stderr } = await runSwarm(dir, ['hosts', ...words.split(' ')]);
  expect([exit, stdout + stderr]).toEqual([4, expect.stringMatching(hint)]);
});

test('swarm explain of an unknown code names the file with all codes, and it is there', async () => {
  const { exit, stderr } = await runSwarm(dir, ['explain', 'SW9999']);
  const file = /run: less (\S+)/.exec(stderr)?.[1] ?? '';
  expect([exit, existsSync(file)]).toEqual([5, true]);
});

test('where the inventory has no hosts, a playbook for the drones leads to the command that finds machines', async () => {
  mkdirSync(join(dir, 'empty'));
  writeFileSync(join(dir, 'empty/swarm.yml'), 'hosts: {}\n');
  const { exit, stderr } = await runSwarm(dir, ['run', 'build', 'a/b', '-i', 'empty']);
  expect([exit, stderr]).toEqual([5, expect.stringContaining('run: swarm hosts discover')]);
});

test.each([['hosts verify d3'], ['hosts trust d3 --yes'], ['hosts show d3'], ['hosts ssh d3'], ['exec d3 -- true']])(
  'swarm %s says that a key of the inventory is not there',
  async (command) => {
    const { stderr } = await runSwarm(dir, [
      ...(command.split(' -- ')[0]?.split(' ') ?? []),
      '-i',
      'keyless',
      ...(command.includes(' -- ') ? ['--', 'true'] : []),
    ]);
    expect(stderr).toContain('warning[SW1312]: this machine does not have the key /no/such-key\n --> keyless/swarm.yml:1');
  },
);
