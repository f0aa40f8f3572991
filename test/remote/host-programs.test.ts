import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readProbe } from '../../src/remote/identity/probe.ts';
import { installedShells, startLocalShell } from '../machines/local-shell.ts';

const root = resolve(import.meta.dirname, '../..');
const folder = join(root, 'src/remote');
const programs = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.sh'));
const { signal } = new AbortController();

/** The jobs are run by jobs/detached-jobs.test.ts, unpack-tree.sh by tree/push-tree.test.ts, each under the same shells. */
describe.each(installedShells)('under %s', (shell) => {
  const argv = (name: string, ...args: string[]) => ['sh', '-c', readFileSync(join(folder, name), 'utf8'), 'sh', ...args] as const;

  test.each(programs)('%s has the syntax of the shell', async (name) => {
    await using host = await startLocalShell(shell);
    const result = await host.connection.exec({ argv: ['sh', '-n', join(folder, name)] }, signal);
    expect(result).toMatchObject({ exit: 0, stderr: '' });
  });

  test('identity/probe.sh answers as a file as it does on one line', async () => {
    await using host = await startLocalShell(shell);
    const { stdout } = await host.connection.exec({ argv: argv('identity/probe.sh') }, signal);
    expect(readProbe(`nonce\n${stdout}`, 'nonce').bootId).toBe(readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim());
  });

  test('tree/list-tree.sh lists files, folders and links, and has an exit status for what is not a folder', async () => {
    await using host = await startLocalShell(shell);
    const dir = join(host.home, 'a b');
    mkdirSync(join(dir, 'sub'), { recursive: true });
    writeFileSync(join(dir, 'sub/file'), 'text');
    symlinkSync('sub/file', join(dir, 'link'));
    const list = (path: string) => host.connection.exec({ argv: argv('tree/list-tree.sh', path) }, signal);
    const { stdout } = await list(dir);
    expect(stdout).toMatch(/^(rsync|plain) (gnu|posix)\n/);
    for (const name of ['sub', 'sub/file', 'link']) expect(stdout).toContain(name);
    expect(await list(join(dir, 'none'))).toMatchObject({ exit: 0, stdout: 'absent\n' });
    expect(await list(join(dir, 'link'))).toMatchObject({ exit: 20 });
  });

  test('session/end-processes.sh ends a shell with its descendants, also those that ignore TERM, and nothing else', async () => {
    await using host = await startLocalShell(shell);
    const [mine, other] = [randomBytes(6).toString('hex'), randomBytes(6).toString('hex')];
    const start = async (name: string): Promise<{ readonly pid: number; readonly done: Promise<number> }> => {
      const text = `sh -c 'trap "" TERM; sleep 600; :' ${name} & sh -c 'setsid sh -c "trap : TERM; while :; do sleep 600; done" "$0" & wait' ${name} & sh -c 'sleep 600; :' ${name} & echo $$; wait`;
      const pipe = await host.connection.open({ argv: ['sh', '-c', text] }, signal);
      const [line] = (await once(pipe.stdout, 'data')) as [Buffer];
      return { pid: Number(line.toString()), done: pipe.done };
    };
    const running = (name: string): number =>
      host.pids().filter((pid) => {
        try {
          return readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes(name);
        } catch {
          return false;
        }
      }).length;
    const [ended, kept] = [await start(mine), await start(other)];
    await expect.poll(() => [running(mine), running(other)]).toEqual([5, 5]);
    expect(await host.connection.exec({ argv: argv('session/end-processes.sh', String(ended.pid)) }, signal)).toMatchObject({ exit: 0 });
    await ended.done;
    await expect.poll(() => running(mine)).toBe(0);
    expect(running(other)).toBe(5);
    expect(kept.pid).toBeGreaterThan(1);
  });

  test('session/end-processes.sh ends the process group where /proc shows no processes, and says that it cannot see', async () => {
    await using host = await startLocalShell(shell);
    const start = () => spawn('sh', ['-c', 'sh -c "sleep 604; :" & wait'], { detached: true, stdio: ['ignore', 'pipe', 'ignore'] });
    const [ended, kept] = [start(), start()];
    const closed = once(ended, 'close'); // all that have its stdout have ended
    const [sh = '', option = '', text = '', name = '', ...args] = argv('session/end-processes.sh', String(ended.pid));
    const blind: [string, ...string[]] = [sh, option, text.replaceAll('/proc/', '/nowhere/'), name, ...args];
    expect(await host.connection.exec({ argv: blind }, signal)).toMatchObject({ stdout: 'unseen\n' });
    await closed;
    expect(kept.exitCode ?? kept.signalCode).toBeNull();
    process.kill(-(kept.pid ?? 0), 'SIGKILL');
    // one that has ended already is not hidden
    expect(await host.connection.exec({ argv: argv('session/end-processes.sh', String(ended.pid)) }, signal)).toMatchObject({
      stdout: '\n',
    });
  });

  test('session/end-processes.sh leaves what an earlier command or the start-up file left in the background', async () => {
    await using host = await startLocalShell(shell);
    // as a start-up file does it: what it starts is a child of the shell of the session
    const startUp = 'sh -c "sleep 600; :" >/dev/null 2>&1 & setsid sh -c "sleep 600; :" >/dev/null 2>&1 & exec sh';
    const session = await host.connection.open({ argv: ['setsid', 'sh', '-c', startUp] }, signal);
    const run = async (text: string): Promise<string> => {
      session.stdin.write(`${text}\n`);
      const [line] = (await once(session.stdout, 'data')) as [Buffer];
      return line.toString().trim();
    };
    const pid = await run('(sh -c "sleep 601; :" >/dev/null 2>&1 & echo $$)');
    await run('(sh -c "sleep 602; :" >/dev/null 2>&1 & sleep 0.1; echo; sleep 603)');
    expect(await host.connection.exec({ argv: argv('session/end-processes.sh', pid, 'session') }, signal)).toMatchObject({ stdout: '\n' });
    await session.done;
    const words = host.pids().map((each) => readFileSync(`/proc/${each}/cmdline`, 'latin1').split('\0').slice(0, 2).join(' '));
    expect(words.toSorted()).toEqual(['sh -c', 'sh -c', 'sh -c', 'sleep 600', 'sleep 600', 'sleep 601']);
  });
});

/** Aliases that mksh and ksh93 have without a start-up file; Debian, Gentoo and Android can have such a shell as sh. */
const KORN_ALIASES =
  'autoload|compound|fc|float|functions|hash|history|integer|local|login|nameref|nohup|r|redirect|source|stop|suspend|times|type';

test('no function has a name that is an alias in Korn shells', () => {
  const named = new RegExp(`(?:^|[;\\s])(${KORN_ALIASES}) *\\(\\)`, 'm');
  const all = ['src', 'modules'].flatMap((dir) =>
    readdirSync(join(root, dir), { recursive: true, encoding: 'utf8' }).map((name) => join(root, dir, name)),
  );
  const scripts = all.filter((name) => name.endsWith('.sh'));
  expect(scripts.length).toBeGreaterThan(20);
  expect(scripts.filter((name) => named.test(readFileSync(name, 'utf8')))).toEqual([]);
});
