import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { SwarmError, ValidationError } from '../../../../src/core/error/swarm-error.ts';
import { readPlaybookOptions } from '../../../../src/language/playbook/playbook-options.ts';
import { parsePlaybook } from '../../../../src/language/playbook/read-playbook.ts';
import { bindArgs, parseExtraVars } from '../../../../src/language/playbook/request/bind-args.ts';
import { fakeModules } from '../../fake-modules.ts';
import { fleetDir } from '../../fleet.ts';

const playbook = await parsePlaybook(
  'deploy.yml',
  `args:
  where: { positional: true, required: true, describe: Where to }
  packages: { type: list, positional: true }
  jobs: { type: int, min: 1, max: 64, default: 4 }
  fast: { type: bool }
  mode: { choices: [slow, quick], default: slow }
  file: { type: path }
vars: { colour: red }
plays: [{ hosts: all, tasks: [{ ping: }] }]
`,
  fakeModules,
);

const faults = (positional: readonly string[], extra = {}): readonly string[] => {
  try {
    bindArgs(playbook, positional, extra);
    return [];
  } catch (thrown) {
    if (thrown instanceof ValidationError) return thrown.problems.map(({ code, message }) => `${code} ${message}`);
    if (thrown instanceof SwarmError) return [`${thrown.code} ${thrown.message}`];
    throw thrown;
  }
};

test('arguments come by place, a list takes all that is left, and the defaults fill in', () => {
  expect(bindArgs(playbook, ['here', 'a', 'b'], {})).toEqual({
    where: 'here',
    packages: ['a', 'b'],
    jobs: 4,
    fast: false,
    mode: 'slow',
    file: null,
  });
});

test('-e also sets what the playbook only uses, tests or sets while it runs, and a long list of names is cut', async () => {
  const tasks = `
      - { command: look, register: out, when: defined(flavour) }
      - set_fact: { colour: red }`;
  const args = [...'abcdefghijklmnop'].map((name) => `  ${name}: { default: 1 }`).join('\n');
  const uses = await parsePlaybook('uses.yml', `args:\n${args}\nplays:\n  - hosts: all\n    tasks:${tasks}\n`, fakeModules);
  expect(bindArgs(uses, [], { flavour: 'x', colour: 'y', out: 'z' })).toMatchObject({ flavour: 'x', colour: 'y', out: 'z' });
  const hint = 'Use one of: a, b, c, d, e, f, g, h, i, j, k, l and 7 more';
  expect(() => bindArgs(uses, [], { unknown: 1 })).toThrow(expect.objectContaining({ hint }));
});

test('-e gives them by name, converted to the declared type', () => {
  const extra = parseExtraVars(['where=there', 'jobs=8', 'fast=yes', 'packages=a,b', 'mode=quick', 'colour=blue']);
  expect(bindArgs(playbook, [], extra)).toEqual({
    where: 'there',
    packages: ['a', 'b'],
    jobs: 8,
    fast: true,
    mode: 'quick',
    file: null,
    colour: 'blue',
  });
});

test.each([
  ['fast: false', 'no', false],
  ['fast: false', 'Yes', true],
  ['fast: true', 'maybe', 'maybe'],
  ['fast: true', 'constructor', 'constructor'],
  ['fast: true', '__proto__', '__proto__'],
  ['fast: 80', '8080', 8080],
  ['fast: 80', '-1', -1],
  ['fast: 80', '010', '010'],
  ['fast: 80', '1e3', '1e3'],
  ['fast: 80', '', ''],
  ['fast: 1.9', '1.10', '1.10'],
  ['fast: "80"', '8080', '8080'],
  ['fast: "no"', 'yes', 'yes'],
  ['fast: [a]', 'true', 'true'],
])('with the default %s the text %s of -e is %j', async (vars, text, value) => {
  const source = `plays:\n  - hosts: all\n    vars: { ${vars} }\n    tasks: [{ ping: }]\n`;
  expect(parseExtraVars([`fast=${text}`], await parsePlaybook('a.yml', source, fakeModules))).toEqual({ fast: value });
});

test.each(['roles: [web]', 'tasks: [{ import_role: { name: web } }]', 'tasks: [{ include_role: { name: web } }]'])(
  'the default may stand in a role: %s',
  async (uses) => {
    const dir = mkdtempSync(join(tmpdir(), 'swarm-role-default-'));
    try {
      for (const each of ['defaults', 'tasks']) mkdirSync(join(dir, 'roles/web', each), { recursive: true });
      writeFileSync(join(dir, 'roles/web/defaults/main.yml'), 'fast: true\n');
      writeFileSync(join(dir, 'roles/web/tasks/main.yml'), '- { ping: , when: fast }\n');
      const web = await parsePlaybook(join(dir, 'a.yml'), `plays: [{ hosts: all, ${uses} }]\n`, fakeModules);
      expect(parseExtraVars(['fast=no'], web)).toEqual({ fast: false });
    } finally {
      rmSync(dir, { recursive: true });
    }
  },
);

test('where two plays have defaults of two types, a text of -e stays a text', async () => {
  const play = (vars: string) => `  - hosts: all\n    vars: { ${vars} }\n    tasks: [{ ping: }]\n`;
  const mixed = await parsePlaybook('a.yml', `plays:\n${play('fast: true')}${play('fast: "yes"')}`, fakeModules);
  expect(parseExtraVars(['fast=no'], mixed)).toEqual({ fast: 'no' });
});

test('a text of JSON or of a file stays a text', async () => {
  const source = 'plays:\n  - hosts: all\n    vars: { fast: 80, answer: 1 }\n    tasks: [{ ping: }]\n';
  const playbook = await parsePlaybook('a.yml', source, fakeModules);
  expect(parseExtraVars(['{"fast": "8080"}'], playbook)).toEqual({ fast: '8080' });
});

test('a null that is given for an argument is not taken for one that is missing', () => {
  expect(faults(['here'], { jobs: null })).toEqual([expect.stringMatching(/^SW1205 jobs takes/)]);
});

test('-e reads files and JSON, later ones win', () => {
  expect(parseExtraVars(['a=1', '{"a": 2, "b": [1]}', `@${join(fleetDir, 'playbooks/vars.yml')}`])).toEqual({ a: 2, b: [1], answer: 42 });
  expect(parseExtraVars(['{"v": 1.0, "w": {"l": [3.10]}, "n": 7}'])).toEqual({ v: '1.0', w: { l: ['3.10'] }, n: 7 });
});

test('what does not fit is told, all at once', () => {
  expect(faults([])).toEqual(['SW1205 where is missing (Where to)']);
  expect(faults(['x'], { jobs: 'many', fast: 'constructor', mode: 'quik', colur: 1 })).toEqual([
    'SW1205 deploy has no argument `colur`',
    'SW1205 jobs takes a whole number from 1 to 64, not "many"',
    'SW1205 fast takes true or false, not "constructor"',
    'SW1205 mode takes slow, quick, not "quik"',
  ]);
});

test('an option is named as it was typed, and the hint is a command', () => {
  const { positional, named, typed } = readPlaybookOptions(playbook, ['here', '--jobs', '0'], []);
  expect(() => bindArgs(playbook, positional, named, [], typed)).toThrow(
    expect.objectContaining({
      message: '--jobs takes a whole number from 1 to 64, not "0"',
      hint: expect.stringMatching(/^To see what it takes, run: swarm run .*deploy.yml --help$/),
    }),
  );
});

test('variables of the inventory may be set where they are known', () => {
  expect(faults(['x'], { makeopts: '-j1' })).toHaveLength(1);
  expect(bindArgs(playbook, ['x'], { makeopts: '-j1' }, ['makeopts'])).toMatchObject({ makeopts: '-j1' });
});

test.each(['pkg', '=x', 'a b=1', '{"a":', '@/nowhere/at/all'])('-e %s is an error of the command line', (text) => {
  expect(() => parseExtraVars([text])).toThrow(expect.objectContaining({ code: 'SW1205' }));
});

test.each(['0', '-1', '65', '1.5', '', '99999999999999999999'])('a number out of its range is a fault of the command line: %j', (jobs) => {
  expect(faults(['here'], { jobs })).toEqual([`SW1205 jobs takes a whole number from 1 to 64, not "${jobs}"`]);
});

test('every number that a built-in playbook takes has a least value', async () => {
  const folder = join(import.meta.dirname, '../../../../playbooks');
  const files = (await readdir(folder)).filter((file) => file.endsWith('.yml'));
  const args = files.flatMap((file) => Object.entries((parse(readFileSync(join(folder, file), 'utf8')) as { args?: object }).args ?? {}));
  const open = args.filter(([, arg]: readonly [string, { type?: string; min?: number }]) => arg.type === 'int' && arg.min === undefined);
  expect(open).toEqual([]);
});

test('a name that every object has is a name as any other for -e', () => {
  for (const text of ['__proto__=1', '{"__proto__": {"given": 1}}']) expect(Object.keys(parseExtraVars([text]))).toEqual(['__proto__']);
});
