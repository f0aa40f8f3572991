import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { packageRoot } from '../../src/core/program/package-root.ts';
import { runSwarm, runSwarmJson } from './run-program.ts';

let dir: string;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'swarm-modules-'));
  expect(await runSwarm(dir, ['init'])).toMatchObject({ exit: 0 });
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** A module with this `run`, and a playbook of its name that runs it on this machine. */
function write(name: string, run: string, before = ''): void {
  const module = `import { defineModule, z } from 'build-swarm';
${before}
export default defineModule({ summary: 's', args: z.strictObject({}), example: '', async *run(probe: any) {
${run}
} });
`;
  writeFileSync(join(dir, 'modules', `${name}.ts`), module);
  writeFileSync(join(dir, 'playbooks', `${name}.yml`), `- { hosts: localhost, tasks: [{ ${name}: {} }] }\n`);
}
const remove = (...names: string[]): void => {
  for (const name of names) for (const file of [`modules/${name}.ts`, `playbooks/${name}.yml`]) rmSync(join(dir, file), { force: true });
};
const wait = 'await new Promise((done) => setTimeout(done, 300)); return {};';

test.each([
  ['a throw in a timer', `setTimeout(() => {\n  throw new Error('too late');\n}, 1); ${wait}`, 5],
  ['a rejection that nothing waits for', `void Promise.reject(\n  new Error('too late')); ${wait}`, 5],
])('%s is the failure of the module, in a run and in a check', async (_, run, line) => {
  write('late', run);
  for (const words of [
    ['run', 'late'],
    ['run', 'late', '--check'],
  ]) {
    const { exit, json, stderr } = await runSwarmJson(dir, words);
    expect(exit).toBe(2);
    expect(json.errors).toEqual([
      expect.objectContaining({
        code: 'SW6015',
        message: 'module late failed: too late',
        at: expect.objectContaining({ file: 'modules/late.ts', line }),
      }),
    ]);
    expect(stderr).not.toContain('SW5000');
  }
  remove('late');
});

test('an error in a timer of a module that is only loaded ends the command with exit 2, its file and line', async () => {
  write(
    'early',
    'return {};',
    `setTimeout(() => { throw new Error('too late'); }, 1);\nawait new Promise((done) => setTimeout(done, 300));`,
  );
  const { exit, stderr } = await runSwarm(dir, ['check']);
  expect(exit).toBe(2);
  expect(stderr).toContain('error[SW6015]: module early failed: too late\n --> modules/early.ts:2:1');
  remove('early');
});

test('a thrown text names the file of the module and the place of the task', async () => {
  write('text', `throw 'no luck';`);
  const { exit, json } = await runSwarmJson(dir, ['run', 'text']);
  expect(exit).toBe(2);
  expect(json.errors[0]).toMatchObject({
    message: 'module text (modules/text.ts) failed: it threw a text that is not an Error: no luck',
    hint: 'Throw an Error, or a ModuleError: then swarm names the line.',
    at: { file: 'playbooks/text.yml', line: 1 },
  });
  remove('text');
});

test('the console of a module does not reach standard output; the log of the task has it', async () => {
  write('talk', `console.log('at work', { a: 1 }); return {};`, `console.log('at load');`);
  for (const output of ['json', 'ndjson']) {
    const { stdout, stderr } = await runSwarm(dir, ['run', 'talk', '-o', output]);
    for (const document of output === 'json' ? [stdout] : stdout.trim().split('\n')) expect(() => JSON.parse(document)).not.toThrow();
    expect(stderr).toContain('at load');
  }
  expect((await runSwarm(dir, ['runs', 'logs', 'last'])).stdout).toContain('at work { a: 1 }');
  remove('talk');
});

test('what a module writes to standard output is output of its task, and the document of -o json stays whole', async () => {
  const emit = `probe.emit({ type: 'task.output', stream: 'stdout', lines: ['emitted'] });`;
  write('loud', `process.stdout.write('at work\\n'); ${emit} return {};`, `process.stdout.write('at load\\n');`);
  for (const output of ['json', 'ndjson']) {
    const { exit, stdout, stderr } = await runSwarm(dir, ['run', 'loud', '-o', output]);
    expect(exit).toBe(0);
    for (const document of output === 'json' ? [stdout] : stdout.trim().split('\n')) expect(() => JSON.parse(document)).not.toThrow();
    expect(stderr).toContain('at load');
  }
  expect((await runSwarm(dir, ['runs', 'logs', 'last'])).stdout).toMatch(/at work\n[\s\S]*emitted/);
  remove('loud');
});

const sleep = `({ argv: ['sleep', '0.2'] })`;
test.each([
  ['a call in run', `  probe.query${sleep};\n  return {};`, 'probe.query', 4],
  [
    'a write in apply',
    `  yield { verb: 'run', subject: 's', apply: async (remote: any) => {\n    void remote.write(remote.paths.project + '/forgotten', 'x');\n  } };\n  return {};`,
    'remote.write',
    5,
  ],
  ['a call on another host', `  const other = await probe.onHost('localhost');\n  other.query${sleep};\n  return {};`, 'probe.query', 5],
])('%s without await names the line', async (_, run, call, line) => {
  write('forgets', run);
  const { exit, json } = await runSwarmJson(dir, ['run', 'forgets']);
  expect(exit).toBe(2);
  expect(json.errors).toEqual([
    expect.objectContaining({
      code: 'SW6015',
      message: `module forgets does not wait for ${call}`,
      hint: `Write: await ${call}(…)`,
      at: expect.objectContaining({ file: 'modules/forgets.ts', line }),
    }),
  ]);
  remove('forgets');
});

test('every broken module is reported with its line, and the rest is shown and checked', async () => {
  write('fine', 'return {};');
  write('lost', 'return {};', `import { x } from './nowhere.ts'; console.log(x);`);
  writeFileSync(join(dir, 'modules/empty.ts'), '\nexport default null;\n');
  writeFileSync(join(dir, 'playbooks/wrong.yml'), '- { hosts: localhost, tasks: [{ lost: {} }, { fine: { nosuch: 1 } }] }\n');
  const list = await runSwarm(dir, ['modules']);
  expect(list.exit).toBe(6);
  expect(list.stdout).toMatch(/^copy +\S.*$/m);
  expect(list.stdout).toMatch(/^fine +s$/m);
  expect(list.stdout).toMatch(/^lost +cannot be loaded$/m);
  expect(list.stderr).toContain('module empty has a wrong form: its default export is null\n --> modules/empty.ts:2:1');
  expect(list.stderr).toContain(' --> modules/lost.ts:2:1');
  const { exit, json } = await runSwarmJson(dir, ['check']);
  expect(exit).toBe(6);
  expect(json.errors.map(({ message }) => message).sort()).toEqual([
    expect.stringContaining('nosuch'),
    'module empty has a wrong form: its default export is null',
    "module lost cannot be loaded: Cannot find module './nowhere.ts'",
  ]);
  remove('fine', 'lost', 'empty', 'wrong');
});

test.each([
  ['../x', 'cannot be the name of a module'],
  ['X', 'cannot be the name of a module'],
  ['when', 'it is a keyword of a task'],
  ['with_items', 'it is a keyword of a task'],
  ['copy', 'swarm has a module copy already'],
])('swarm modules new %s is refused and writes nothing', async (name, message) => {
  const { exit, stderr } = await runSwarm(dir, ['modules', 'new', name]);
  expect(exit).toBe(5);
  expect(stderr).toContain(message);
  expect(readdirSync(join(dir, 'modules')).filter((file) => file.endsWith('.ts'))).toEqual([]);
  expect(existsSync(join(dir, 'x.ts'))).toBe(false);
});

test('commands end quietly when nobody reads their output', async () => {
  mkdirSync(join(dir, 'test'), { recursive: true });
  write('fine', 'return {};');
  const text = `import { test } from 'node:test';\nfor (let nr = 0; nr < 300; nr++) test('test ' + nr, () => {});\n`;
  writeFileSync(join(dir, 'test/fine.test.ts'), text);
  for (const words of [
    ['modules', 'test'],
    ['modules'],
    ['run', 'fine', '-o', 'ndjson'],
    ['runs', 'logs', 'last', '--follow'],
    ['runs', 'watch', 'last'],
  ]) {
    const child = spawn(process.execPath, [join(packageRoot(), 'dist/src/bin.js'), ...words], {
      cwd: dir,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout.destroy();
    let stderr = '';
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    const [exit] = await once(child, 'close');
    expect({ words, exit }).toEqual({ words, exit: 0 });
    expect(stderr).not.toMatch(/EPIPE|SW5|at .*:\d+:\d+/);
  }
}, 60_000);
