import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { packageRoot } from '../../src/core/program/package-root.ts';

/** The package as it is published, unpacked outside the clone, with its dependencies beside it: what npm install makes. */
let dir: string;
let project: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'swarm-package-'));
  project = join(dir, 'project');
  const installed = join(dir, 'lib/node_modules/build-swarm');
  mkdirSync(installed, { recursive: true });
  const [{ filename }] = JSON.parse(
    execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', dir], {
      cwd: packageRoot(),
      stdio: ['ignore', 'pipe', 'ignore'],
    }).toString(),
  );
  execFileSync('tar', ['-xzf', join(dir, filename), '-C', installed, '--strip-components=1']);
  mkdirSync(join(installed, 'node_modules'));
  const { dependencies } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
  for (const name of [...Object.keys(dependencies), 'undici-types']) {
    mkdirSync(join(installed, 'node_modules', name, '..'), { recursive: true });
    symlinkSync(join(packageRoot(), 'node_modules', name), join(installed, 'node_modules', name));
  }
}, 120_000);
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const swarm = (...words: string[]) => {
  const program = join(dir, 'lib/node_modules/build-swarm/scripts/swarm.mjs');
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, '-C', project, ...words], { encoding: 'utf8', cwd: dir });
  return { status, output: stdout + stderr };
};
const typeCheck = () => {
  const compiler = join(packageRoot(), 'node_modules/typescript/bin/tsc');
  const { status, stdout } = spawnSync(process.execPath, [compiler, '-p', project], { encoding: 'utf8' });
  return { status, output: stdout };
};
/** The code of docs/writing-modules.md, in order: what a reader copies. */
const [docsModule = '', , docsTest = ''] = [
  ...readFileSync(join(packageRoot(), 'docs/writing-modules.md'), 'utf8').matchAll(/```ts\n([\s\S]*?)```/g),
].map(([, code]) => code ?? '');

test('swarm init makes a project whose example runs', () => {
  expect(swarm('init')).toMatchObject({ status: 0 });
  expect(swarm('run', 'hello', '-o', 'plain')).toMatchObject({
    status: 0,
    output: expect.stringContaining('Hello world, this machine runs Linux'),
  });
}, 60_000);

test('swarm modules new writes a module that passes its test and the compiler, and changes nothing that exists', () => {
  expect(swarm('modules', 'new', 'greeting')).toMatchObject({ status: 0 });
  expect(swarm('modules', 'test', 'greeting')).toMatchObject({ status: 0, output: expect.stringContaining('pass 1') });
  expect(typeCheck()).toEqual({ status: 0, output: '' });
  expect(swarm('modules', 'new', 'greeting')).toMatchObject({
    status: 5,
    output: expect.stringContaining('modules/greeting.ts exists already'),
  });
  expect(swarm('modules', 'new', 'copy')).toMatchObject({ status: 5, output: expect.stringContaining('swarm has a module copy already') });
}, 60_000);

test('the example of docs/writing-modules.md passes its test and the compiler', () => {
  writeFileSync(join(project, 'modules/motd.ts'), docsModule);
  writeFileSync(join(project, 'test/motd.test.ts'), docsTest);
  expect(swarm('modules', 'test', 'motd')).toMatchObject({ status: 0, output: expect.stringContaining('pass 1') });
  expect(typeCheck()).toEqual({ status: 0, output: '' });
}, 60_000);

test('the compiler finds a wrong argument and a wrong returned value', () => {
  writeFileSync(
    join(project, 'modules/wrong.ts'),
    docsModule.replace('{ path, text }', '{ path, txt: text }').replace('return { path,', 'return { pth: path,'),
  );
  const { output } = typeCheck();
  rmSync(join(project, 'modules/wrong.ts'));
  expect(output).toMatch(/Property 'txt' does not exist/);
  expect(output).toMatch(/pth/);
});

test('a module that writes in a check, or changes on each run, fails its test', () => {
  writeFileSync(join(project, 'modules/motd.ts'), docsModule.replace('found !== wanted', 'true'));
  expect(swarm('modules', 'test', 'motd')).toMatchObject({
    status: 2,
    output: expect.stringContaining('A second run still changes: update'),
  });
  const early = "await probe.query({ argv: ['touch', path + '.x'] });\n    const wanted";
  writeFileSync(join(project, 'modules/motd.ts'), docsModule.replace('const wanted', early));
  expect(swarm('modules', 'test', 'motd')).toMatchObject({
    status: 2,
    output: expect.stringContaining('The module changed files in a check: motd.x'),
  });
}, 60_000);

test('a name without a test is an error with the nearest one', () => {
  expect(swarm('modules', 'test', 'motdd')).toMatchObject({ status: 5, output: expect.stringContaining('motd') });
});
