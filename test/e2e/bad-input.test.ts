import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLabProject, type LabProject, packageFiles, published } from './lab-project.ts';
import { runSwarm } from './run-program.ts';

/** What a person got wrong is told once, with its code, its place and the way out; no host hears of it. */
let project: LabProject;

beforeAll(async () => {
  project = await createLabProject(1);
});
afterAll(() => project[Symbol.asyncDispose]());

const playbook = (tasks: string, more = ''): string => `${more}plays:\n  - name: P\n    hosts: drones\n    tasks:\n${tasks}`;

interface Wrong {
  readonly what: string;
  readonly words: readonly string[];
  readonly exit: number;
  readonly code: string;
  readonly tells: readonly RegExp[];
  /** Text of playbooks/wrong.yml. */
  readonly file?: string;
}

const files: readonly Wrong[] = [
  {
    what: 'an unknown module',
    file: playbook('      - name: T\n        comand: { argv: ["true"] }\n'),
    words: ['run'],
    exit: 6,
    code: 'SW1111',
    tells: [/comand/, /:6:9/, /command/],
  },
  {
    what: 'an unknown argument of a module',
    file: playbook('      - name: T\n        copy: { dst: /tmp/x, content: hi }\n'),
    words: ['run'],
    exit: 6,
    code: 'SW1112',
    tells: [/dst/, /:6:17/, /dest/],
  },
  {
    what: 'a wrong type',
    file: playbook('      - name: T\n        retries: often\n        until: "true"\n        command: { argv: ["true"] }\n'),
    words: ['run'],
    exit: 6,
    code: 'SW1109',
    tells: [/retries/, /:6:18/, /often/],
  },
  {
    what: 'an undefined variable in an expression',
    file: playbook('      - name: T\n        when: colour == "red"\n        command: { argv: ["true"] }\n'),
    words: ['run'],
    exit: 6,
    code: 'SW1108',
    tells: [/colour/, /:6:15/],
  },
  {
    what: 'an undefined variable in a template',
    file: playbook('      - name: T\n        command: { argv: ["echo", "{{ colour }}"] }\n'),
    words: ['run'],
    exit: 6,
    code: 'SW1108',
    tells: [/colour/, /:6:/],
  },
  {
    what: 'a group that the inventory does not have',
    file: playbook('      - name: T\n        command: { argv: ["true"] }\n').replace('hosts: drones', 'hosts: drons'),
    words: ['run'],
    exit: 6,
    code: 'SW1102',
    tells: [/drons/, /:3:12/, /drones/],
  },
  {
    what: 'an argument of the playbook of the wrong type',
    file: playbook(
      '      - name: T\n        command: { argv: ["true"] }\n',
      'args:\n  count: { type: int, required: true, positional: true }\n',
    ),
    words: ['run', '@', 'many'],
    exit: 5,
    code: 'SW1205',
    tells: [/count/, /many/, /int|number/],
  },
  {
    what: 'an argument of the playbook that is missing',
    file: playbook(
      '      - name: T\n        command: { argv: ["true"] }\n',
      'args:\n  count: { type: int, required: true, positional: true }\n',
    ),
    words: ['run', '@'],
    exit: 5,
    code: 'SW1205',
    tells: [/count/],
  },
  {
    what: 'an argument of the playbook that it does not have',
    file: playbook('      - name: T\n        command: { argv: ["true"] }\n', 'args:\n  count: { type: int, default: 1 }\n'),
    words: ['run', '@', '-e', 'cuont=2'],
    exit: 5,
    code: 'SW1205',
    tells: [/cuont/, /count/],
  },
  {
    what: 'a network that is none',
    words: ['hosts', 'discover', '--network', '1.2.3'],
    exit: 5,
    code: 'SW1202',
    tells: [/1\.2\.3 is not an IPv4 network/, /10\.42\.0\.0\/24/],
  },
  {
    what: 'a word too many',
    file: playbook('      - name: T\n        command: { argv: ["true"] }\n'),
    words: ['run', '@', 'surplus'],
    exit: 5,
    code: 'SW1205',
    tells: [/surplus/],
  },
];

describe('a file', () => {
  test.concurrent.each(files)('with $what: $code, exit $exit, no host touched', async ({ what, file = '', words, exit, code, tells }) => {
    const name = what.replace(/\W+/g, '-');
    project.writeFile(`playbooks/${name}.yml`, file);
    const full = words.length === 1 ? [...words, name] : words.map((word) => (word === '@' ? name : word));
    const ended = await project.swarm(...full);
    expect([ended.exit, ended.stdout]).toEqual([exit, '']);
    expect(ended.stderr.match(/^error\[SW\d+\]/gm)).toEqual([`error[${code}]`]);
    for (const each of tells) expect(ended.stderr).toMatch(each);
    expect(ended.stderr).not.toMatch(/^ {4}at /m);
    expect(project.drone('d1').commands).toEqual([]);
  });

  test('with several problems tells all of them at once', async () => {
    project.writeFile('playbooks/several.yml', playbook('      - comand: x\n      - copy: { dst: y }\n        whenn: "true"\n'));
    const { exit, stderr } = await project.swarm('run', 'several');
    expect(exit).toBe(6);
    for (const each of [/comand/, /dst/, /whenn/]) expect(stderr).toMatch(each);
  });

  test('of the inventory that is wrong: exit 6 with its place, whatever the command', async () => {
    const wrong = await project.another((text) =>
      text.replace('groups:\n      - drones', 'grops:\n      - drones').replace('groups: [', 'grops: ['),
    );
    for (const words of [['hosts', 'list'], ['check'], ['run', 'push']]) {
      const { exit, stdout, stderr } = await wrong.swarm(...words);
      expect([words, exit, stdout]).toEqual([words, 6, '']);
      expect(stderr).toMatch(/SW1104.*grops[\s\S]*swarm\.yml:\d+:\d+[\s\S]*groups/);
    }
  });

  test('a missing project is told with what makes one', async () => {
    const empty = mkdtempSync(join(tmpdir(), 'swarm-e2e-empty-'));
    for (const words of [
      ['run', 'build', 'a/b'],
      ['hosts', 'list'],
      ['status'],
      ['exec', 'all', '--', 'true'],
      ['runs', 'list'],
      ['check'],
    ]) {
      const { exit, stdout, stderr } = await runSwarm(empty, words);
      expect([words, exit, stdout]).toEqual([words, 5, '']);
      expect(stderr).toMatch(/SW1206.*inventory[\s\S]*swarm init/);
    }
    expect(readdirSync(empty)).toEqual([]);
    rmSync(empty, { recursive: true });
  });

  test('an inventory file that is not there is named', async () => {
    const { exit, stdout, stderr } = await project.swarm('-i', 'inventory/none.yml', 'hosts', 'list');
    expect([[5, 6].includes(exit), stdout]).toEqual([true, '']);
    expect(stderr).toMatch(/error\[SW1\d+\].*none\.yml/);
    expect(stderr).not.toMatch(/^ {4}at /m);
  });
});

test('a package list is read by check, and before a build asks a host: every bad entry and line is reported with its place', async () => {
  const wrong = await project.another((text) => `${text}targets: { desktop: { packages: [lists/desktpo.txt, lists/bad.txt] } }\n`);
  wrong.writeFile('lists/desktop.txt', 'demo-libs/zip\n');
  wrong.writeFile('lists/bad.txt', 'demo-libs/zip\nzip\n');
  for (const words of [['check'], ['run', 'build'], ['check']]) {
    const { exit, stdout, stderr } = await wrong.swarm(...words);
    expect([words, exit, stdout]).toEqual([words, 6, '']);
    expect(stderr.match(/^error\[SW\d+\]/gm)).toEqual(['error[SW1308]', 'error[SW1308]']);
    expect(stderr).toMatch(/there is no package list lists\/desktpo.txt[\s\S]*swarm.yml:\d+:\d+[\s\S]*Did you mean `lists\/desktop.txt`/);
    expect(stderr).toMatch(/"zip" is not a package atom[\s\S]*lists\/bad.txt:2:1/);
  }
  expect(existsSync(join(wrong.dir, '.swarm/runs'))).toBe(false);
  expect(project.drone('d1').commands).toEqual([]);
});

describe('a selection', () => {
  test.concurrent.each([
    [['run', 'build', 'demo-libs/zip', '-l', 'drones:!d1'], 'SW1204'],
    [['run', 'push', '-l', '!all'], 'SW1204'],
    [['exec', 'd1:!d1', '--', 'true'], 'SW1204'],
    [['run', 'push', '-l', 'drons'], 'SW1203'],
    [['exec', 'd[7]', '--', 'true'], 'SW120'],
  ])('that is empty or unknown, %s: exit 5, nothing is run', async (words, code) => {
    const { exit, stdout, stderr } = await project.swarm(...words);
    expect([exit, stdout]).toEqual([5, '']);
    expect(stderr).toContain(code);
    expect(project.drone('d1').commands).toEqual([]);
  });
});

describe('a package', () => {
  test.concurrent.each([
    'firefox;reboot',
    'rig-app/',
    'demo-libs/zip`id`',
    '$(reboot)',
    '../../etc',
    '=demo-libs/zip',
    'a b/c',
    '--sync',
    '-1',
  ])('called %s is not an atom: exit 5 before any host is asked', async (atom) => {
    const { exit, stdout, stderr } = await project.swarm('run', 'build', '--', atom);
    expect([exit, stdout]).toEqual([5, '']);
    expect(stderr).toMatch(/error\[SW1201\]/);
    expect(stderr).toContain(atom);
    expect(project.drone('d1').commands).toEqual([]);
  });
});

describe('a name on the command line', () => {
  test.concurrent.each([
    [['run', 'build', '--target', 'nope'], /no target is called nope[\s\S]*hint: Use one of: default/],
    [['run', 'build', '--target', 'defualt'], /no target is called defualt[\s\S]*hint: Did you mean default\?/],
    [['run', 'build', '--for', 'nope'], /no client is called nope[\s\S]*hint: Add to the inventory: targets: /],
    [['run', 'build', '--for', 'd1'], /d1 is not a client of a target[\s\S]*clients: \[d1\]/],
    [['run', 'build', '--for', 'all'], /target default has no clients[\s\S]*clients: \[NAME\]/],
    [['run', 'update', 'd1'], /d1 is not a client of a target[\s\S]*clients: \[d1\]/],
    [['run', 'update'], /no clients[\s\S]*clients: \[NAME\]/],
    [['run', 'update', 'nope'], /no host or group is called `nope`/],
    [['run', 'build', 'demo-libs/zip', '--allow-protected', 'nope'], /no host is called nope/],
    [['run', 'build', 'demo-libs/zip', '-l', 'nope'], /no host or group is called `nope`/],
    [['run', 'push', '--detach', '-l', 'nope'], /no host or group is called `nope`/],
  ])('that is none, %s: SW1203 and exit 5; nothing is connected to, and no run is left', async (words, tells) => {
    const empty = await project.another();
    const { exit, stdout, stderr } = await empty.swarm(...words);
    expect([exit, stdout]).toEqual([5, '']);
    expect(stderr).toMatch(tells);
    expect(stderr.match(/^error\[SW\d+\]/gm)).toEqual(['error[SW1203]']);
    const runs = join(empty.dir, '.swarm/runs');
    expect(existsSync(runs) ? readdirSync(runs) : []).toEqual([]);
  });
});

// after those above, which ask for no command on d1
describe('a package that cannot be built', () => {
  test.concurrent.each([
    ['demo-app/masked', 2, 'SW6004', /package\.mask|[Mm]asked/],
    ['demo-app/testing', 2, 'SW6004', /keyword/],
    ['demo-app/licensed', 2, 'SW6004', /DEMO-EULA|licen[sc]e/],
    ['demo-app/nowhere', 2, 'SW6005', /demo-app\/nowhere/],
    ['demo-app/orphan', 2, 'SW6005', /demo-libs\/nowhere/],
    ['demo-app/poster', 2, 'SW6006', /draw-3\.2 svg/],
    ['demo-libs/hen', 2, 'SW6007', /egg/],
  ] as const)('%s: exit %i, %s, one error that names it; nothing is built', async (atom, exit, code, tells) => {
    const ended = await project.json('run', 'build', atom);
    expect([ended.exit, ended.json.errors.map((error) => error.code)]).toEqual([exit, [code]]);
    expect(JSON.stringify(ended.json.errors[0])).toMatch(tells);
    expect(ended.json.errors[0]?.hint).toEqual(expect.stringMatching(/./));
    expect([ended.json.items, ended.json.published, published(project.dir)]).toEqual([[], [], []]);
  });

  test('that does not compile: exit 2, the package named, the error lines shown; its dependency is published, it is not', async () => {
    const { exit, stdout, stderr } = await project.swarm('run', 'build', 'demo-app/broken');
    expect(exit).toBe(2);
    expect(stderr).toMatch(/error\[SW6003\]: d1: demo-app\/broken-1\.0 .*compile/);
    expect(stderr).toMatch(/broken\.c:3:10: fatal error: nosuch\.h/);
    expect(stdout).toMatch(/1 failed/);
    expect(published(project.dir).map(({ cpv }) => cpv)).toEqual(['demo-libs/base-2.1-r1']);
    expect(packageFiles(project.dir).filter((path) => path.includes('broken'))).toEqual([]);
    expect((await project.swarm('binhost', 'check', '--deep')).exit).toBe(0);
  });

  test('whose source is gone: exit 2 and the file named', async () => {
    const { exit, json } = await project.json('run', 'build', 'demo-app/lost');
    expect([exit, json.errors.map(({ code }) => code)]).toEqual([2, ['SW6009']]);
    expect(JSON.stringify(json.errors)).toMatch(/lost-2\.0/);
  });

  test('not to be handed on is refused before anything is built: exit 9', async () => {
    const { exit, json } = await project.json('run', 'build', 'demo-app/restricted');
    expect([exit, json.errors.map(({ code }) => code), json.items, json.published]).toEqual([9, ['SW4007'], [], []]);
    expect(packageFiles(project.dir).filter((path) => path.includes('restricted'))).toEqual([]);
  });
});

test('a project without a binhost folder makes it only when something is published', async () => {
  const fresh = await project.another();
  rmSync(join(fresh.dir, 'binhost'), { recursive: true });
  expect((await fresh.swarm('run', 'build', 'demo-app/masked')).exit).toBe(2);
  expect(existsSync(join(fresh.dir, 'binhost/Packages'))).toBe(false);
});
