import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Connection } from '../../../src/core/connection.ts';
import type { StageTimeouts } from '../../../src/core/inventory/stage-timeouts.ts';
import { connect } from '../../../src/remote/connect/connect.ts';
import { findMarkedProcesses } from '../../machines/marked-processes.ts';
import { isRoot, sshdProgram, startSshd } from '../../machines/sshd.ts';
import { trustedHost } from '../../machines/sshd-fleet.ts';
import { connectOptions, neverAborted } from '../test-options.ts';

/** Start-up files that a shell reads before its command, with which the host must work. */
const HARMLESS: Readonly<Record<string, string>> = {
  empty: '',
  'text on stdout': 'echo Welcome; printf "no line end"',
  'text on stderr': 'echo careful >&2; printf "no line end" >&2',
  umask: 'umask 0777',
  'set -e': 'set -e',
  'set -u': 'set -u',
  'set -f and -C': 'set -fC',
  'set -x': 'set -x',
  'ignored signals': 'trap "" HUP INT TERM PIPE QUIT',
  'a trap at the end': 'trap "echo bye; exit 3" EXIT',
  'another IFS': 'IFS=/; export IFS',
  CDPATH: 'CDPATH=/usr:/; export CDPATH',
  'another locale': 'LC_ALL=tr_TR.UTF-8; export LC_ALL',
  'no HOME': 'unset HOME',
  'an odd HOME': 'HOME="/tmp/two\nlines"; export HOME',
  'no USER': 'unset USER LOGNAME',
  'another folder': 'cd /',
  'a job in the background': 'sleep 1 &',
  'a job in the background that stays': 'sleep 30 &',
  'exported options': 'set -e; export SHELLOPTS 2>/dev/null',
  'a line that fails': 'no-such-program-anywhere',
};

/** Start-up files that no command gets past: what the error names. */
const HARMFUL: Readonly<Record<string, readonly [text: string, message: RegExp]>> = {
  hangs: ['sleep 60', /the login works, but its shell did not answer within 1 s: a start-up file hangs/],
  'hangs and prints': ['echo mounting the home; sleep 60', /a start-up file hangs.*the last line that the host printed: mounting the home/],
  'reads stdin': ['read answer', /a start-up file starts another shell or reads stdin/],
  'starts another shell': ['exec cat', /a start-up file starts another shell or reads stdin/],
  'prints without end': ['while :; do echo spam spam spam; done', /its start-up files print too much, or without end: spam spam spam/],
  'sends stdout elsewhere': ['exec >/dev/null', /answer within 1 s: a start-up file sends stdout elsewhere, as exec >FILE does$/],
  'closes stderr': ['exec 2>&-', /answer within 1 s: a start-up file sends stderr elsewhere, as exec 2>&1 does$/],
  'makes one of both outputs': ['exec 2>&1', /a start-up file sends stderr elsewhere, as exec 2>&1 does$/],
  'asks, and ends without an answer': [
    'echo "Do you accept?"; read a; [ "$a" = y ] || exit 1',
    /a start-up file starts another shell or reads stdin/,
  ],
  ends: ['echo This account is closed; exit 1', /the host did not start a shell: This account is closed/],
};

/** Login shells that end in a POSIX sh, as `SHELL -c COMMAND`. Each reads ~/.rc first; what this machine does not have is left out. */
const SHELLS: Readonly<Record<string, string>> = {
  sh: '#!/bin/sh\n. ~/.rc\neval "$2"\n',
  dash: '#!/bin/dash\n. ~/.rc\neval "$2"\n',
  bash: '#!/bin/bash\n. ~/.rc\neval "$2"\n',
  'bash, as it is': '#!/bin/bash\nln -sf .rc ~/.bashrc\nexec bash "$@"\n',
  'bash --posix': '#!/bin/bash\nln -sf .rc ~/.bashrc\nexec bash --posix "$@"\n',
  'restricted bash': '#!/bin/bash\n. ~/.rc\nexec bash -r "$@"\n',
  'bash that logs in': '#!/bin/bash\nln -sf .rc ~/.profile\nexec bash -l "$@"\n',
  busybox: '#!/bin/busybox sh\n. ~/.rc\neval "$2"\n',
  'sh with a terminal menu': '#!/bin/sh\necho "1) mail 2) shell"\n. ~/.rc\nexec sh -c "$2"\n',
  'a forced command': '#!/bin/sh\n. ~/.rc\nSSH_ORIGINAL_COMMAND=$2\nsh -c "$SSH_ORIGINAL_COMMAND"\n',
  'a shell that starts a child for each command': '#!/bin/sh\n. ~/.rc\nsh -c "$2"\nexit $?\n',
  'perl -e': '#!/usr/bin/perl\nexec "/bin/sh", "-c", ". ~/.rc; eval \\"\\$1\\"", "sh", $ARGV[1];\n',
};

const has = (program: string): boolean => {
  try {
    execFileSync('test', ['-x', program]);
    return true;
  } catch {
    return false;
  }
};
const shells = Object.entries(SHELLS).filter(([, text]) => has(/^#!(\S+)/.exec(text)?.[1] ?? ''));

/** Three or four of the files for each shell, other ones for the next shell; all with SWARM_TEST_FULL=1. */
function startUpFilesFor(text: string): readonly (readonly [string, string])[] {
  const first = shells.findIndex(([, each]) => each === text) % 6;
  return Object.entries(HARMLESS).filter((_, at) => process.env['SWARM_TEST_FULL'] === '1' || at % 6 === first);
}

describe.skipIf(!isRoot || sshdProgram === undefined)('login shells and their start-up files', () => {
  const dir = mkdtempSync(join(tmpdir(), 'swarm-shells-'));
  beforeAll(() => chmodSync(dir, 0o777));
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  const open = async (
    shellText: string,
    timeouts: Partial<StageTimeouts>,
    work: (set: (rc: string) => Promise<Connection>) => Promise<void>,
  ) => {
    const shell = join(dir, 'shell');
    writeFileSync(shell, shellText, { mode: 0o755 });
    await using sshd = await startSshd({ account: { name: 'ordinary', uid: 4242, shell } });
    const host = trustedHost(sshd, 'one', { timeouts });
    await work((rc) => {
      writeFileSync(join(sshd.home, '.rc'), `${rc}\n`);
      return connect(host, connectOptions([host]), neverAborted);
    });
  };

  test.each(shells)(
    '%s: the host works with every start-up file that gets as far as the command',
    { timeout: 120_000 },
    async (_, shellText) => {
      await open(shellText, {}, async (set) => {
        for (const [name, rc] of startUpFilesFor(shellText)) {
          await using link = await set(rc).catch((error: unknown) => Promise.reject(new Error(`${name}: ${String(error)}`)));
          const result = await link.exec({ argv: ['sh', '-c', 'false; echo out; echo err >&2; exit 3'], cwd: '/usr' }, neverAborted);
          expect(result, name).toMatchObject({ exit: 3, stdout: 'out\n' });
          expect(result.stderr, name).toContain('err\n');
          if (name === 'umask') {
            const path = join(dir, 'written');
            await link.write(path, Buffer.from('content'), { mode: '0644' }, neverAborted);
            expect(Buffer.from((await link.read(path, neverAborted)) ?? '').toString(), name).toBe('content');
          }
          const pipe = await link.open({ argv: ['cat'] }, neverAborted);
          pipe.stdin.end('bytes');
          if (name === 'a trap at the end' && !/exec/.test(shellText)) continue; // such a shell prints behind its command
          const parts: Buffer[] = [];
          for await (const part of pipe.stdout) parts.push(part as Buffer);
          expect(Buffer.concat(parts).toString(), name).toBe('bytes');
        }
      });
    },
  );

  test('a start-up file that no command gets past is named as what it is', { timeout: 120_000 }, async () => {
    await open(SHELLS['bash, as it is'] ?? '', { shell: 1000 }, async (set) => {
      for (const [name, [rc, message]] of Object.entries(HARMFUL))
        await expect(set(rc), name).rejects.toMatchObject({
          code: 'SW2006',
          message: expect.stringMatching(message),
          hint: expect.any(String),
        });
    });
  });

  test('a program that the probe waits for is named, and ended on the host, though the login is root', async () => {
    writeFileSync(join(dir, 'id'), '#!/bin/sh\nexec sleep 4242\n', { mode: 0o755 });
    await using sshd = await startSshd({ env: { USER: '', LOGNAME: '', PATH: `${dir}:/usr/bin:/bin` } });
    const host = trustedHost(sshd, 'one', { timeouts: { shell: 2000 } });
    await expect(connect(host, connectOptions([host]), neverAborted)).rejects.toMatchObject({
      code: 'SW2006',
      message: expect.stringContaining('the shell runs, but a file that swarm reads there, or `id -un`, gives no answer'),
      hint: expect.stringContaining('id -un'),
    });
    const left = async () => [...(await findMarkedProcesses(sshd.mark))].length;
    await expect.poll(left).toBe(0);
  });

  test('what a start-up file prints later in the background is not part of what swarm reads', { timeout: 60_000 }, async () => {
    await open(SHELLS['bash, as it is'] ?? '', {}, async (set) => {
      await using link = await set('(sleep 1; echo noise; echo noise >&2; printf noise) &');
      const script = 'i=0; while [ $i -lt 15 ]; do printf x; sleep 0.1; i=$((i+1)); done; exit 3';
      const command = { argv: ['sh', '-c', script] } as const;
      expect(await link.exec(command, neverAborted)).toMatchObject({ exit: 3, stdout: 'x'.repeat(15), stderr: '' });
      const pipe = await link.open(command, neverAborted);
      pipe.stdin.end();
      expect(await text(pipe.stdout)).toBe('x'.repeat(15));
    });
  });

  test('a start-up file that ends the shell, or takes PATH away, is among what to look at', { timeout: 60_000 }, async () => {
    await open(SHELLS['bash, as it is'] ?? '', { shell: 1000 }, async (set) => {
      for (const rc of ['exit 0', 'PATH=/nowhere'])
        await expect(set(rc), rc).rejects.toMatchObject({
          code: 'SW2006',
          hint: expect.stringMatching(/exit, exec and PATH in.*\.bashrc/),
        });
    });
  });

  test('a start-up file that takes stdin away is named', { timeout: 60_000 }, async () => {
    await open(SHELLS['bash, as it is'] ?? '', {}, async (set) => {
      const using = set('exec </dev/null').then(async (link) => {
        await using held = link;
        return await held.exec({ argv: ['id'] }, neverAborted);
      });
      await expect(using).rejects.toMatchObject({
        code: 'SW2005',
        message: expect.stringContaining('nothing reaches its stdin'),
        hint: expect.stringContaining('exec </dev/null'),
      });
    });
  });

  test('a host that hides /proc/1 from an ordinary login works', async () => {
    await using sshd = await startSshd({ account: { name: 'ordinary', uid: 4242 }, files: { '/proc/1/stat': '' } });
    const host = trustedHost(sshd, 'one');
    await using link = await connect(host, connectOptions([host]), neverAborted);
    expect(link.proof).toMatchObject({ initStart: '' });
    expect(link.facts).toMatchObject({ user: 'ordinary' });
    expect((await link.exec({ argv: ['id', '-un'] }, neverAborted)).stdout).toBe('ordinary\n');
  });

  test('programs of root are found where the login has none of their folders on PATH', async () => {
    await open(SHELLS['sh'] ?? '', {}, async (set) => {
      const pathOf = async (rc: string): Promise<string> => {
        await using link = await set(rc);
        return (await link.exec({ argv: ['sh', '-c', 'echo "$PATH"'] }, neverAborted)).stdout.trim();
      };
      expect(await pathOf('PATH=/usr/bin:/bin')).toBe('/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin');
      expect(await pathOf('PATH=/usr/sbin:/usr/bin:/bin')).toBe('/usr/sbin:/usr/bin:/bin');
    });
  });

  test('a file of root is refused to an ordinary login with what to write', async () => {
    await using sshd = await startSshd({ account: { name: 'ordinary', uid: 4242 } });
    const host = trustedHost(sshd, 'one');
    await using link = await connect(host, connectOptions([host]), neverAborted);
    const refused = { code: 'SW6001', hint: expect.stringContaining('become: true') };
    await expect(link.read('/etc/shadow', neverAborted)).rejects.toMatchObject(refused);
    await expect(link.write('/etc/swarm-test', Buffer.from('x'), {}, neverAborted)).rejects.toMatchObject(refused);
  });

  test('a login that takes long is waited for, as long as the inventory allows', async () => {
    const shell = join(dir, 'slow');
    writeFileSync(shell, '#!/bin/sh\nsleep 2\nexec sh "$@"\n', { mode: 0o755 });
    await using sshd = await startSshd({ account: { name: 'ordinary', uid: 4242, shell } });
    const host = trustedHost(sshd, 'one', { timeouts: { shell: 500 } });
    await expect(connect(host, connectOptions([host]), neverAborted)).rejects.toMatchObject({
      code: 'SW2006',
      hint: expect.stringContaining('timeouts: { shell: 2s }'),
    });
    const patient = trustedHost(sshd, 'one', { timeouts: { shell: 30_000 } });
    await using link = await connect(patient, connectOptions([patient]), neverAborted);
    expect(link.facts.user).toBe('ordinary');
  });
});
