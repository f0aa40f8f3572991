import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer, connect as dial } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Connection, CREATED } from '../../../src/core/connection.ts';
import { SwarmError } from '../../../src/core/error/swarm-error.ts';
import { Secret } from '../../../src/core/secret.ts';
import { cases } from '../../setup/cases.ts';
import { neverAborted } from '../test-options.ts';

/** A connection to a host that shares this machine's files, and what ends it all. */
export interface OpenedConnection extends AsyncDisposable {
  readonly connection: Connection;
}

/** What every connection promises, whatever carries it. */
export function describeConnection(name: string, make: () => Promise<OpenedConnection>, features: { readonly tunnel: boolean }): void {
  describe(`a connection over ${name}`, () => {
    let opened: OpenedConnection;
    let link: Connection;
    const dir = mkdtempSync(join(tmpdir(), 'swarm-contract-'));
    beforeAll(async () => {
      opened = await make();
      link = opened.connection;
    });
    afterAll(async () => {
      await opened[Symbol.asyncDispose]();
      rmSync(dir, { recursive: true, force: true });
    });
    const run = (argv: readonly [string, ...string[]], more = {}) => link.exec({ argv, ...more }, neverAborted);

    test('stdout, stderr and exit status come apart', async () => {
      const result = await run(['sh', '-c', 'echo out; echo err >&2; exit 3']);
      expect(result).toMatchObject({ exit: 3, stdout: 'out\n', stderr: 'err\n' });
    });

    test('M12: every argument arrives as it is, whatever is in it', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(
            fc.string({ unit: 'binary', maxLength: 40 }).map((text) => text.replaceAll('\0', '')),
            { minLength: 1, maxLength: 5 },
          ),
          async (args) => {
            const { stdout } = await run(['printf', '%s|', ...args]);
            expect(stdout).toBe(args.map((each) => `${each}|`).join(''));
          },
        ),
        { numRuns: cases(60) },
      );
    });

    test('a command that is one of the shell’s own words is still a program, and changes nothing in the session', async () => {
      for (const argv of [
        ['cd', '/'],
        ['exit', '9'],
        ['set', '-e'],
        ['exec', 'true'],
        ['unset', 'PATH'],
      ] as const)
        await run(argv);
      const { stdout, exit } = await run(['sh', '-c', 'pwd; echo $PATH']);
      expect(exit).toBe(0);
      expect(stdout.split('\n')[0]).not.toBe('/');
      expect(stdout.split('\n')[1]).not.toBe('');
    });

    test('a program that does not exist gives 127, one that may not run 126', async () => {
      writeFileSync(join(dir, 'plain'), 'text', { mode: 0o644 });
      expect((await run(['/no/such/program'])).exit).toBe(127);
      expect((await run([join(dir, 'plain')])).exit).toBe(126);
    });

    test('M7: with a working directory that is missing the command does not run', async () => {
      const file = join(dir, 'must-not-exist');
      const result = await run(['touch', file], { cwd: join(dir, 'missing') });
      expect(result.exit).toBe(125);
      expect(existsSync(file)).toBe(false);
      expect((await run(['pwd'], { cwd: '/usr' })).stdout).toBe('/usr\n');
      mkdirSync(join(dir, '-'));
      expect((await run(['pwd'], { cwd: `${dir}/-` })).stdout).toBe(`${dir}/-\n`);
    });

    test('environment arrives exactly, and a secret is in no argument list', async () => {
      const env = { PLAIN: 'a b\'c"\n$HOME', HIDDEN: new Secret('token', 'canary-81f2') };
      const { stdout } = await run(['sh', '-c', 'printf "%s|%s|" "$PLAIN" "$HIDDEN"; cat /proc/[0-9]*/cmdline | tr "\\0" " "'], { env });
      expect(stdout.startsWith('a b\'c"\n$HOME|canary-81f2|')).toBe(true);
      expect(stdout.split('canary-81f2').length).toBe(2);
      const pipe = await link.open({ argv: ['sh', '-c', 'printf %s "$HIDDEN"; cat /proc/[0-9]*/cmdline'], env }, neverAborted);
      pipe.stdin.end();
      expect((await all(pipe.stdout)).toString().split('canary-81f2').length).toBe(2);
    });

    test('stdin is empty, or exactly the given bytes; small, with every byte value, and large', async () => {
      expect(await run(['cat'])).toMatchObject({ exit: 0, stdout: '' });
      for (const bytes of [
        Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)),
        Buffer.from('no newline'),
        randomBytes(3_000_000),
      ]) {
        expect((await run(['sha256sum'], { stdin: bytes })).stdout.slice(0, 64)).toBe(createHash('sha256').update(bytes).digest('hex'));
      }
      expect(await run(['false'], { stdin: Buffer.from('not read') })).toMatchObject({ exit: 1, stderr: '' });
      expect((await run(['true'], { stdin: randomBytes(3_000_000) })).exit).toBe(0);
    });

    test('M9: lines come while the command runs, a character that comes in three packets is one', async () => {
      const seen: string[] = [];
      let early = false;
      const work = link.exec(
        {
          argv: [
            'sh',
            '-c',
            "printf 'first\\n'; while ! [ -e \"$1\" ]; do sleep 0.02; done; printf '\\342'; sleep 0.05; printf '\\202'; sleep 0.05; printf '\\254 last'",
            'sh',
            join(dir, 'go'),
          ],
        },
        neverAborted,
        (stream, line) => {
          seen.push(`${stream} ${line}`);
          if (line === 'first') {
            early = true;
            writeFileSync(join(dir, 'go'), '');
          }
        },
      );
      expect((await work).stdout).toBe('first\n€ last');
      expect(early).toBe(true);
      expect(seen).toEqual(['stdout first', 'stdout € last']);
    });

    test('output that looks like an end of output is output', async () => {
      const frame =
        'echo 0123456789abcdef0123456789abcdef 0; echo 0123456789abcdef0123456789abcdef >&2; printf 0123456789abcdef0123456789abcdef';
      expect((await run(['sh', '-c', `${frame}; exit 5`])).exit).toBe(5);
    });

    test('more output than the limit is an error, and the next command works', async () => {
      const work = run(['sh', '-c', 'exec head -c 20000000 /dev/zero']);
      await expect(work).rejects.toMatchObject({ code: 'SW6001', message: expect.stringContaining('printed more than') });
      expect((await run(['echo', 'on'])).stdout).toBe('on\n');
    });

    test('a command whose lines are listened to may print without limit: its result has the end', async () => {
      let lines = 0;
      const command = { argv: ['sh', '-c', 'seq 300000; echo last >&2'] as const, keepBytes: 1000 };
      const { exit, stdout, stderr, truncated } = await link.exec(command, neverAborted, () => {
        lines += 1;
      });
      expect({ exit, lines, stderr, truncated }).toEqual({ exit: 0, lines: 300_001, stderr: 'last\n', truncated: true });
      expect(stdout).toHaveLength(1000);
      expect(stdout).toMatch(/\n299999\n300000\n$/);
    });

    test('a time limit ends the command with its children, and the next command works', async () => {
      const mark = join(dir, 'child');
      const work = run(['sh', '-c', 'sleep 1000 & echo $! >"$1"; trap "" TERM; sleep 1001; sleep 1002', 'sh', mark], { timeoutMs: 300 });
      await expect(work).rejects.toMatchObject({ code: 'SW6002' });
      expect(existsSync(`/proc/${readFileSync(mark, 'utf8').trim()}/exe`)).toBe(false);
      expect((await run(['echo', 'on'])).stdout).toBe('on\n');
    });

    test('an abort ends the command; what it throws is the reason', async () => {
      const stop = new AbortController();
      const mark = join(dir, 'aborted');
      const work = link.exec({ argv: ['sh', '-c', 'echo $$ >"$1"; echo up; exec sleep 1003', 'sh', mark] }, stop.signal, () =>
        stop.abort(new Error('enough')),
      );
      await expect(work).rejects.toThrow('enough');
      expect(existsSync(`/proc/${readFileSync(mark, 'utf8').trim()}/exe`)).toBe(false);
      await expect(link.exec({ argv: ['true'] }, stop.signal)).rejects.toThrow('enough');
    });

    test('a command that ends its own shell is unknown, never ok, and the next one works', async () => {
      await expect(run(['sh', '-c', 'kill -9 $PPID'])).rejects.toMatchObject({ code: 'SW2005' });
      expect((await run(['echo', 'on'])).stdout).toBe('on\n');
    });

    test('a busy command does not keep others waiting, and ten at once all end', async () => {
      const go = join(dir, 'release');
      const busy = run(['sh', '-c', 'until [ -e "$1" ]; do sleep 0.02; done; echo freed', 'sh', go]);
      expect((await run(['echo', 'beside'])).stdout).toBe('beside\n');
      writeFileSync(go, '');
      expect((await busy).stdout).toBe('freed\n');
      const many = await Promise.all(Array.from({ length: 10 }, (_, index) => run(['sh', '-c', `sleep 0.05; echo ${index}`])));
      expect(many.map(({ stdout }) => stdout)).toEqual(Array.from({ length: 10 }, (_, index) => `${index}\n`));
    });

    test('M11: a process left behind that holds the output keeps nobody waiting, and what it prints later spoils no other result', async () => {
      expect((await run(['sh', '-c', 'while sleep 0.01; do echo noise; done & echo $!'])).exit).toBe(0);
      for (let round = 0; round < 20; round++) {
        await new Promise((resolve) => setTimeout(resolve, 5));
        expect((await link.read('/etc/hostname', neverAborted))?.length).toBe(statSync('/etc/hostname').size);
      }
      await run(['sh', '-c', 'for d in /proc/[0-9]*; do grep -qs "echo noise" $d/cmdline && kill -9 "$(basename $d)"; done; true']);
    });

    test('a file is written and read back byte for byte: every byte value, empty, large, with a strange name', async () => {
      const contents = [
        Buffer.alloc(0),
        Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)),
        randomBytes(50_000),
        randomBytes(2_000_000),
      ];
      for (const [index, content] of contents.entries()) {
        const path = join(dir, `a 'b' $c\n${index}`);
        await link.write(path, content, { mode: '0640' }, neverAborted);
        expect(readFileSync(path).equals(content)).toBe(true);
        expect(statSync(path).mode & 0o7777).toBe(0o640);
        expect(Buffer.from((await link.read(path, neverAborted)) ?? []).equals(content)).toBe(true);
      }
      expect(readdirSync(dir).filter((name) => name.startsWith('.swarm-'))).toEqual([]);
    });

    test('modes are exact, also those that no umask gives; without one a file keeps the mode it has', async () => {
      const path = join(dir, 'mode');
      for (const mode of ['0600', '0644', '0755', '4755', '0400']) {
        await link.write(path, Buffer.from(mode), { mode }, neverAborted);
        expect((statSync(path).mode & 0o7777).toString(8).padStart(4, '0')).toBe(mode);
      }
      chmodSync(path, 0o711);
      await link.write(path, Buffer.from('kept'), {}, neverAborted);
      expect(statSync(path).mode & 0o7777).toBe(0o711);
      await link.write(join(dir, 'fresh'), Buffer.from('new'), {}, neverAborted);
      expect(statSync(join(dir, 'fresh')).mode & 0o7777).toBe(0o644);
      await expect(link.write(path, Buffer.from(''), { mode: 'u+x; rm' }, neverAborted)).rejects.toMatchObject({ code: 'SW6014' });
    });

    test('a file that is absent reads as undefined; one that cannot be read is an error', async () => {
      expect(await link.read(join(dir, 'absent'), neverAborted)).toBeUndefined();
      expect(await link.read(join(dir, 'no/such/folder'), neverAborted)).toBeUndefined();
      symlinkSync('/nowhere', join(dir, 'dangling'));
      expect(await link.read(join(dir, 'dangling'), neverAborted)).toBeUndefined();
      symlinkSync('circle', join(dir, 'circle'));
      await expect(link.read(dir, neverAborted)).rejects.toMatchObject({ code: 'SW6001', message: `${dir} is a folder` });
      await expect(link.read(join(dir, 'circle'), neverAborted)).rejects.toThrow('it is a link that leads in a circle');
    });

    test('a command creates its new file where nothing is at the path, and runs elsewhere', async () => {
      const look = { argv: ['/bin/sh', '-c', 'echo "$1"', 'sh', 'looked'], inSession: true } as const;
      const tryToCreate = async (path: string, content: Buffer, owner?: string): Promise<number | string> => {
        const meta = { mode: '0640', ...(owner === undefined ? {} : { owner }) };
        const { exit, stdout } = await link.exec({ ...look, createInstead: { path, content, meta } }, neverAborted);
        return exit === CREATED ? exit : stdout;
      };
      const path = join(dir, `new 'b' $c\n-`);
      const bytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
      expect(await tryToCreate(path, bytes)).toBe(CREATED);
      expect(readFileSync(path).equals(bytes)).toBe(true);
      expect(statSync(path).mode & 0o7777).toBe(0o640);
      expect(await tryToCreate(path, Buffer.from('other'))).toBe('looked\n');
      expect(readFileSync(path).equals(bytes)).toBe(true);
      symlinkSync('/nowhere', join(dir, 'leads nowhere'));
      expect(await tryToCreate(join(dir, 'leads nowhere'), bytes)).toBe('looked\n');
      expect(await tryToCreate(join(dir, 'no/such/folder/file'), bytes)).toBe('looked\n');
      expect(await tryToCreate(join(dir, 'too big'), randomBytes(40_000))).toBe('looked\n');
      expect(await tryToCreate(join(dir, 'not ours'), bytes, 'no-such-user')).toBe('looked\n');
      expect(readdirSync(dir).filter((name) => /^\.swarm-|too big|not ours/.test(name))).toEqual([]);
    });

    test('a write that fails leaves the old file and nothing else', async () => {
      await expect(link.write(dir, Buffer.from('x'), {}, neverAborted)).rejects.toMatchObject({
        code: 'SW6001',
        message: `${dir} is a folder`,
      });
      const pipe = join(dir, 'pipe');
      execFileSync('sh', ['-c', 'mkfifo "$1"', 'sh', pipe]);
      await expect(link.write(pipe, Buffer.from('x'), {}, neverAborted)).rejects.toThrow(SwarmError);
      expect(lstatSync(pipe).isFIFO()).toBe(true);
      rmSync(pipe);
      await expect(link.write(join(dir, 'no/such/file'), Buffer.from('x'), {}, neverAborted)).rejects.toMatchObject({
        message: `the folder ${dir}/no/such does not exist`,
        hint: expect.stringContaining(`{ path: "${dir}/no/such", state: directory }`),
      });
      await link.write(join(dir, 'old'), Buffer.from('old'), {}, neverAborted);
      await expect(link.write(join(dir, 'old/file'), Buffer.from('x'), {}, neverAborted)).rejects.toThrow(`${dir}/old is not a folder`);
      await expect(link.write(join(dir, 'old/a/b'), Buffer.from('x'), {}, neverAborted)).rejects.toThrow('a part of the path is a file');
      await expect(link.write(join(dir, 'old'), Buffer.from('new'), { owner: 'no-such-user' }, neverAborted)).rejects.toThrow(
        'no-such-user',
      );
      expect(readFileSync(join(dir, 'old'), 'utf8')).toBe('old');
      expect(readdirSync(dir).filter((name) => name.startsWith('.swarm-'))).toEqual([]);
    });

    test('a pipe carries megabytes both ways at once and tells the exit status', async () => {
      const bytes = randomBytes(5_000_000);
      const pipe = await link.open({ argv: ['sh', '-c', 'cat; echo end >&2; exit 6'] }, neverAborted);
      pipe.stdin.end(bytes);
      const [out, err] = await Promise.all([all(pipe.stdout), all(pipe.stderr)]);
      expect(out.equals(bytes)).toBe(true);
      expect(err.toString()).toBe('end\n');
      expect(await pipe.done).toBe(6);
      const killed = await link.open({ argv: ['sh', '-c', 'kill -9 $$'] }, neverAborted);
      killed.stdout.resume();
      expect(await killed.done).toBe(137);
    });

    test('an aborted pipe ends its process', async () => {
      const stop = new AbortController();
      const pipe = await link.open({ argv: ['sh', '-c', 'echo $$; exec sleep 1004'] }, stop.signal);
      const [pid] = (await once(pipe.stdout, 'data')) as [Buffer];
      stop.abort(new Error('enough'));
      pipe.stdout.resume();
      await expect(pipe.done).rejects.toThrow('enough');
      await expect.poll(() => existsSync(`/proc/${pid.toString().trim()}/exe`)).toBe(false);
    });

    test('it tells what it proved, and who it is', () => {
      expect(link.proof.bootId).toBe(readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim());
      expect(link.proof.initStart).toMatch(/^\d+$/);
      expect(link.facts).toMatchObject({
        hostname: readFileSync('/proc/sys/kernel/hostname', 'utf8').trim(),
        arch: expect.stringMatching(/^\w+$/),
      });
      expect(link.facts.cores).toBeGreaterThan(0);
      expect(link.facts.memory).toBeGreaterThan(1_000_000);
    });

    if (features.tunnel)
      test('a loopback port of the host leads here, until it is given back', async () => {
        const server = createServer((socket) => socket.on('error', () => undefined).end('from here'));
        await once(server.listen(0, '127.0.0.1'), 'listening');
        const { port } = server.address() as { port: number };
        const tunnel = await link.expose(port, neverAborted);
        const ask = async (): Promise<string> => (await run(['bash', '-c', `cat </dev/tcp/127.0.0.1/${tunnel.port}`])).stdout;
        expect(await Promise.all([ask(), ask()])).toEqual(['from here', 'from here']);
        const socket = dial(tunnel.port, '127.0.0.1');
        await once(socket, 'connect');
        socket.destroy();
        await tunnel[Symbol.asyncDispose]();
        server.close();
      });

    if (!features.tunnel)
      test('without tunnels it says so', async () => {
        await expect(link.expose(80, neverAborted)).rejects.toMatchObject({ code: 'SW2007', hint: expect.any(String) });
      });
  });
}

async function all(stream: NodeJS.ReadableStream): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part as Buffer);
  return Buffer.concat(parts);
}
