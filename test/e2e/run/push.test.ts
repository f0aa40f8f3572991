import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLabProject, journalOf, type LabProject } from '../lab-project.ts';

/** Rolling a change out: the canary first, only what differs, nothing where nothing differs. */
let project: LabProject;
const FILES = 60;

beforeAll(async () => {
  project = await createLabProject(3);
  for (let n = 0; n < FILES; n++) project.writeFile(`files/push/part${n % 6}/file-${n}.conf`, `value = ${n}\n`.repeat(20));
});
afterAll(() => project[Symbol.asyncDispose]());

const target = (name: string, path: string): string => join(project.drone(name).dir, 'etc/swarm', path);
const NAMES = ['d1', 'd2', 'd3'];

test('a first push brings everything to everyone, a second changes nothing', async () => {
  const first = await project.json('push');
  expect([first.exit, NAMES.map((name) => first.json.hosts[name]?.changed)]).toEqual([0, [1, 1, 1]]);
  for (const name of NAMES) {
    const files = readdirSync(target(name, '.'), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    expect(files).toHaveLength(FILES + 1);
  }
  const second = await project.json('push');
  expect([second.exit, NAMES.map((name) => [second.json.hosts[name]?.changed, second.json.hosts[name]?.ok])]).toEqual([
    0,
    NAMES.map(() => [0, 1]),
  ]);
});

test('one changed file is the only one written, on every host; after that nothing is', async () => {
  const written = (): readonly string[] => NAMES.map((name) => readFileSync(target(name, 'part1/file-7.conf'), 'utf8'));
  project.writeFile('files/push/part1/file-7.conf', 'value = other\n');
  const check = await project.json('push', '--check');
  expect(NAMES.map((name) => check.json.hosts[name]?.changed)).toEqual([1, 1, 1]);
  expect(new Set(written())).toEqual(new Set(['value = 7\n'.repeat(20)]));
  const { exit, json } = await project.json('push');
  expect([exit, NAMES.map((name) => json.hosts[name]?.changed)]).toEqual([0, [1, 1, 1]]);
  expect(new Set(written())).toEqual(new Set(['value = other\n']));
  const changes = journalOf(project.dir).filter((event) => event.type === 'task.changed');
  expect(JSON.stringify(changes)).not.toMatch(/file-8/);
  const last = await project.json('push');
  expect(NAMES.map((name) => last.json.hosts[name]?.changed)).toEqual([0, 0, 0]);
});

test('a check tells the version of each host and what somebody changed there; nothing changes', async () => {
  writeFileSync(target('d2', 'motd'), 'odd\n');
  const { exit, json, stderr } = await project.json('push', '--check');
  const { trees } = json as unknown as { readonly trees: readonly Record<string, unknown>[] };
  expect(exit, stderr).toBe(0);
  expect(trees.map(({ host, status, changed_there }) => [host, status, changed_there])).toEqual([
    ['d1', 'current', []],
    ['d2', 'changed', ['motd']],
    ['d3', 'current', []],
  ]);
  expect(trees[0]?.['version']).toMatchObject({ number: 2, run: expect.stringMatching(/./) });
  expect(readFileSync(target('d2', 'motd'), 'utf8')).toBe('odd\n');
});

test('a rollback goes back to a version', async () => {
  const content = (name: string): string => readFileSync(target(name, 'part1/file-7.conf'), 'utf8');
  const { exit, json } = await project.json('push', '--rollback', '1', '-l', 'd1');
  expect([exit, json.hosts['d1']?.changed]).toEqual([0, 1]);
  expect(NAMES.map(content)).toEqual(
    ['value = 7\n', 'value = other\n', 'value = other\n'].map((text) => (text.includes('7') ? text.repeat(20) : text)),
  );
  writeFileSync(target('d1', 'part1/file-7.conf'), 'value = other\n');
});

test('a check that fails on the canary stops the rest, and the canary has the old tree', async () => {
  project.writeFile('files/push/part1/file-7.conf', 'bad\n');
  const checks = JSON.stringify({ checks: [{ command: ['false'], within: '1s' }] });
  const { exit, json } = await project.json('push', '-e', checks);
  expect([exit, json.errors[0]?.code, json.errors[0]?.host]).toEqual([8, 'SW6030', 'd1']);
  expect(NAMES.map((name) => readFileSync(target(name, 'part1/file-7.conf'), 'utf8'))).toEqual(NAMES.map(() => 'value = other\n'));
  project.writeFile('files/push/part1/file-7.conf', 'value = other\n');
});

test('a canary that fails stops the rest: exit 8, the others are as they were', async () => {
  const canary = join(project.drone('d1').dir, 'etc/swarm');
  rmSync(canary, { recursive: true });
  writeFileSync(canary, 'in the way');
  project.writeFile('files/push/motd', 'new\n');
  const before = ['d2', 'd3'].map((name) => project.drone(name).commands.length);
  const { exit, json } = await project.json('push');
  expect(exit).toBe(8);
  expect(json.errors.map(({ code }) => code)).toContain('SW6013');
  expect(json.errors[0]).toMatchObject({ host: 'd1' });
  expect([json.hosts['d1']?.failed, json.hosts['d2']?.changed, json.hosts['d3']?.changed]).toEqual([1, 0, 0]);
  expect(['d2', 'd3'].map((name) => project.drone(name).commands.length)).toEqual(before);
  for (const name of ['d2', 'd3']) expect(readFileSync(target(name, 'motd'), 'utf8')).not.toBe('new\n');
  expect(existsSync(canary)).toBe(true);
});

test('when the canary is mended the change reaches all, in the order canary, half, rest', async () => {
  rmSync(join(project.drone('d1').dir, 'etc/swarm'));
  mkdirSync(target('d1', '.'), { recursive: true });
  const { exit } = await project.json('push');
  expect([exit, NAMES.map((name) => readFileSync(target(name, 'motd'), 'utf8'))]).toEqual([0, ['new\n', 'new\n', 'new\n']]);
  const order = journalOf(project.dir).flatMap((event) => (event.type === 'task.finished' ? [event.host] : []));
  expect(order[0]).toBe('d1');
});

test('a drone that is off stops no other: the first that answers is the canary, exit 4, and resume brings it the files', async () => {
  const off = project.drone('d1');
  await off.down();
  project.writeFile('files/push/motd', 'newest\n');
  const { exit, json } = await project.json('push');
  expect([exit, NAMES.map((name) => json.hosts[name]?.changed)]).toEqual([4, [0, 1, 1]]);
  expect(json.hosts['d1']?.unreachable).toBe(1);
  await off.up();
  const resumed = await project.json('runs', 'resume', 'last');
  expect([resumed.exit, readFileSync(target('d1', 'motd'), 'utf8')]).toEqual([0, 'newest\n']);
});

test('a push of a revision that fails, or that was killed, leaves no checkout', async () => {
  const checkouts = join(project.dir, '.swarm/checkouts');
  const git = (...words: readonly string[]) =>
    spawnSync('git', ['-C', join(project.dir, 'files/push'), '-c', 'user.name=a', '-c', 'user.email=a@b', ...words]);
  for (const words of [
    ['init', '-q'],
    ['add', '.'],
    ['commit', '-qm', 'one'],
    ['tag', 'v1'],
  ])
    git(...words);
  project.writeFile('files/push/motd', 'later\n');
  const { pid: killed } = spawnSync('true');
  mkdirSync(join(checkouts, `${killed}/left`), { recursive: true });
  const playbook = readFileSync(join(project.dir, 'playbooks/push.yml'), 'utf8');
  project.writeFile('playbooks/release.yml', playbook.replace('"{{ source }}"', '$&\n              revision: v1'));
  const checks = JSON.stringify({ checks: [{ command: ['false'], within: '1s' }] });
  await project.json('push');
  const { exit, json } = await project.json('run', 'release', '-e', checks);
  expect([exit, json.errors[0]?.code, readdirSync(checkouts)]).toEqual([8, 'SW6030', []]);
  expect(existsSync(join(project.dir, 'binhost/.swarm/stage'))).toBe(false);
});
