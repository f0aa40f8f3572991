import { createServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import type { Host } from '../../../src/core/inventory/host.ts';
import type { HostName } from '../../../src/core/inventory/host-name.ts';
import type { Route } from '../../../src/core/inventory/route.ts';
import { allStages } from '../../../src/core/inventory/stage-timeouts.ts';
import { connect } from '../../../src/remote/connect/connect.ts';
import { verifyRoutes } from '../../../src/remote/connect/verify-routes.ts';
import { isRoot, type Sshd, sshdProgram, startSshd } from '../../machines/sshd.ts';
import { trustedHost } from '../../machines/sshd-fleet.ts';
import { startWire } from '../../machines/wire.ts';
import { createRandom } from '../seeded-random.ts';
import { connectOptions, neverAborted } from '../test-options.ts';

const seed = Number(process.env['SWARM_TEST_SEED'] ?? Date.now() % 1_000_000);
const ROUNDS = Number(process.env['SWARM_TEST_CHAINS'] ?? 8);
const local = (port: number): Route => ({ kind: 'local', address: '127.0.0.1', port });
const jump = (via: string, port: number): Route => ({ kind: 'jump', via: via as HostName, address: '127.0.0.1', port });
/** Lines of a server's log that speak of a login. */
const logins = (sshd: Sshd): readonly string[] =>
  sshd
    .log()
    .split('\n')
    .filter((line) => /Accepted|Failed|authenticating user|Invalid user/.test(line));

describe.skipIf(sshdProgram === undefined || !isRoot)('machines that are not who they seem', () => {
  test('two hosts with one key are told apart by what else they are, over each other’s address too', async () => {
    await using one = await startSshd();
    await using clone = await startSshd({ cloneOf: one, clientKey: one.clientKey });
    const hosts = [
      trustedHost(one, 'one', { routes: [local(clone.port), local(one.port)] }),
      trustedHost(clone, 'clone', { routes: [local(one.port)] }),
    ] as const;
    const reach = connectOptions(hosts);
    await using link = await connect(hosts[0], reach, neverAborted);
    expect(link.route).toEqual(local(one.port));
    await expect(connect(hosts[1], reach, neverAborted)).rejects.toMatchObject({
      code: 'SW3004',
      message: expect.stringContaining('that of one'),
    });
    const reports = await verifyRoutes(hosts[0], reach, neverAborted);
    expect(reports.map(({ status, machine }) => [status, machine])).toEqual([
      ['misdirected', 'clone'],
      ['proven', 'one'],
    ]);
  });

  test('the address is led to another machine in the middle of use: what is connected stays where it is, the next connection is refused', async () => {
    await using one = await startSshd();
    await using two = await startSshd({ clientKey: one.clientKey });
    await using wire = await startWire(one);
    const host = trustedHost(one, 'one', { routes: [local(wire.port)] });
    const reach = connectOptions([host, trustedHost(two, 'two')]);
    await using link = await connect(host, reach, neverAborted);
    wire.redirect(two);
    const { stdout } = await link.exec({ argv: ['cat', '/etc/machine-id'] }, neverAborted);
    expect(stdout.trim()).toBe(one.machineId);
    // another shell of the same connection, as become and streams have it
    const pipe = await link.open({ argv: ['cat', '/etc/machine-id'] }, neverAborted);
    let said = '';
    for await (const chunk of pipe.stdout) said += chunk;
    expect(said.trim()).toBe(one.machineId);
    wire.cut();
    await expect(link.exec({ argv: ['touch', 'here'] }, neverAborted)).rejects.toMatchObject({ code: 'SW2005' });
    await expect(connect(host, reach, neverAborted)).rejects.toMatchObject({
      code: 'SW3001',
      message: expect.stringContaining('two answers'),
    });
    expect(logins(two)).toEqual([]);
  });

  test('keys that change places between two tasks: neither machine gets what is meant for the other', async () => {
    await using one = await startSshd();
    await using two = await startSshd({ clientKey: one.clientKey });
    const hosts = [trustedHost(one, 'one'), trustedHost(two, 'two')] as const;
    const reach = connectOptions(hosts);
    for (const host of hosts) await (await connect(host, reach, neverAborted))[Symbol.asyncDispose]();
    // each comes up again with the key, the port and the name of the other; only the machine-id stays
    await using swapped = await startSshd({ cloneOf: two, clientKey: one.clientKey, machineId: one.machineId });
    const asOne = { ...hosts[0], routes: [local(swapped.port)] } as Host;
    await expect(connect(asOne, connectOptions([asOne, hosts[1]]), neverAborted)).rejects.toMatchObject({ code: 'SW3001' });
    const asTwo = { ...hosts[1], routes: [local(swapped.port)] } as Host;
    await expect(connect(asTwo, connectOptions([hosts[0], asTwo]), neverAborted)).rejects.toMatchObject({
      code: 'SW3004',
      message: expect.stringContaining('that of one'),
    });
  });

  test('a jump host that forwards elsewhere and records gets nobody’s commands, and is offered no login for what lies behind it', async () => {
    await using hop = await startSshd();
    await using wanted = await startSshd({ clientKey: hop.clientKey });
    await using evil = await startSshd({ clientKey: hop.clientKey });
    // what the hop carries, it may lead anywhere and keep
    const recorded: Buffer[] = [];
    await using far = await startWire(evil);
    const recorder = createServer((socket) => socket.on('data', (bytes) => void recorded.push(bytes)).on('error', () => undefined));
    await new Promise<void>((resolve) => recorder.listen(0, '127.0.0.1', resolve));
    const address = recorder.address();
    const hosts = [trustedHost(hop, 'hop'), trustedHost(wanted, 'wanted', { routes: [jump('hop', far.port)] })] as const;
    await expect(connect(hosts[1], connectOptions(hosts), neverAborted)).rejects.toMatchObject({ code: 'SW2003' });
    far.redirect(wanted);
    await using link = await connect(hosts[1], connectOptions(hosts), neverAborted);
    expect((await link.exec({ argv: ['cat', '/etc/machine-id'] }, neverAborted)).stdout.trim()).toBe(wanted.machineId);
    expect(logins(evil)).toEqual([]);
    if (typeof address === 'object' && address !== null) far.redirect({ address: '127.0.0.1', port: address.port });
    const stop = AbortSignal.timeout(30_000);
    await expect(connect(hosts[1], connectOptions(hosts, { timeouts: allStages(1000) }), stop)).rejects.toMatchObject({ code: 'SW2001' });
    expect(Buffer.concat(recorded).toString('latin1')).toMatch(/^SSH-2\.0-/);
    expect(Buffer.concat(recorded).includes('ssh-userauth')).toBe(false);
    await new Promise((resolve) => recorder.close(resolve));
  });

  test('chains of 1 to 4 hops, every one of them called 127.0.0.1: each lands on its own machine, or is refused', {
    timeout: 60_000 + ROUNDS * 2000,
  }, async () => {
    const first = await startSshd();
    const others = await Promise.all([1, 2, 3, 4].map(() => startSshd({ clientKey: first.clientKey })));
    const machines = [first, ...others];
    try {
      const dice = createRandom(seed);
      for (let round = 0; round < ROUNDS; round++) {
        const order = dice.shuffled(machines.map((_, index) => index));
        const depth = 1 + dice.below(4);
        // the last hop may be told a wrong port: that of another machine of the chain
        const wrong = dice.next() < 0.4;
        const hosts = order.map((index, at): Host => {
          const machine = machines[index] as Sshd;
          const port = wrong && at === depth ? (machines[order[0] as number] as Sshd).port : machine.port;
          return trustedHost(machine, `host-${index}`, { routes: [at === 0 ? local(port) : jump(`host-${order[at - 1]}`, port)] });
        });
        const goal = hosts[depth] as Host;
        const where = `seed ${seed}, round ${round}: ${depth} hops${wrong ? ', led back to the first' : ''}`;
        const reached = await connect(goal, connectOptions(hosts), neverAborted).then(
          async (link) => {
            const { stdout } = await link.exec({ argv: ['cat', '/etc/machine-id'] }, neverAborted);
            await link[Symbol.asyncDispose]();
            return stdout.trim();
          },
          (error) => error.code,
        );
        expect(reached, where).toBe(wrong ? 'SW3001' : (machines[order[depth] as number] as Sshd).machineId);
      }
    } finally {
      await Promise.all(machines.map((machine) => machine[Symbol.asyncDispose]()));
    }
  });

  test('a hop that another machine answers for makes the route a wrong one, with the name of who answered', async () => {
    await using hop = await startSshd();
    await using gateway = await startSshd({ clientKey: hop.clientKey });
    await using far = await startSshd({ clientKey: hop.clientKey });
    const hosts = [
      trustedHost(hop, 'hop', { routes: [local(gateway.port)] }),
      trustedHost(gateway, 'gateway'),
      trustedHost(far, 'far', { routes: [jump('hop', far.port)] }),
    ] as const;
    const [report] = await verifyRoutes(hosts[2], connectOptions(hosts), neverAborted);
    expect(report).toMatchObject({ status: 'misdirected', machine: 'gateway', error: { code: 'SW3001' } });
    expect(logins(gateway)).toEqual([]);
    expect(logins(far)).toEqual([]);
  });

  test('IPv4 in its other forms, names and IPv6 lead to whom they lead to; a wrong one is named in each', async () => {
    await using one = await startSshd();
    await using two = await startSshd({ clientKey: one.clientKey });
    const addresses = ['127.0.0.1', '::ffff:127.0.0.1', '0x7f000001', '127.1', '2130706433', 'localhost'];
    const routes = addresses.map((address): Route => ({ kind: 'local', address, port: two.port }));
    const host = trustedHost(one, 'one', { routes: routes as [Route, ...Route[]] });
    for (const { status, machine, route } of await verifyRoutes(host, connectOptions([host, trustedHost(two, 'two')]), neverAborted))
      expect([status, machine], JSON.stringify(route)).toEqual(['misdirected', 'two']);
    expect(logins(two)).toEqual([]);
  });
});
