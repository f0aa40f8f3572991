import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { ValidationError } from '../../../src/core/error/swarm-error.ts';
import type { Playbook } from '../../../src/core/playbook/playbook-model.ts';
import { listTasks, type Task, type TaskBlock } from '../../../src/core/playbook/step-model.ts';
import { inspectPlaybook, parsePlaybook, readPlaybook } from '../../../src/language/playbook/read-playbook.ts';
import { fakeModules } from '../fake-modules.ts';
import { fleet, fleetDir } from '../fleet.ts';

let playbook: Playbook;
beforeAll(async () => {
  playbook = await readPlaybook(join(fleetDir, 'playbooks/build.yml'), fakeModules, fleet());
});

const task = (play: number, ...way: number[]): Task => {
  let step = playbook.plays[play]?.steps[way[0] ?? 0];
  for (const i of way.slice(1)) step = (step as TaskBlock).block[i];
  return step as Task;
};

test('a playbook has its name, its declared arguments and its variables, those of files too', () => {
  expect(playbook).toMatchObject({ name: 'build', describe: 'Build packages on whichever drone is free' });
  expect(playbook.args.map(({ name, type, positional, required }) => [name, type, positional, required])).toEqual([
    ['packages', 'list', true, true],
    ['jobs', 'int', false, false],
    ['mode', 'string', false, false],
  ]);
  expect(playbook.args[2]).toMatchObject({ choices: ['fast', 'slow'], default: 'fast' });
  expect(playbook.vars).toEqual({ greeting: 'building {{ packages }}', answer: 42 });
});

test('a play keeps what Ansible calls it', () => {
  expect(playbook.plays[0]).toMatchObject({
    name: 'Plan',
    hosts: 'drones:&andromeda',
    runOnce: true,
    become: { method: 'sudo', user: 'portage' },
    serial: [1, '30%'],
    maxFailPercentage: 25,
    anyErrorsFatal: false,
    tags: ['plan', 'early', 'late'],
    environment: { MAKEOPTS: '-j{{ jobs }}', LEVEL: '3' },
    strategy: 'linear',
    order: 'inventory',
  });
  expect(playbook.plays[1]).toMatchObject({ hosts: 'drones,!drone-tarn', strategy: 'free', order: 'sorted', anyErrorsFatal: true });
});

test('a queue has its expressions, and three attempts unless told otherwise', () => {
  expect(playbook.plays[1]?.queue).toMatchObject({
    items: { source: 'plan.packages' },
    id: { source: 'item.cpv' },
    needs: { source: 'item.needs' },
    attempts: 3,
  });
});

test('a list of conditions is kept one by one, each with its place', () => {
  expect(task(0, 0).when.map(({ source, at }) => [source, at.line, at.column])).toEqual([
    ['size(packages) > 0', 27, 13],
    ['facts.distribution == "gentoo"', 28, 13],
  ]);
});

test('blocks have rescue and always; imports are blocks of what the file holds, relative to the file that names them', () => {
  const [, block, imported] = playbook.plays[0].steps as readonly TaskBlock[];
  expect([block?.block.length, block?.rescue.length, block?.always.length]).toEqual([1, 1, 1]);
  expect(imported).toMatchObject({ kind: 'block', vars: { folder: '/tmp' }, tags: ['files'] });
  expect(imported?.block[0]).toMatchObject({ at: { file: 'playbooks/tasks/common.yml' } });
  expect(task(0, 2, 1, 0).args).toEqual({ msg: '{{ answer }}' });
});

test('every task has an id of its own', () => {
  const ids: string[] = [];
  for (const play of playbook.plays) ids.push(...listTasks([...play.steps, ...play.handlers]).map(({ id }) => id));
  expect(ids).toEqual(['0.0', '0.1.0', '0.1.r0', '0.1.a0', '0.2.0', '0.2.1.0', '0.h0', '1.0', '1.1', '1.2']);
});

test('a bare value becomes the argument that the module says, and is found in the file', () => {
  expect(task(1, 0).args).toEqual({ atom: '={{ item.cpv }}' });
  expect(task(1, 0).locate(['atom'])).toMatchObject({ line: 54, column: 17 });
  expect(task(0, 0)).toMatchObject({ module: 'command', args: { cmd: ['emerge', '{{ packages }}'] } });
  expect(task(0, 0).locate(['cmd', 1])).toMatchObject({ line: 23, column: 43, length: 16 });
  expect(task(1, 1).locate(['mode'])).toMatchObject({ line: 60, text: expect.stringContaining('0644') });
});

test('times, retries, loops and the rest of a task', () => {
  expect(task(1, 0)).toMatchObject({
    timeoutMs: 14_400_000,
    retries: 2,
    delayMs: 90_000,
    until: [{ source: 'built.failed == false' }],
    register: 'built',
  });
  expect(task(1, 1)).toMatchObject({ loop: [1, '{{ mode }}'], loopVar: 'each', become: false, noLog: true, check: false, diff: true });
  expect(task(1, 2)).toMatchObject({ loop: { source: 'plan.packages.map(p, p.cpv)' }, loopVar: 'item', failedWhen: [{ source: 'false' }] });
  expect(playbook.plays[0]?.handlers[0]).toMatchObject({ name: 'tell', listen: ['done'], id: '0.h0' });
});

describe('what is written', () => {
  const read = (text: string, inventory = true) => parsePlaybook('p.yml', text, fakeModules, inventory ? fleet() : undefined);
  const play = (tasks: string) => `plays:\n  - hosts: drones\n    tasks:\n${tasks.replace(/^/gm, '      ')}`;
  const codesOf = async (text: string, inventory = true) => {
    try {
      await read(text, inventory);
      return [];
    } catch (thrown) {
      return thrown instanceof ValidationError ? thrown.problems.map(({ code }) => code) : [String(thrown)];
    }
  };

  test('may be a bare list of plays, as in Ansible', async () => {
    expect((await read('- hosts: drones\n  tasks:\n    - ping:\n')).plays[0].steps).toHaveLength(1);
  });

  test('may ask for what the inventory defines; without the inventory any name may be a variable of a host', async () => {
    expect(await codesOf(play('- debug: "{{ makeopts }}"'))).toEqual([]);
    expect(await codesOf(play('- debug: "{{ makeotps }}"'))).toEqual(['SW1108']);
    expect(await codesOf(play('- debug: "{{ makeotps }}"'), false)).toEqual([]);
  });

  test('sees a variable only where it is defined', async () => {
    expect(await codesOf(play('- debug: "{{ x }}"\n  vars: { x: 1 }\n- debug: "{{ x }}"'))).toEqual(['SW1108']);
    expect(await codesOf(play('- debug: "{{ item }}"'))).toEqual(['SW1108']);
  });

  test('is checked against the arguments of a module except where a template decides', async () => {
    expect(await codesOf(play('- emerge: { atom: x, jobs: "{{ facts.cores }}" }'))).toEqual([]);
    expect(await codesOf(play('- emerge: { atom: x, jobs: many }'))).toEqual(['SW1112']);
    expect(await codesOf(play('- emerge: { atom: x, jobs: "{{ facts.cores }}", opts: [] }'))).toEqual(['SW1112']);
  });

  test('is told whole: problems of all files, by file and place', async () => {
    const many = play(Array.from({ length: 30 }, (_, i) => `- nope${i}: 1`).join('\n'));
    expect(await codesOf(many)).toHaveLength(30);
    expect(await codesOf('plays:\n  - hosts: drnes\n    tasks: [{ ping: }, { pong: }]\nplas: 1\n')).toEqual(['SW1102', 'SW1111', 'SW1104']);
  });

  test('of a file that is empty, a text or a list of texts is a problem, not a crash', async () => {
    for (const text of ['', 'x', 'args: 1', '- x', '[]', 'plays:', 'plays: []', 'plays: [1]', 'plays: [{}]', '{}', 'null']) {
      expect(await codesOf(text), text).toContainEqual(expect.stringMatching(/^SW1/));
    }
  });
});

test('playbooks that are read together parse a file once that both of them name', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'swarm-parsed-'));
  const file = join(dir, 'part.yml');
  writeFileSync(file, '- debug: a\n');
  const parsed = new Map();
  const read = (name: string) =>
    inspectPlaybook(join(dir, name), '- hosts: all\n  tasks: [{ import_tasks: part.yml }]\n', { modules: fakeModules, parsed });
  await read('a.yml');
  writeFileSync(file, '- [');
  const { problems, playbook: second } = await read('b.yml');
  rmSync(dir, { recursive: true });
  expect(problems).toEqual([]);
  expect(listTasks(second?.plays[0]?.steps ?? [])).toMatchObject([{ module: 'debug', args: { msg: 'a' } }]);
});
