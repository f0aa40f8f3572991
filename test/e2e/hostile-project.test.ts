import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { packageRoot } from '../../src/core/program/package-root.ts';
import { runSwarm } from './run-program.ts';

/** A project of somebody else, on localhost only. */
let dir: string;
const file = (path: string, text: string): void => {
  mkdirSync(join(dir, path, '..'), { recursive: true });
  writeFileSync(join(dir, path), text);
};

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'swarm-hostile-'));
  file('inventory/swarm.yml', 'hosts: {}\n');
  file('playbooks/b.yml', 'plays:\n  - hosts: localhost\n    tasks:\n      - { boom: {} }\n');
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

test.each([
  ['calls process.exit(0)', 'process.exit(0);'],
  ['waits for ever', 'await new Promise(() => {});'],
])('a module that %s while it is loaded is not a success', async (_, code) => {
  file('modules/boom.ts', `${code}\nexport default {};\n`);
  for (const words of [['check'], ['run', 'b']]) {
    const { exit, stderr } = await runSwarm(dir, words);
    expect([words, exit, stderr]).toEqual([words, 1, expect.stringContaining('swarm ended before the command was complete')]);
  }
});

test('a module that calls process.exit(0) while it runs is not a success', async () => {
  const run = 'async *run() { process.exit(0); }';
  file(
    'modules/boom.ts',
    `import { defineModule, z } from 'build-swarm';\nexport default defineModule({ summary: 's', args: z.strictObject({}), example: '', ${run} });\n`,
  );
  expect((await runSwarm(dir, ['run', 'b'])).exit).toBe(1);
});

test('completion in bash takes the names of files as data', () => {
  rmSync(join(dir, 'modules'), { recursive: true, force: true });
  for (const name of ['$(touch x)', '`touch y`', "it's", 'a b', 'plain']) file(`playbooks/${name}.yml`, 'plays: []\n');
  mkdirSync(join(dir, 'bin'));
  symlinkSync(join(packageRoot(), 'scripts/swarm.mjs'), join(dir, 'bin/swarm'));
  const script = `source <(swarm completion bash); COMP_WORDS=(swarm run ""); COMP_CWORD=2; _swarm
for word in "\${COMPREPLY[@]}"; do eval "printf '%s\\n' $word"; done`;
  const env = { ...process.env, PATH: `${join(dir, 'bin')}:${process.env['PATH']}` };
  const offered = execFileSync('bash', ['-c', script], { cwd: dir, env, encoding: 'utf8' }).split('\n');
  expect(offered).toEqual(expect.arrayContaining(['$(touch x)', '`touch y`', "it's", 'a b', 'plain']));
  expect([existsSync(join(dir, 'x')), existsSync(join(dir, 'y'))]).toEqual([false, false]);
});

describe('a project whose modules, routes and secrets would run commands', () => {
  const READING = [
    ['--help'],
    [],
    ['run', 'greet', '--help'],
    ['run', '--help'],
    ['complete', '--', 'run', 'greet', '--tags', ''],
    ['complete', '--', 'modules', 'show', ''],
    ['hosts', 'list'],
    ['hosts', 'show', 'pod'],
    ['status'],
    ['runs', 'list'],
  ];
  let project: string;
  const ran = (): boolean => existsSync(join(project, 'ran'));
  beforeAll(() => {
    project = join(dir, 'clone');
    const run = join(project, 'ran');
    file(
      'clone/inventory/swarm.yml',
      `hosts: { pod: { routes: [ { command: [touch, ${run}] } ], vars: { pw: { secret: { from: "cmd:touch ${run}" } } } } }\n`,
    );
    file(
      'clone/modules/greet.ts',
      `import { writeFileSync } from 'node:fs';\nwriteFileSync(${JSON.stringify(run)}, '');\nexport default 1;\n`,
    );
    file('clone/playbooks/greet.yml', 'args: { name: {} }\nplays:\n  - { hosts: pod, tags: [hello], tasks: [ { greet: {} } ] }\n');
  });

  test('reading it runs nothing', async () => {
    for (const words of READING) expect([words, (await runSwarm(project, words)).exit, ran()]).toEqual([words, 0, false]);
    expect((await runSwarm(project, ['run', 'greet', '--help'])).stdout).toContain('--name');
  });

  test.skipIf(process.getuid?.() !== 0)('of another user, or open to everybody, it is used only where it is named', async () => {
    const spoil = [() => chownSync(join(project, 'modules/greet.ts'), 12345, 12345), () => chmodSync(join(project, 'inventory'), 0o777)];
    for (const change of spoil) {
      change();
      for (const words of [
        ['check'],
        ['run', 'greet'],
        ['hosts', 'verify'],
        ['status'],
        ['run', 'greet', '--help'],
        ['exec', 'pod', '--', 'id'],
      ]) {
        const { exit, stderr } = await runSwarm(join(project, 'playbooks'), words);
        expect([words, exit, stderr, ran()]).toEqual([
          words,
          1,
          expect.stringContaining(`If you trust it, name it: swarm -C ${project} …`),
          false,
        ]);
      }
      expect(await runSwarm(project, ['complete', '--', 'hosts', 'show', ''])).toMatchObject({ exit: 0, stdout: '' });
      expect((await runSwarm(project, ['-C', '.', 'hosts', 'list'])).exit).toBe(0);
      chownSync(join(project, 'modules/greet.ts'), 0, 0);
      chmodSync(join(project, 'inventory'), 0o755);
    }
  });
});
