import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import command from '../../../modules/commands/command.ts';
import script from '../../../modules/commands/script.ts';
import shell from '../../../modules/commands/shell.ts';
import assertModule from '../../../modules/flow/assert.ts';
import debug from '../../../modules/flow/debug.ts';
import sendMessage from '../../../modules/flow/send_message.ts';
import service from '../../../modules/services/service.ts';
import { registerSecret } from '../../../src/core/mask.ts';
import type { Remote } from '../../../src/index.ts';
import { splitWords } from '../../../src/sdk/split-words.ts';
import { createLocalHost, driveModule } from '../local-host.ts';
import { withServices } from '../module-cases.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'swarm-commands-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

test('script runs a program that is not text as it is', async () => {
  await writeFile(join(dir, 'bytes.sh'), Buffer.from('#!/bin/sh\nprintf "\xe9" | wc -c; printf "$1"\n', 'latin1'));
  const remote = createLocalHost(dir);
  const { result } = await driveModule(script.run(remote, script.args.parse({ src: join(dir, 'bytes.sh'), args: ['x'] })), remote, false);
  expect(result).toMatchObject({ rc: 0, stdout: '1\nx' });
});

test('a note says where a result that the playbook reads lacks its beginning', async () => {
  const told = async (resultIsUsed: boolean): Promise<readonly string[]> => {
    const host = createLocalHost(dir);
    const remote = { ...host, resultIsUsed, exec: async () => ({ exit: 0, stdout: 'end', stderr: '', ms: 1, truncated: true }) as const };
    await driveModule(command.run(remote, command.args.parse({ argv: ['yes'] })), remote, false);
    return host.notices.flatMap((notice) => (notice.type === 'run.note' ? [notice.text] : []));
  };
  expect(await told(true)).toEqual(['drone: yes printed more than 4 MiB: its result has the last 4 MiB only']);
  expect(await told(false)).toEqual([]);
});

test.each(['chdir', 'creates', 'removes'])('the reason why %s is refused is the right one', (name) => {
  const issues = (value: string) => command.args.safeParse({ argv: ['true'], [name]: value }).error?.issues.map(({ message }) => message);
  expect(issues('')).toEqual([expect.not.stringContaining('~')]);
  expect(issues('~/a')).toEqual([expect.stringContaining('must not begin with ~')]);
  expect(issues('a~')).toBeUndefined();
});

describe('command', () => {
  const run = (args: Record<string, unknown>, check = false) => {
    const remote = createLocalHost(dir);
    return driveModule(command.run(remote, command.args.parse(args)), remote, check);
  };

  test.each([
    ['a b  c', ['a', 'b', 'c']],
    [`echo 'a b' "c d"`, ['echo', 'a b', 'c d']],
    [`a"b c"'d'`, ['ab cd']],
    ['a\\ b', ['a b']],
    [`'' x`, ['', 'x']],
    ['echo $HOME ; rm *', ['echo', '$HOME', ';', 'rm', '*']],
    [`"a\\"b"`, ['a"b']],
  ])('splits %j as sh does, and expands nothing', (text, words) => {
    expect(splitWords(text)).toEqual(words);
  });

  test('creates and removes may be patterns of file names; the shell runs nothing in them', async () => {
    await writeFile(join(dir, 'a [1].done'), '');
    const changes = async (args: object) => (await run({ argv: ['true'], chdir: dir, ...args })).changes.length;
    expect(await changes({ creates: '*.done' })).toBe(0);
    expect(await changes({ creates: join(dir, '*.done') })).toBe(0);
    expect(await changes({ creates: 'a [1].done' })).toBe(0);
    expect(await changes({ creates: '*.none' })).toBe(1);
    expect(await changes({ creates: '$(touch injected)*' })).toBe(1);
    expect(await changes({ removes: '*.none' })).toBe(0);
    expect(await changes({ removes: 'a ?1?.*' })).toBe(1);
    expect(existsSync(join(dir, 'injected'))).toBe(false);
  });

  test('an open quote is told', () => {
    expect(() => splitWords(`echo 'a`)).toThrow(/not closed/);
  });

  test('registers exit, output and lines; no shell sees the words', async () => {
    const { result } = await run({ argv: ['printf', '%s\n', '$(id)', 'b'] });
    expect(result).toMatchObject({ rc: 0, stdout: '$(id)\nb', stdout_lines: ['$(id)', 'b'], stderr_lines: [] });
    const { start = '', end = '', delta, ms, host } = result;
    expect(new Date(end).getTime() - new Date(start).getTime()).toBeCloseTo(Number(ms), -1);
    expect(delta).toMatch(/^0:00:0\d\.\d{3}$/);
    expect(host).not.toBe('');
  });

  test('another exit than 0 fails with the end of what it said, and carries the result', async () => {
    const failed = run({ argv: ['sh', '-c', 'echo why >&2; exit 7'] });
    await expect(failed).rejects.toMatchObject({ code: 'SW6001', detail: 'why', cause: { rc: 7, stderr: 'why' } });
  });

  test('creates and removes decide before anything runs', async () => {
    await writeFile(join(dir, 'there'), '');
    expect((await run({ argv: ['false'], creates: join(dir, 'there') })).changes).toEqual([]);
    expect((await run({ argv: ['false'], removes: join(dir, 'gone') })).changes).toEqual([]);
    expect((await run({ argv: ['false'], chdir: dir, creates: 'there' })).changes).toEqual([]);
    expect((await run({ argv: ['true'], creates: join(dir, 'gone') })).changes).toHaveLength(1);
  });

  test('in a check a command is unknown, and one with creates or removes would change', async () => {
    const unknownOf = async (args: object) => (await run({ argv: ['true'], ...args })).changes[0]?.unknownInCheck;
    expect(await unknownOf({})).toBe('outcome');
    expect(await unknownOf({ creates: join(dir, 'gone') })).toBe('result');
    expect(await unknownOf({ removes: dir })).toBe('result');
  });

  test('gets its stdin and its folder', async () => {
    const { result } = await run({ argv: ['sh', '-c', 'cat; pwd'], stdin: 'in\n', chdir: dir });
    expect(result).toMatchObject({ stdout: `in\n${dir}` });
  });

  test.each([{}, { argv: ['a'], cmd: 'a' }, { argv: [] }])('refuses %j', (args) => {
    expect(command.args.safeParse(args).success).toBe(false);
  });
});

test('shell: text for sh, with pipes', async () => {
  const remote = createLocalHost(dir);
  const { result } = await driveModule(shell.run(remote, shell.args.parse({ cmd: 'echo a b | tr a-z A-Z' })), remote);
  expect(result).toMatchObject({ stdout: 'A B' });
});

test('a million short lines are a few dozen events, each of at most 64 KiB, and no line is missing', async () => {
  const remote = createLocalHost(dir);
  const print: Remote['exec'] = async (_, onLine) => {
    for (let n = 0; n < 1_000_000; n++) onLine?.('stdout', 'x');
    return { exit: 0, stdout: '', stderr: '', ms: 0 };
  };
  await driveModule(command.run(remote, command.args.parse({ argv: ['true'] })), { ...remote, exec: print });
  const sizes = remote.notices.map((notice) => (notice.type === 'task.output' ? notice.lines.length : 0));
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(1_000_000);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(32 * 1024);
  expect(sizes.length).toBeLessThan(60);
});

test('a secret among the words of a command is refused in a check too', async () => {
  const remote = createLocalHost(dir);
  registerSecret('hidden-0123456789');
  const run = command.run(remote, command.args.parse({ argv: ['curl', 'https://hidden-0123456789@host'] }));
  await expect(driveModule(run, remote, true)).rejects.toMatchObject({ code: 'SW1207' });
});

test('debug prints text as it is and other values as JSON', async () => {
  const remote = createLocalHost(dir);
  await driveModule(debug.run(remote, debug.args.parse({ msg: 'a\nb' })), remote);
  await driveModule(debug.run(remote, debug.args.parse({ msg: [1] })), remote);
  expect(remote.notices).toEqual([
    { type: 'task.output', stream: 'stdout', lines: ['a', 'b'] },
    { type: 'task.output', stream: 'stdout', lines: ['[', '  1', ']'] },
  ]);
});

test('a message is sent once the run is not a check', async () => {
  const remote = createLocalHost(dir);
  const args = sendMessage.args.parse({ text: 'new', title: 'kernel' });
  await driveModule(sendMessage.run(remote, args), remote);
  expect(remote.notices).toEqual([{ type: 'run.message', text: 'new', title: 'kernel' }]);
});

test.each([
  [true, undefined],
  [[true, 'true'], undefined],
  [[true, false], 'SW6012'],
  [null, 'SW6012'],
  ['size(x) > 1', 'SW6014'],
])('assert %j', async (that, code) => {
  const remote = createLocalHost(dir);
  const done = driveModule(assertModule.run(remote, assertModule.args.parse({ that })), remote);
  if (code === undefined) await done;
  else await expect(done).rejects.toMatchObject({ code });
});

describe.each(['openrc', 'systemd'] as const)('service under %s', (init) => {
  const run = async (args: Record<string, unknown>, check = false) => {
    const remote = await withServices(dir, init);
    return driveModule(service.run(remote, service.args.parse(args)), remote, check);
  };
  const isRunning = (name: string) =>
    readFile(join(dir, 'state/running', name)).then(
      () => true,
      () => false,
    );

  test('started and enabled, then nothing to do', async () => {
    const { changes } = await run({ name: 'chronyd', state: 'started', enabled: true });
    expect(changes.map(({ subject, after }) => [subject, after])).toEqual([
      ['service chronyd at boot', 'enabled\n'],
      ['service chronyd', 'started\n'],
    ]);
    expect(await isRunning('chronyd')).toBe(true);
    expect((await run({ name: 'chronyd', state: 'started', enabled: true })).changes).toEqual([]);
  });

  test('restarted always acts; a stopped one is started', async () => {
    expect((await run({ name: 'chronyd', state: 'restarted' })).changes).toMatchObject([{ verb: 'update', after: 'started\n' }]);
    expect((await run({ name: 'chronyd', state: 'restarted' })).changes).toMatchObject([{ verb: 'run', after: 'restarted\n' }]);
  });

  test('stopping and disabling the login service asks the guards, chronyd does not', async () => {
    await run({ name: 'sshd', state: 'started', enabled: true });
    await run({ name: 'chronyd', state: 'started' });
    const stop = await run({ name: 'sshd', state: 'stopped', enabled: false }, true);
    expect(stop.changes.map(({ disruptive }) => disruptive)).toEqual([true, true]);
    expect((await run({ name: 'sshd', state: 'restarted' }, true)).changes[0]?.disruptive).toBeUndefined();
    expect((await run({ name: 'chronyd', state: 'stopped' }, true)).changes[0]?.disruptive).toBeUndefined();
  });

  test('a service that is not there is an error, also in check mode', async () => {
    await expect(run({ name: 'nope', state: 'started' }, true)).rejects.toMatchObject({ code: 'SW6011' });
  });
});

test('service: masked and unmasked, also one that is not there; OpenRC has nothing like it', async () => {
  const remote = await withServices(dir, 'systemd');
  const run = async (args: Record<string, unknown>) =>
    (await driveModule(service.run(remote, service.args.parse(args)), remote)).changes.map(({ after, disruptive }) => [after, disruptive]);
  expect(await run({ name: 'gone', masked: true })).toEqual([['masked\n', undefined]]);
  expect(await run({ name: 'gone', masked: true })).toEqual([]);
  expect(await run({ name: 'sshd', masked: true })).toEqual([['masked\n', true]]);
  expect(await run({ name: 'gone', masked: false })).toEqual([['not masked\n', undefined]]);
  const other = await withServices(dir, 'openrc');
  const refused = driveModule(service.run(other, service.args.parse({ name: 'chronyd', masked: true })), other);
  await expect(refused).rejects.toMatchObject({ code: 'SW6011' });
});

test('service: a host without systemd and OpenRC is told so', async () => {
  const remote = createLocalHost(dir);
  const done = driveModule(service.run(remote, service.args.parse({ name: 'chronyd', state: 'started' })), remote);
  await expect(done).rejects.toMatchObject({ code: 'SW6011', message: expect.stringContaining('neither systemd nor OpenRC') });
});
