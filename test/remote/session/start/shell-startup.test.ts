import { once } from 'node:events';
import { expect, test } from 'vitest';
import { openShellSession, startRemoteProcess } from '../../../../src/remote/session/start/shell-startup.ts';
import { createProcessTransport } from '../../../../src/remote/transport/process-transport.ts';
import type { Transport } from '../../../../src/remote/transport/transport.ts';

test.each(['POSIXLY_CORRECT=1', 'TAR_OPTIONS=--no-such-option', 'BLOCK_SIZE=human-readable', 'CDPATH=/'])(
  'a login that exports %s changes no command of swarm',
  async (variable) => {
    const transport = createProcessTransport(['env', variable, 'sh']);
    const { session } = await openShellSession({ transport, timeouts: { shell: 5000, become: 5000 } }, undefined);
    const text =
      'd=$(mktemp -d);mkdir "$d/dev";cd "$d";chmod 0700 -- dev&&tar -cf t dev&&cd dev;pwd|grep -c "$d/dev";df /|grep -c G;cd /;rm -rf "$d"';
    const { stdout, stderr } = await session.runText(text, { limit: 4096 });
    await transport.close();
    expect([stdout.toString(), stderr.toString()]).toEqual(['1\n0\n', '']);
  },
);

test.each([
  ['nothing behind', 'exec sh', false],
  ['a process that ends behind', 'sleep 0.3 & exec sh', true],
  ['a process that stays behind', 'sleep 30 & exec sh', false],
])('a login that leaves %s: a second shell of the link looks for it: %3$s', async (_, start, looksAgain) => {
  const started: string[] = [];
  const own = createProcessTransport(['sh', '-c', start]);
  const transport: Transport = {
    ...own,
    startProcess: (words, ...rest) => {
      started.push(words.join(' '));
      return own.startProcess(words, ...rest);
    },
  };
  const access = { transport, leftBehind: new Map(), timeouts: { shell: 20_000, become: 5000 } };
  await openShellSession(access, undefined);
  const { process } = await startRemoteProcess(access, undefined, 'echo out');
  const [printed] = (await once(process.stdout, 'data')) as [Buffer];
  await own.close();
  expect(printed.toString()).toBe('out\n');
  expect(started.map((text) => text.includes('holder='))).toEqual([true, looksAgain]);
});
