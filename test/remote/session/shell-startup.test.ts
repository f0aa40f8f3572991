import { expect, test } from 'vitest';
import { openShellSession } from '../../../src/remote/session/shell-startup.ts';
import { createProcessTransport } from '../../../src/remote/transport/process-transport.ts';

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
