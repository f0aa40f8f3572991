import { spawn } from 'node:child_process';
import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openSession } from '../../../src/remote/session/session.ts';
import { toPrintfCommand } from '../../../src/remote/session/shell-text.ts';
import type { RemoteProcess } from '../../../src/remote/transport/transport.ts';
import { cases } from '../../setup/cases.ts';
import { posixShells } from './posix-shells.ts';

const limit = 1 << 20;

/** A session whose far end is the test: it sees what was asked, and says what it likes. */
function scripted() {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  let finish: (exit: number) => void = () => undefined;
  let lose: (error: Error) => void = () => undefined;
  const done = new Promise<number>((resolve, reject) => {
    finish = resolve;
    lose = reject;
  });
  let ends = 0;
  const process: RemoteProcess = { stdin, stdout, stderr, done, end: () => void ends++ };
  const session = openSession(process);
  /** The nonce of the unit that was sent last. */
  const nonce = (): string => /echo ([0-9a-f]{32}) \$\?;echo \1 >&2\n$/.exec(stdin.read()?.toString() ?? '')?.[1] ?? '';
  return { session, stdout, stderr, nonce, finish, lose, ended: () => ends };
}

test('while nobody takes the output, no more of it is read, and the end is not missed', async () => {
  const { session, stdout, stderr, nonce } = scripted();
  let open = (): void => undefined;
  let gate: Promise<void> | undefined = new Promise((resolve) => {
    open = resolve;
  });
  const heard: string[] = [];
  const answer = session.runText('work', { limit, onStdout: (bytes) => heard.push(bytes.toString()), outputGate: () => gate });
  const now = nonce();
  stdout.write('first\n');
  await new Promise(setImmediate);
  stdout.write(`second\n${now} 0\n`);
  stderr.write(`${now}\n`);
  await new Promise(setImmediate);
  expect([heard, stdout.isPaused()]).toEqual([['first\n'], true]);
  gate = undefined;
  open();
  expect(await answer).toMatchObject({ exit: 0, stdout: Buffer.from('first\nsecond\n') });
});

test('much output that waits is read piece by piece: timers and other hosts have their turn in between', async () => {
  const { session, stdout, stderr, nonce } = scripted();
  let heard = 0;
  const count = (bytes: Buffer): void => {
    heard += bytes.length;
  };
  const answer = session.runText('work', { limit: 1 << 24, keep: 0, onStdout: count });
  const now = nonce();
  stderr.write(`${now}\n`);
  stdout.pause();
  for (let n = 0; n < 64; n++) stdout.write(Buffer.alloc(32 * 1024, 'x\n'));
  stdout.write(`${now} 0\n`);
  const turns: number[] = [];
  stdout.resume();
  while (heard < 1 << 21) {
    await new Promise(setImmediate);
    turns.push(heard);
  }
  expect(await answer).toMatchObject({ exit: 0 });
  expect(Math.max(...turns.map((at, index) => at - (turns[index - 1] ?? 0)))).toBeLessThan(200_000);
});

const chunks = (bytes: Buffer, cuts: readonly number[]): readonly Buffer[] => {
  const at = [0, ...[...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b), bytes.length];
  return at.slice(1).map((end, index) => bytes.subarray(at[index], end));
};

test('output is the bytes before the frame, however they are cut, whatever is in them', async () => {
  const hostile = fc.constantFrom('0', '01', 'deadbeef', ' 0\n', '\n', '0123456789abcdef0123456789abcdef 0\n');
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
    hostile.map((text) => Buffer.from(text)),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(piece, { maxLength: 8 }),
      fc.array(piece, { maxLength: 4 }),
      fc.array(fc.nat(500), { maxLength: 30 }),
      fc.nat(40),
      fc.integer({ min: 0, max: 255 }),
      async (out, err, cuts, prefix, exit) => {
        const { session, stdout, stderr, nonce } = scripted();
        const heard: Buffer[] = [];
        const first = session.runText('one', { limit });
        const old = nonce();
        stdout.write(`${old} 0\n`);
        stderr.write(`${old}\n`);
        await first;
        const answer = session.runText('two', { limit, onStdout: (bytes) => heard.push(bytes) });
        const now = nonce();
        // an earlier nonce, the beginning of this one, and this one without a status are all just output
        const said = Buffer.concat([
          Buffer.from(`${old} 0\n`),
          ...out,
          Buffer.from(now.slice(0, Math.min(prefix, 31))),
          Buffer.from(`echo ${now} $?;echo`),
        ]);
        for (const chunk of chunks(Buffer.concat([said, Buffer.from(`${now} ${exit}\n`)]), cuts)) stdout.write(chunk);
        for (const chunk of chunks(Buffer.concat([...err, Buffer.from(`${now}\n`)]), cuts)) stderr.write(chunk);
        const told = await answer;
        expect(told.exit).toBe(exit);
        expect(told.stdout.equals(said)).toBe(true);
        expect(told.stderr.equals(Buffer.concat(err))).toBe(true);
        expect(Buffer.concat(heard).equals(said)).toBe(true);
        expect(session.usable).toBe(true);
      },
    ),
    { numRuns: cases(300) },
  );
});

test('what may be the beginning of a frame is held back, what cannot be is handed on at once', async () => {
  const { session, stdout, stderr, nonce } = scripted();
  const heard: string[] = [];
  const answer = session.runText('x', { limit, onStdout: (bytes) => heard.push(bytes.toString()) });
  const now = nonce();
  stdout.write(`line\n${now.slice(0, 5)}`);
  await new Promise(setImmediate);
  expect(heard.join('')).toBe('line\n');
  stdout.write('!');
  await new Promise(setImmediate);
  expect(heard.join('')).toBe(`line\n${now.slice(0, 5)}!`);
  stdout.write(`${now} 0\n`);
  stderr.write(`${now}\n`);
  expect((await answer).stdout.toString()).toBe(`line\n${now.slice(0, 5)}!`);
});

test('both frames must close before there is a result', async () => {
  const { session, stdout, stderr, nonce } = scripted();
  let settled = false;
  const answer = session.runText('x', { limit }).finally(() => {
    settled = true;
  });
  const now = nonce();
  stdout.write(`${now} 0\n`);
  await new Promise(setImmediate);
  expect(settled).toBe(false);
  stderr.write(`late${now}\n`);
  expect((await answer).stderr.toString()).toBe('late');
});

test('somebody who writes out of turn makes the session unusable, and harms no result before', async () => {
  const { session, stdout, stderr, nonce } = scripted();
  const answer = session.runText('x', { limit });
  const now = nonce();
  stderr.write(`${now}\n`);
  stdout.write(`yes${now} 0\nnoise of a process left behind`);
  expect((await answer).stdout.toString()).toBe('yes');
  expect(session.usable).toBe(false);
});

test('M4: a shell that ends, with whatever status, is never a result', async () => {
  for (const exit of [0, 1, 255]) {
    const { session, stdout, finish } = scripted();
    const answer = session.runText('x', { limit });
    stdout.write('half of the out');
    finish(exit);
    await expect(answer).rejects.toMatchObject({ code: 'SW2005' });
    await expect(session.runText('y', { limit })).rejects.toMatchObject({ code: 'SW2005' });
    expect(session.usable).toBe(false);
  }
});

test('what the shell said last is told with its end', async () => {
  const { session, stderr, finish } = scripted();
  const answer = session.runText('x', { limit });
  stderr.write('a warning\nsh: 1: Cannot fork\n');
  finish(2);
  await expect(answer).rejects.toThrow('the shell on the host ended (exit 2) while it was in use: sh: 1: Cannot fork');
});

test('a lost link is the reason that was told', async () => {
  const { session, lose } = scripted();
  const answer = session.runText('x', { limit });
  lose(new Error('cable pulled'));
  await expect(answer).rejects.toThrow('cable pulled');
});

test('output above the limit ends the session', async () => {
  const { session, stdout, ended } = scripted();
  const answer = session.runText('x', { limit: 1000 });
  stdout.write(Buffer.alloc(1001));
  await expect(answer).rejects.toMatchObject({ code: 'SW6001' });
  expect(ended()).toBe(1);
  expect(session.usable).toBe(false);
});

describe.each(posixShells.map((shell) => [shell.join(' '), shell] as const))('over a real %s', (_, [program, ...args]) => {
  test('any bytes on both outputs, any status, many units in one shell', async () => {
    const child = spawn(program, args);
    const done = new Promise<number>((resolve) => child.on('close', (code) => resolve(code ?? 255)));
    const session = openSession({
      ...child,
      stdin: child.stdin,
      stdout: child.stdout,
      stderr: child.stderr,
      done,
      end: () => void child.kill(),
    });
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 500 }), fc.uint8Array({ maxLength: 100 }), fc.nat(255), async (out, err, exit) => {
        const answer = await session.runText(`${toPrintfCommand(out)};${toPrintfCommand(err)} >&2;(exit ${exit})`, { limit });
        expect(answer.stdout.equals(Buffer.from(out))).toBe(true);
        expect(answer.stderr.equals(Buffer.from(err))).toBe(true);
        expect(answer.exit).toBe(exit);
      }),
      { numRuns: cases(200) },
    );
    const before = await session.runText('cat', { limit });
    expect(before).toMatchObject({ exit: 0, stdout: Buffer.alloc(0) }); // stdin of a unit is empty, and not the next unit
    child.stdin.end();
    await done;
  });
});
