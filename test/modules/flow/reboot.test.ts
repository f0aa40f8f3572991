import { expect, test } from 'vitest';
import reboot from '../../../modules/flow/reboot.ts';
import type { Change, Probe, Remote } from '../../../src/core/module.ts';

/** The change of a reboot on a host whose program ends with this status. */
async function rebootOf(exit: number): Promise<{ readonly change: Change; readonly remote: Remote }> {
  const remote = {
    host: { name: 'd1' },
    query: async () => ({ exit: 0, stdout: 'machine\nboot\n12\nopen\n', stderr: '' }),
    exec: async () => ({ exit, stdout: '', stderr: '' }),
    emit: () => undefined,
  } as unknown as Remote;
  const { value } = await reboot.run(remote as Probe, { timeout: 10, drain: false, automatic: false, test: ['true'] }).next();
  return { change: value as Change, remote };
}

test.each([
  [96, 'SW3002', '/etc/swarm.protected'],
  [97, 'SW3006', 'it has rebooted since swarm read its boot'],
  [98, 'SW3004', 'its machine-id is not the one that swarm read before'],
])('exit %i of reboot-now is %s: the reason is named', async (exit, code, message) => {
  const { change, remote } = await rebootOf(exit);
  await expect(change.apply(remote)).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
});
