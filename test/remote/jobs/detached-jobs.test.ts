import { createHash, randomBytes } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Command } from '../../../src/core/connection.ts';
import type { Jobs } from '../../../src/core/job.ts';
import { Secret } from '../../../src/core/secret.ts';
import { listHostJobs, openHostJobs } from '../../../src/remote/jobs/detached-jobs.ts';
import { installedShells, type LocalShell, startLocalShell } from '../../machines/local-shell.ts';

/** As ps shows it; nothing for a process that has ended meanwhile. */
function argumentsOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1');
  } catch {
    return '';
  }
}

const { signal } = new AbortController();
setMaxListeners(100, signal);
const sh = (text: string, more: Partial<Command> = {}): Command => ({ argv: ['sh', '-c', text], ...more });
const folder = (here: LocalShell, id: string): string => join(here.home, '.local/state/swarm/jobs', id);
const until = async (holds: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 5));
};
async function all(jobs: Jobs, id: string, from = 0): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let at = from;
  for await (const { offset, bytes } of jobs.follow(id, from)) {
    expect(offset).toBe(at);
    at += bytes.length;
    parts.push(bytes);
  }
  return Buffer.concat(parts);
}
const begun = (here: LocalShell, id: string): readonly string[] =>
  readFileSync(join(folder(here, id), 'begun'), 'utf8')
    .trim()
    .split(' ');

describe.each(installedShells)('a job under %s', (shell) => {
  test('runs detached, its output and exit status are kept, and nothing is left when it is forgotten', async () => {
    await using here = await startLocalShell(shell);
    const jobs = openHostJobs(here.connection, signal);
    expect(await jobs.status('j')).toEqual({ state: 'absent' });
    expect(await jobs.start('j', sh('echo out; echo err >&2; exit 7'))).toBe('started');
    expect((await all(jobs, 'j')).toString()).toBe('out\nerr\n');
    expect(await jobs.status('j')).toEqual({ state: 'exited', exit: 7, bytes: 8 });
    expect(await jobs.start('j', sh('echo again'))).toBe('attached');
    expect(statSync(folder(here, 'j')).mode & 0o777).toBe(0o700);
    expect(await listHostJobs(here.connection, signal)).toEqual(['j']);
    await jobs.forget('j');
    expect(await jobs.status('j')).toEqual({ state: 'absent' });
    expect(readdirSync(folder(here, '.'))).toEqual(['.lock']);
    expect(here.pids()).toEqual([]);
  });

  test('fifty starts at once are one run', async () => {
    await using here = await startLocalShell(shell);
    const jobs = openHostJobs(here.connection, signal);
    const answers = await Promise.all(Array.from({ length: 50 }, () => jobs.start('j', sh('echo run >>"$HOME/runs"; sleep 0.2'))));
    expect(answers.filter((answer) => answer === 'started')).toHaveLength(1);
    await all(jobs, 'j');
    expect(readFileSync(join(here.home, 'runs'), 'utf8')).toBe('run\n');
    expect(readdirSync(folder(here, '.')).sort()).toEqual(['.lock', 'j']);
  }, 60_000);

  test('what is followed arrives at once, and a follower that left takes up where it was', async () => {
    await using here = await startLocalShell(shell);
    const jobs = openHostJobs(here.connection, signal);
    await jobs.start('j', sh('echo one; while [ ! -e "$HOME/go" ]; do sleep 0.02; done; echo two'));
    let seen = '';
    for await (const { bytes } of jobs.follow('j', 0)) {
      seen += Buffer.from(bytes).toString();
      if (seen === 'one\n') break;
    }
    const rest = all(jobs, 'j', 4);
    await until(() => here.pids().length > 4);
    const start = performance.now();
    writeFileSync(join(here.home, 'go'), '');
    expect((await rest).toString()).toBe('two\n');
    expect(performance.now() - start).toBeLessThan(1500);
    await until(() => here.pids().length === 0);
  });

  test('every byte arrives exactly once, however the log grows', async () => {
    await using here = await startLocalShell(shell);
    const jobs = openHostJobs(here.connection, signal);
    const content = randomBytes(3_000_000);
    writeFileSync(join(here.home, 'content'), content);
    await jobs.start('j', sh('for i in 1 2 3 4 5; do cat "$HOME/content"; sleep 0.01; done; printf end'));
    const got = await all(jobs, 'j');
    const whole = Buffer.concat([content, content, content, content, content, Buffer.from('end')]);
    expect(got.length).toBe(whole.length);
    expect(createHash('sha256').update(got).digest('hex')).toBe(createHash('sha256').update(whole).digest('hex'));
    expect((await all(jobs, 'j', 14_999_000)).length).toBe(1003);
    expect((await all(jobs, 'j', whole.length)).length).toBe(0);
  });

  test('a killed wrapper is a job that died, here or by a reboot', async () => {
    await using here = await startLocalShell(shell);
    const jobs = openHostJobs(here.connection, signal);
    await jobs.start('j', sh('echo begun; exec sleep 300'));
    await until(async () => (await jobs.status('j')).state === 'running');
    const following = all(jobs, 'j');
    await until(() => here.pids().length > 5);
    process.kill(Number(begun(here, 'j')[2]), 'SIGKILL');
    expect((await following).toString()).toBe('begun\n');
    expect(await jobs.status('j')).toEqual({ state: 'died', bytes: 6, rebooted: false });
    await jobs.cancel('j', 1000);
    expect(here.pids()).toEqual([]);
    const [, ...rest] = begun(here, 'j');
    writeFileSync(join(folder(here, 'j'), 'begun'), ['00000000-0000-0000-0000-000000000000', ...rest].join(' '));
    expect(await jobs.status('j')).toEqual({ state: 'died', bytes: 6, rebooted: true });
  });

  test('cancel ends everything: children, what ignores TERM, what left the session; the result tells', async () => {
    await using here = await startLocalShell(shell);
    const jobs = openHostJobs(here.connection, signal);
    await jobs.start(
      'j',
      sh(
        "trap '' TERM; sleep 300 & setsid sleep 301 & (trap '' TERM; setsid sh -c 'while :; do sleep 0.1; done') & echo up; while :; do sleep 0.1; done",
      ),
    );
    await until(async () => (await jobs.status('j')).state === 'running' && here.pids().length >= 5);
    await jobs.cancel('j', 300);
    expect(here.pids()).toEqual([]);
    expect(await jobs.status('j')).toMatchObject({ state: 'exited', exit: 137 });
  });

  test('a command that obeys TERM is given its grace time', async () => {
    await using here = await startLocalShell(shell);
    const jobs = openHostJobs(here.connection, signal);
    await jobs.start('j', sh("trap 'echo bye; exit 5' TERM; echo up; while :; do sleep 0.05; done"));
    await until(async () => ((await jobs.status('j')) as { bytes?: number }).bytes === 3);
    await jobs.cancel('j');
    expect((await all(jobs, 'j')).toString()).toMatch(/^up\n(Terminated\n)?bye\n$/);
    expect(await jobs.status('j')).toMatchObject({ state: 'exited', exit: 5 });
  });

  test('environment, folder, input and any argument reach the command as they are; secrets stay off the disk and the argument lists', async () => {
    await using here = await startLocalShell(shell);
    const jobs = openHostJobs(here.connection, signal);
    const odd = `'"$(touch ${here.home}/oops)\n\\ ü*`;
    await jobs.start('j', {
      argv: ['sh', '-c', 'pwd; printf "%s|%s|" "$1" "$TOKEN"; cat; umask; ls "$HOME/.local/state/swarm/jobs/j"; sleep 0.3', 'x', odd],
      env: { TOKEN: new Secret('token', 'hush hush') },
      cwd: '/usr',
      stdin: Buffer.from('in\0put\n'),
    });
    await until(() => existsSync(join(folder(here, 'j'), 'begun')));
    const lists = here.pids().map(argumentsOf);
    expect(lists.join()).not.toContain('hush');
    const mask = process
      .umask()
      .toString(8)
      .padStart(shell === 'mksh' ? 3 : 4, '0');
    expect((await all(jobs, 'j')).toString()).toBe(`/usr\n${odd}|hush hush|in\0put\n${mask}\nbegun\nlock\nlog\nresult.new\n`);
    expect(existsSync(join(here.home, 'oops'))).toBe(false);
  });

  test('names of any kind stay within the folder of jobs', async () => {
    await using here = await startLocalShell(shell);
    const jobs = openHostJobs(here.connection, signal);
    const names = ['run/www-client/firefox-120:0@drone#1', '..', '.', '-rf', '*', 'a b', "q'", 'ü', 'x'.repeat(600), `${'x'.repeat(600)}y`];
    for (const id of names) expect(await jobs.start(id, sh('echo "$1"'))).toBe('started');
    for (const id of names) await until(async () => (await jobs.status(id)).state === 'exited');
    expect((await listHostJobs(here.connection, signal)).filter((id) => id.length < 100).sort()).toEqual(
      names.filter((id) => id.length < 100).sort(),
    );
    for (const id of names) await jobs.forget(id);
    expect(readdirSync(folder(here, '.'))).toEqual(['.lock']);
  });

  test('a start that lost its link before the job began is begun by the next one', async () => {
    await using here = await startLocalShell(shell);
    const jobs = openHostJobs(here.connection, signal);
    await jobs.start('other', sh('true'));
    mkdirSync(folder(here, 'j'));
    writeFileSync(join(folder(here, 'j'), 'run'), 'echo half');
    expect(await jobs.status('j')).toEqual({ state: 'absent' });
    expect(await jobs.start('j', sh('echo whole'))).toBe('started');
    expect((await all(jobs, 'j')).toString()).toBe('whole\n');
  });

  test('a running job is not forgotten', async () => {
    await using here = await startLocalShell(shell);
    const jobs = openHostJobs(here.connection, signal);
    await jobs.start('j', sh('exec sleep 300'));
    await until(async () => (await jobs.status('j')).state === 'running');
    await expect(jobs.forget('j')).rejects.toMatchObject({
      code: 'SW3006',
      message: 'job j is still running',
      hint: expect.stringContaining('swarm runs cancel j'),
    });
    await jobs.cancel('j', 500);
    await jobs.forget('j');
  });

  test('a time limit ends it on the host', async () => {
    await using here = await startLocalShell(shell);
    const jobs = openHostJobs(here.connection, signal);
    await jobs.start('j', sh('exec sleep 300', { timeoutMs: 1000 }));
    await all(jobs, 'j');
    expect(await jobs.status('j')).toMatchObject({ state: 'exited', exit: shell === 'busybox' ? 143 : 124 });
  });
});

test('a line is here within a tenth of a second after the job has written it', async () => {
  await using here = await startLocalShell('bash');
  const jobs = openHostJobs(here.connection, signal);
  await jobs.start('j', sh('for i in 1 2 3 4 5 6 7 8 9 10; do sleep 0.05; date +%s%N; done'));
  const late: number[] = [];
  for await (const { bytes } of jobs.follow('j', 0))
    late.push(Date.now() - Number(Buffer.from(bytes).toString().trim().split('\n')[0]) / 1e6);
  late.sort((a, b) => a - b);
  expect(late.length).toBeGreaterThan(5);
  expect(late[Math.floor(late.length / 2)]).toBeLessThan(100);
});

test('following what is not there says so', async () => {
  await using here = await startLocalShell();
  await expect(all(openHostJobs(here.connection, signal), 'none')).rejects.toMatchObject({ code: 'SW6010' });
});
