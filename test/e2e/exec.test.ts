import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runSwarm, runSwarmJson, startSwarm } from './run-program.ts';

/** A project with this machine only. */
let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'swarm-exec-'));
  for (const folder of ['inventory', 'playbooks']) mkdirSync(join(dir, folder));
  writeFileSync(join(dir, 'inventory/swarm.yml'), 'hosts: {}\n');
  writeFileSync(
    join(dir, 'playbooks/wait.yml'),
    'plays: [{ hosts: localhost, tasks: [{ name: Wait, shell: echo begun; exec sleep 30 }, { shell: echo rest }] }]\n',
  );
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const SCRIPT = 'echo one; echo two >&2; printf "  three"; exit 3';

test('-o json has the output and the exit status of the command of each host', async () => {
  const { exit, json } = await runSwarmJson(dir, ['exec', 'localhost', '--shell', '--', SCRIPT]);
  expect([exit, json.status]).toEqual([2, 'failed']);
  expect(json.hosts['localhost']).toMatchObject({ failed: 1, stdout: 'one\n  three', stderr: 'two', exit: 3 });
});

test('-o json: the exit status of a command that did not end is null', async () => {
  const { json } = await runSwarmJson(dir, ['exec', 'localhost', '--timeout', '1s', '--shell', '--', 'echo begun; exec sleep 30']);
  // the shell of the session may say on stderr that its child was ended
  expect(json.hosts['localhost']).toMatchObject({ stdout: 'begun', stderr: expect.stringMatching(/^(Terminated)?$/), exit: null });
});

test('-o ndjson has the same in its events', async () => {
  const { stdout } = await runSwarm(dir, ['-o', 'ndjson', 'exec', 'localhost', '--shell', '--', SCRIPT]);
  const events = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { type: string; stream?: string; lines?: string[]; result?: { rc?: number } });
  const output = (stream: string) => events.filter((event) => event.stream === stream).flatMap(({ lines = [] }) => lines);
  expect([output('stdout'), output('stderr')]).toEqual([['one', '  three'], ['two']]);
  expect(events.find(({ type }) => type === 'task.finished')?.result?.rc).toBe(3);
});

test('several hosts before -- are an error, with the command that was typed as a shell reads it', async () => {
  const { exit, stderr } = await runSwarm(dir, ['exec', 'n1', 'n2', '--', 'sh', '-c', "echo '$HOME' & sleep 1"]);
  expect(exit).toBe(5);
  expect(stderr).toContain(`Write: swarm exec n1,n2 -- sh -c 'echo '\\''$HOME'\\'' & sleep 1'`);
});

test('the name of a host behind the hosts is not taken for a program', async () => {
  const { exit, stdout, stderr } = await runSwarm(dir, ['exec', 'all', 'localhost', 'echo', 'one']);
  expect([exit, stdout]).toEqual([5, '']);
  expect(stderr).toContain('Write: swarm exec all,localhost -- echo one');
  expect((await runSwarm(dir, ['exec', 'localhost', 'echo', 'one'])).stdout).toMatch(/^localhost . one\n$/);
});

test('a command that restarts the hosts is refused, with the command that goes through the guards', async () => {
  const { exit, stderr } = await runSwarm(dir, ['exec', 'localhost', '--', 'reboot']);
  expect(exit).toBe(7);
  expect(stderr).toContain('run: swarm task localhost reboot.');
});

const SIGNALS = [
  ['SIGINT', 130],
  ['SIGHUP', 130],
  ['SIGTERM', 143],
] as const;

test.each(SIGNALS)('%s ends exec: one line names the hosts, exit %i', async (signal, code) => {
  const exec = startSwarm(dir, ['exec', 'localhost', '--shell', '--', 'echo begun; exec sleep 30']);
  await exec.waitForOutput(/begun/);
  exec.kill(signal);
  const { exit, stderr } = await exec.ended;
  expect([exit, stderr]).toEqual([code, 'interrupted on localhost\n']);
});

test('-o json of an interrupted command is one document with its exit code', async () => {
  const exec = startSwarm(dir, ['-o', 'json', '-v', 'exec', 'localhost', '--shell', '--', `touch '${dir}/begun'; exec sleep 30`]);
  await startSwarm(dir, ['exec', 'localhost', '--shell', '--', `until [ -e '${dir}/begun' ]; do sleep 0.1; done`]).ended;
  exec.kill('SIGINT');
  const { exit, stdout } = await exec.ended;
  expect([exit, JSON.parse(stdout)]).toEqual([130, expect.objectContaining({ status: 'interrupted', exit: 130 })]);
});

test.each(SIGNALS)('%s ends a run: the recap names the hosts, exit %i', async (signal, code) => {
  const run = startSwarm(dir, ['run', 'wait', '-v']);
  await run.waitForOutput(/begun/);
  run.kill(signal);
  const { exit, stdout } = await run.ended;
  expect(exit).toBe(code);
  expect(stdout).toMatch(/^\S+ interrupted on localhost$/m);
  expect(stdout).toMatch(/swarm runs resume \w+/);
});

test('an unknown report is an error before the run starts', async () => {
  const before = await runSwarm(dir, ['runs', 'list', '-o', 'json']);
  expect(await runSwarm(dir, ['run', 'wait', '--report', 'nonsense'])).toMatchObject({
    exit: 5,
    stderr: expect.stringContaining('junit=FILE'),
  });
  expect((await runSwarm(dir, ['runs', 'list', '-o', 'json'])).stdout).toBe(before.stdout);
});

test('a second signal ends swarm at once, with the exit code of an interrupted command', async () => {
  const running = startSwarm(dir, ['exec', 'localhost', '--shell', '--', 'trap "" INT TERM HUP; echo begun; sleep 3']);
  await running.waitForOutput(/begun/);
  running.kill('SIGINT');
  running.kill('SIGTERM'); // two of one kind can become one
  expect([130, 143]).toContain((await running.ended).exit);
});
