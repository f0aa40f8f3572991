import { describe, expect, test } from 'vitest';
import { findMarkedProcesses } from './marked-processes.ts';
import { runSsh } from './openssh-client.ts';
import { isRoot, sshdProgram, startSshd } from './sshd.ts';
import { startWire } from './wire.ts';

describe.skipIf(sshdProgram === undefined)('a test host', () => {
  test('several look like several machines: home folder, environment, machine-id', async () => {
    await using one = await startSshd({ env: { COLOUR: 'two words' } });
    await using two = await startSshd({ clientKey: one.clientKey });
    const say = 'echo "$HOME $COLOUR $(cat /etc/machine-id)"';
    expect((await runSsh(one, one.port, say)).out).toBe(`${one.home} two words ${one.machineId}\n`);
    expect((await runSsh(two, two.port, say)).out).toBe(`${two.home}  ${two.machineId}\n`);
    expect(one.hostKeys).not.toEqual(two.hostKeys);
    if (isRoot) expect(one.machineId).not.toBe(two.machineId);
  });

  test('leaves no process behind, not even a detached one', async () => {
    let mark = '';
    {
      await using host = await startSshd();
      await runSsh(host, host.port, 'setsid sleep 300 </dev/null >/dev/null 2>&1 &');
      mark = (await runSsh(host, host.port, 'echo $SWARM_TEST_MACHINE')).out.trim();
      expect(findMarkedProcesses(mark)).toHaveLength(1);
    }
    expect(findMarkedProcesses(mark)).toEqual([]);
  });

  test('stopped and started again it is the same machine, and what was detached has gone on', async () => {
    await using host = await startSshd();
    await runSsh(host, host.port, 'setsid sleep 300 </dev/null >/dev/null 2>&1 & echo $! > pid; mv pid "$HOME"');
    await host.stop();
    expect((await runSsh(host, host.port, 'true')).exit).toBe(255);
    await host.start();
    expect((await runSsh(host, host.port, 'kill -0 $(cat ~/pid)')).exit).toBe(0);
  });

  test('a wire can be cut, held, led elsewhere, and counts', async () => {
    await using one = await startSshd();
    await using two = await startSshd({ clientKey: one.clientKey });
    await using wire = await startWire(one);
    expect((await runSsh(one, wire.port, 'echo $HOME')).out).toBe(`${one.home}\n`);
    wire.redirect(two);
    expect((await runSsh(one, wire.port, 'echo $HOME')).out).toBe(`${two.home}\n`);
    expect(wire.accepted).toBe(2);
    expect(wire.up).toBeGreaterThan(1000);
    wire.cutAfter(500);
    expect((await runSsh(one, wire.port, 'true')).exit).toBe(255);
    wire.refuseNew(true);
    expect((await runSsh(one, wire.port, 'true')).exit).toBe(255);
    wire.refuseNew(false);
    wire.blackHole(true);
    const held = runSsh(one, wire.port, 'echo held');
    while (wire.accepted < 5) await new Promise((resolve) => setTimeout(resolve, 5));
    wire.blackHole(false);
    expect((await held).out).toBe('held\n');
    wire.delay(50);
    const start = performance.now();
    await runSsh(one, wire.port, 'true');
    expect(performance.now() - start).toBeGreaterThan(300);
  });
});
