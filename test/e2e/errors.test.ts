import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { packageRoot } from '../../src/core/program/package-root.ts';
import { runSwarm, runSwarmJson } from './run-program.ts';

/** A project with localhost only, and modules that fail in every way. */
let dir: string;
const file = (path: string, text: string): void => {
  mkdirSync(join(dir, path, '..'), { recursive: true });
  writeFileSync(join(dir, path), text);
};
const play = (name: string, task: string): void =>
  file(`playbooks/${name}.yml`, `plays:\n  - hosts: localhost\n    tasks:\n      - { name: T, ${task} }\n`);

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'swarm-errors-'));
  file('inventory/swarm.yml', 'hosts: {}\n');
  file(
    'modules/boom.ts',
    `import { defineModule, ModuleError, z } from 'build-swarm';

function api(how: string): void {
  if (how === 'own') throw new ModuleError('ACME01', 'no such zone', { hint: 'Create the zone.', result: { status: 404 } });
  throw new Error('my API said 503');
}

export default defineModule({
  summary: 'fails',
  args: z.strictObject({ how: z.string(), at: z.enum(['run', 'apply']).default('run') }),
  example: 'boom: { how: plain }',
  async *run(_probe, { how, at }: { how: string; at: string }) {
    if (at === 'run') api(how);
    yield { verb: 'update' as const, subject: 'x', apply: async () => api(how) };
    return {};
  },
});
`,
  );
  file('modules/early.ts', "import { z } from 'build-swarm';\n\nthrow new Error('no licence file');\n");
  file('modules/shape.ts', "import { z } from 'build-swarm';\nexport default { summary: 's', args: z.object({}) };\n");
  file('modules/syntax.ts', "export default {\n  summary: 's',\n  args: 3 + ,\n};\n");
  for (const how of ['plain', 'own']) for (const at of ['run', 'apply']) play(`boom-${how}-${at}`, `boom: { how: ${how}, at: ${at} }`);
  play('judged', 'boom: { how: own }, failed_when: "result.status != 404"');
  for (const name of ['early', 'shape', 'syntax']) play(name, `${name}: {}`);
  play('become', 'command: id, become: true');
  play('id', 'command: id');
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

describe('an error in a module of the project is a failure of that module', () => {
  test.each(['run', 'apply'])('thrown in %s: exit 2, its message, its file and line, no stack', async (at) => {
    const { exit, json } = await runSwarmJson(dir, ['run', `boom-plain-${at}`]);
    expect(exit).toBe(2);
    expect(json.errors).toEqual([
      {
        code: 'SW6015',
        message: 'module boom failed: my API said 503',
        host: 'localhost',
        at: { file: 'modules/boom.ts', line: 5, column: 3, length: 35, text: "  throw new Error('my API said 503');" },
      },
    ]);
    expect(json.hosts['localhost']).toMatchObject({ failed: 1, unreachable: 0, refused: 0 });
  });

  test('a person reads it with the line of the module', async () => {
    const { stdout, stderr } = await runSwarm(dir, ['run', 'boom-plain-run']);
    const text = stdout + stderr;
    expect(text).toContain('error[SW6015]: localhost: module boom failed: my API said 503');
    expect(text).toContain('--> modules/boom.ts:5:3');
    expect(text).not.toMatch(/^\s+at /m);
  });

  test('with a code and a hint of its own: exit 2', async () => {
    const { exit, json } = await runSwarmJson(dir, ['run', 'boom-own-apply']);
    expect([exit, json.errors]).toMatchObject([
      2,
      [{ code: 'ACME01', message: 'no such zone', hint: 'Create the zone.', at: { line: 4 } }],
    ]);
  });

  test('its result is there for failed_when', async () => {
    expect((await runSwarmJson(dir, ['run', 'judged'])).json).toMatchObject({ exit: 0, errors: [], hosts: { localhost: { failed: 0 } } });
  });

  test.each([
    ['early', 'module early cannot be loaded: no licence file', { line: 3, column: 1 }],
    ['syntax', 'module syntax cannot be loaded: Unexpected token', { line: 3, column: 13 }],
    ['shape', 'module shape has a wrong form: its run is not a function', { line: 2, column: 1 }],
  ])('a file that is wrong itself is invalid: %s', async (name, message, at) => {
    const { exit, json } = await runSwarmJson(dir, ['run', name]);
    expect([exit, json.errors]).toMatchObject([6, [{ code: 'SW1111', message, at: { file: `modules/${name}.ts`, ...at } }]]);
  });
});

test('one fault has one outcome in run and in exec: a host that refuses become has a failed task', async () => {
  file('bin/sudo', '#!/bin/sh\necho "sudo: a password is required" >&2\nexit 1\n');
  chmodSync(join(dir, 'bin/sudo'), 0o755);
  const env = { PATH: `${join(dir, 'bin')}:${process.env['PATH']}` };
  const ends = [
    await runSwarmJson(dir, ['run', 'become'], { env }),
    await runSwarmJson(dir, ['exec', 'localhost', '-b', '--', 'id'], { env }), //
  ];
  for (const { exit, json } of ends) {
    expect([exit, json.exit, json.errors.map(({ code }) => code)]).toEqual([2, 2, ['SW2009']]);
    expect(json.hosts['localhost']).toMatchObject({ failed: 1, unreachable: 0, refused: 0 });
  }
});

describe('a fault of this machine has a code, and is not a bug of swarm', () => {
  const shell = (text: string): readonly string[] => ['sh', '-c', text, 'sh'];

  test('the current folder is gone', async () => {
    const under = shell('mkdir gone && cd gone && rmdir ../gone && exec "$@"');
    const { exit, stderr } = await runSwarm(dir, ['hosts', 'list'], { under });
    expect([exit, stderr]).toEqual([
      1,
      'error[SW5007]: the current folder does not exist any more\nhint: Change to a folder that exists: cd PROJECT\n',
    ]);
    expect((await runSwarm(dir, ['--version'], { under })).exit).toBe(0);
  });

  test('too few open files', async () => {
    const { exit, stderr } = await runSwarm(dir, ['run', 'id'], { under: shell('ulimit -n 20; exec "$@"') });
    expect([exit, stderr]).toEqual([
      1,
      expect.stringMatching(/^error\[SW5006\]: cannot \S+ .*: too many open files\nhint: .*ulimit -n 4096\n$/),
    ]);
  });

  test('a file is where a folder has to be', async () => {
    file('other/inventory/swarm.yml', 'hosts: {}\n');
    file('other/.swarm/runs', '');
    const { exit, json } = await runSwarmJson(dir, ['-C', 'other', 'exec', 'localhost', '--', 'id']);
    expect([exit, json.errors]).toMatchObject([1, [{ code: 'SW5007', message: expect.stringContaining('other/.swarm/runs') }]]);
  });

  test.each(['explain SW1001', '--help', '--version', 'completion bash', 'status -o ndjson'])(
    'standard output is full: swarm %s',
    async (words) => {
      const { exit, stderr } = await runSwarm(dir, words.split(' '), { under: shell('exec "$@" >/dev/full') });
      expect([exit, stderr]).toEqual([
        1,
        expect.stringMatching(/^error\[SW5001\]: cannot write standard output: no space left\nhint: .*\n$/),
      ]);
    },
  );

  test('the start of the program tells it too', async () => {
    const start = join(packageRoot(), 'scripts/swarm.mjs');
    const { exit, stderr } = await runSwarm(dir, [], { under: shell(`exec node ${start} --version >/dev/full`) });
    expect([exit, stderr]).toEqual([1, expect.stringMatching(/^error\[SW5001\]/)]);
  });

  test('a command that fails says only why, with its own exit code, where standard output is full', async () => {
    const { exit, stderr } = await runSwarm(dir, ['nosuch', '-o', 'json'], { under: shell('exec "$@" >/dev/full') });
    expect([exit, stderr.match(/^error/gm)]).toEqual([5, ['error']]);
  });

  test('standard output is full during a run: the run goes on to its end, and the exit says that its output is lost', async () => {
    const { exit, stderr } = await runSwarm(dir, ['-o', 'ndjson', 'run', 'id'], { under: shell('exec "$@" >/dev/full') });
    expect([exit, stderr]).toEqual([1, expect.stringMatching(/^error\[SW5001\]: cannot write standard output: no space left\n/)]);
    const { json } = await runSwarmJson(dir, ['runs', 'show', 'last']);
    expect(json).toMatchObject({ status: 'ok', exit: 0 });
  });

  test('a reader that leaves ends nothing: no word of it', async () => {
    const under = shell('{ "$@"; echo "exit $?" >&2; } | true');
    expect((await runSwarm(dir, ['explain', 'SW1001'], { under })).stderr).toBe('exit 0\n');
  });
});

test('a code of a module is explained as what it is', async () => {
  const { exit, stderr } = await runSwarm(dir, ['explain', 'ACME01']);
  expect([exit, stderr]).toEqual([5, expect.stringContaining('ACME01')]);
});
