import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Host } from '../../../src/core/inventory/host.ts';
import { hashMachineId } from '../../../src/core/inventory/host-identity.ts';
import type { HostName } from '../../../src/core/inventory/host-name.ts';
import type { Route } from '../../../src/core/inventory/route.ts';
import { formatRoute } from '../../../src/core/inventory/route.ts';
import { connect } from '../../../src/remote/connect/connect.ts';
import type { RouteReport } from '../../../src/remote/connect/connect-options.ts';
import { scanHostKeys } from '../../../src/remote/connect/scan-host-keys.ts';
import { verifyRoutes } from '../../../src/remote/connect/verify-routes.ts';
import { runSsh } from '../../machines/openssh-client.ts';
import { freePort, isRoot, sshdProgram, startSshd } from '../../machines/sshd.ts';
import { trustedHost } from '../../machines/sshd-fleet.ts';
import { startWire } from '../../machines/wire.ts';
import { createKeyPair, startFakeSshServer } from '../fake-ssh-server.ts';
import { connectOptions, neverAborted } from '../test-options.ts';

const local = (port: number): Route => ({ kind: 'local', address: '127.0.0.1', port });
const jump = (via: string, port: number): Route => ({ kind: 'jump', via: via as HostName, address: '127.0.0.1', port });
const named = (name: string): { name: HostName } => ({ name: name as HostName });

/** Reports of every route that was tried, in the order they ended. */
function listening(hosts: readonly Host[], change = {}) {
  const reports: RouteReport[] = [];
  const reach = connectOptions(hosts, { onRoute: (report) => void reports.push(report), ...change });
  return { reach, reports };
}

describe('who answers', () => {
  test('a host that was never trusted is sent nothing at all', async () => {
    await using fake = await startFakeSshServer();
    const { identity: _, ...host } = fake.host();
    await expect(connect(host, connectOptions([host]), neverAborted)).rejects.toMatchObject({ code: 'SW1305', host: 'fake' });
    expect(fake.sockets.size).toBe(0);
  });

  test('T-id-1, M2: another machine of the inventory on the route is named, is offered no key and gets no command; the next route serves', async () => {
    await using wanted = await startFakeSshServer();
    await using gateway = await startFakeSshServer();
    const host = wanted.host({ ...named('drone-tarn'), routes: [local(gateway.port), local(wanted.port)] });
    const { reach, reports } = listening([host, gateway.host(named('alpha-centauri'))]);
    await using link = await connect(host, reach, neverAborted);
    expect(link.route).toEqual(local(wanted.port));
    expect(reports.map(({ status, machine, error }) => [status, machine, error?.code])).toEqual([
      ['misdirected', 'alpha-centauri', 'SW3001'],
      ['proven', 'drone-tarn', undefined],
    ]);
    expect(gateway.logins).toEqual([]);
    expect(gateway.commands).toEqual([]);
  });

  test('with no other route the error names who answered', async () => {
    await using wanted = await startFakeSshServer();
    await using gateway = await startFakeSshServer();
    const host = wanted.host({ ...named('drone-tarn'), routes: [local(gateway.port), local(await freePort())] });
    const failed = connect(host, connectOptions([host, gateway.host(named('alpha-centauri'))]), neverAborted);
    await expect(failed).rejects.toMatchObject({
      code: 'SW3001',
      host: 'drone-tarn',
      message: expect.stringContaining('alpha-centauri answers'),
    });
    await expect(failed).rejects.toMatchObject({ detail: expect.stringMatching(/SW3001.*\n.*SW2001.*connection refused/) });
  });

  test('T-id-2, M2: a key that nobody has is offered no key of ours', async () => {
    await using fake = await startFakeSshServer();
    const other = createKeyPair().public;
    const host = fake.host({ identity: { hostKeys: [other] } });
    await expect(connect(host, connectOptions([host]), neverAborted)).rejects.toMatchObject({
      code: 'SW2003',
      message: expect.stringMatching(/SHA256:[A-Za-z0-9+/]{43}/),
      hint: expect.stringContaining('swarm hosts trust fake --replace'),
      detail: expect.stringContaining('pinned: ssh-ed25519 SHA256:'),
    });
    expect(fake.logins).toEqual([]);
  });

  test('M3: the pinned type is asked for first, so that a machine with several keys shows the one that is known', async () => {
    const [ed, ec] = [createKeyPair('ed25519'), createKeyPair('ecdsa')];
    await using fake = await startFakeSshServer({ hostKeys: [ed, ec] });
    for (const pair of [ed, ec]) {
      const host = fake.host({ identity: { hostKeys: [pair.public] } });
      await using link = await connect(host, connectOptions([host]), neverAborted);
      expect(link.proof.hostKey).toEqual(pair.public);
    }
  });

  test('M3: a machine that lacks the pinned type is told by the key that it has: not "unreachable"', async () => {
    await using fake = await startFakeSshServer({ hostKeys: [createKeyPair('ecdsa')] });
    const host = fake.host({ identity: { hostKeys: [createKeyPair('ed25519').public] } });
    await expect(connect(host, connectOptions([host]), neverAborted)).rejects.toMatchObject({
      code: 'SW2003',
      message: expect.stringContaining('ecdsa-sha2-nistp256 SHA256:'),
    });
  });

  test('a revoked key is never taken, though it is pinned', async () => {
    await using fake = await startFakeSshServer();
    const host = fake.host();
    const reach = connectOptions([host], { revoked: (key) => key.blob === fake.hostKeys[0]?.blob });
    await expect(connect(host, reach, neverAborted)).rejects.toMatchObject({ code: 'SW2008' });
    expect(fake.logins).toEqual([]);
  });

  test('T-id-6: the right key with another machine-id is refused; whose it is, is said', async () => {
    await using fake = await startFakeSshServer();
    const host = fake.host({ identity: { hostKeys: fake.hostKeys, machineId: hashMachineId('0'.repeat(32)) } });
    await expect(connect(host, connectOptions([host]), neverAborted)).rejects.toMatchObject({ code: 'SW3004' });
    const open = fake.host({ identity: { hostKeys: fake.hostKeys } });
    await using link = await connect(open, connectOptions([open]), neverAborted);
    const { machineId } = link.proof;
    const real = fake.host({ ...named('original'), identity: { hostKeys: [], ...(machineId === undefined ? {} : { machineId }) } });
    await expect(connect(host, connectOptions([host, real]), neverAborted)).rejects.toMatchObject({
      code: 'SW3004',
      message: expect.stringContaining('that of original'),
    });
  });

  test('a probe that lies about its form is not a proof', async () => {
    await using fake = await startFakeSshServer({ exec: (channel) => void channel.end('I am whoever you want\n') });
    const host = fake.host();
    await expect(connect(host, connectOptions([host]), neverAborted)).rejects.toMatchObject({ code: expect.stringMatching(/^SW20/) });
  });
});

describe('which route', () => {
  test('a refused route costs no head start; a silent one 300 ms, and is given up when the other has won', async () => {
    await using fake = await startFakeSshServer();
    await using mute = await startFakeSshServer({ silent: true });
    const quick = fake.host({ routes: [local(await freePort()), local(fake.port)] });
    const { reach, reports } = listening([quick]);
    const start = performance.now();
    await using _one = await connect(quick, reach, neverAborted);
    expect(reports.map(({ status }) => status)).toEqual(['unreachable', 'proven']);
    expect(performance.now() - start - (reports[1]?.ms ?? 0)).toBeLessThan(290);

    const slow = fake.host({ routes: [local(mute.port), local(fake.port)] });
    const began = performance.now();
    await using two = await connect(slow, connectOptions([slow]), neverAborted);
    expect(performance.now() - began).toBeGreaterThan(290);
    expect(two.route).toEqual(local(fake.port));
    await expect.poll(() => mute.sockets.size).toBe(0);
  });

  test('the last winner is tried first', async () => {
    await using mute = await startFakeSshServer({ silent: true });
    const others: number[] = [];
    await using fake = await startFakeSshServer({ onSocket: () => void others.push(mute.sockets.size) });
    const host = fake.host({ routes: [local(mute.port), local(fake.port)] });
    await using _ = await connect(
      host,
      connectOptions([host], { lastRoute: new Map([[host.name, formatRoute(local(fake.port))]]) }),
      neverAborted,
    );
    expect(others, 'the other route gets its turn after the head start, on a slow machine').toEqual([0]);
  });

  test('a login that is refused says which keys were offered, and why others were not', async () => {
    await using fake = await startFakeSshServer({ login: 'refuse' });
    const host = fake.host();
    const missing = fake.host({ login: { user: 'root', keys: [{ from: 'file', path: '/no/such/key' }] } });
    await expect(connect(host, connectOptions([host]), neverAborted)).rejects.toMatchObject({
      code: 'SW2002',
      message: expect.stringContaining(`file ${fake.clientKey} ssh-ed25519`),
    });
    await expect(connect(missing, connectOptions([missing]), neverAborted)).rejects.toMatchObject({
      code: 'SW2002',
      hint: expect.stringContaining('/no/such/key cannot be read'),
    });
  });

  test('an aborted connect ends at once with the reason, and leaves no socket', async () => {
    await using mute = await startFakeSshServer({ silent: true });
    const host = mute.host();
    const stop = new AbortController();
    const failed = connect(host, connectOptions([host]), stop.signal);
    await expect.poll(() => mute.sockets.size).toBe(1);
    stop.abort(new Error('enough'));
    await expect(failed).rejects.toThrow('enough');
    await expect.poll(() => mute.sockets.size).toBe(0);
    await expect(connect(host, connectOptions([host]), stop.signal)).rejects.toThrow('enough');
  });

  test('verify proves every route side by side and sends the probe alone', async () => {
    await using fake = await startFakeSshServer();
    await using gateway = await startFakeSshServer();
    const host = fake.host({ ...named('drone'), routes: [local(gateway.port), local(fake.port), local(await freePort())] });
    const reports = await verifyRoutes(host, connectOptions([host, gateway.host(named('gate'))]), neverAborted);
    expect(reports.map(({ status, machine }) => [status, machine])).toEqual([
      ['misdirected', 'gate'],
      ['proven', 'drone'],
      ['unreachable', undefined],
    ]);
    expect(gateway.commands).toEqual([]);
    expect(fake.commands.length).toBe(1);
    await expect.poll(() => fake.sockets.size).toBe(0);
  });
});

describe('two hosts with one key', () => {
  const wanted = '0'.repeat(32);
  test('are both refused before a login: it may be either that answers', async () => {
    await using fake = await startFakeSshServer();
    const [one, two] = [fake.host(named('one')), fake.host(named('two'))];
    for (const host of [one, two]) {
      await expect(connect(host, connectOptions([one, two]), neverAborted)).rejects.toMatchObject({
        code: 'SW1302',
        message: expect.stringMatching(/one.*two|two.*one/),
      });
    }
  });

  test('are told apart by their machine-ids, where both are pinned', async () => {
    await using fake = await startFakeSshServer();
    const one = fake.host({ ...named('one'), identity: { hostKeys: fake.hostKeys, machineId: hashMachineId(wanted) } });
    const two = fake.host({ ...named('two'), identity: { hostKeys: fake.hostKeys, machineId: hashMachineId('1'.repeat(32)) } });
    await expect(connect(one, connectOptions([one, two]), neverAborted)).rejects.toMatchObject({ code: 'SW3004' }); // this machine is neither
  });
});

describe('jumps', () => {
  test('T-id-4: a chain of hosts that are all called 127.0.0.1 lands on the right one, each proved on its own', async () => {
    await using one = await startFakeSshServer();
    await using two = await startFakeSshServer();
    await using three = await startFakeSshServer();
    const hosts = [
      one.host(named('one')),
      two.host({ ...named('two'), routes: [jump('one', two.port)] }),
      three.host({ ...named('three'), routes: [jump('two', three.port)] }),
    ] as const;
    await using link = await connect(hosts[2], connectOptions(hosts), neverAborted);
    expect(link.proof.hostKey).toEqual(three.hostKeys[0]);
    expect((await link.exec({ argv: ['echo', 'through'] }, neverAborted)).stdout).toBe('through\n');
    expect(one.commands.length).toBe(1); // the probe
  });

  test('T-id-3: a jump that leads to another machine is caught behind it', async () => {
    await using hop = await startFakeSshServer();
    await using wanted = await startFakeSshServer();
    await using wrong = await startFakeSshServer();
    const host = wanted.host({ ...named('wanted'), routes: [jump('hop', wrong.port)] });
    await expect(
      connect(host, connectOptions([host, hop.host(named('hop')), wrong.host(named('wrong'))]), neverAborted),
    ).rejects.toMatchObject({
      code: 'SW3001',
      message: expect.stringContaining('wrong answers'),
    });
    expect(wrong.logins).toEqual([]);
    await expect.poll(() => hop.sockets.size).toBe(0);
  });

  test('a jump host that another machine answers for is not jumped over', async () => {
    await using hop = await startFakeSshServer();
    await using wanted = await startFakeSshServer();
    const host = wanted.host({ ...named('wanted'), routes: [jump('hop', wanted.port)] });
    const via = hop.host({ ...named('hop'), identity: { hostKeys: [createKeyPair().public] } });
    await expect(connect(host, connectOptions([host, via]), neverAborted)).rejects.toMatchObject({
      code: 'SW2003',
      message: expect.stringContaining('through hop'),
    });
    expect(wanted.sockets.size).toBe(0);
  });

  test('hosts behind one jump share its connection, and the last one closes it', async () => {
    await using hop = await startFakeSshServer();
    await using one = await startFakeSshServer();
    await using two = await startFakeSshServer();
    await using three = await startFakeSshServer();
    const via = hop.host(named('hop'));
    const hosts = [one, two, three].map((far, index) => far.host({ ...named(`far-${index}`), routes: [jump('hop', far.port)] }));
    const reach = connectOptions([via, ...hosts]);
    const links = await Promise.all(hosts.map((host) => connect(host, reach, neverAborted)));
    expect(hop.sockets.size).toBe(1);
    for (const link of links) {
      expect((await link.exec({ argv: ['true'] }, neverAborted)).exit).toBe(0);
      await link[Symbol.asyncDispose]();
    }
    await expect.poll(() => hop.sockets.size).toBe(0);
  });

  test('a circle and an unknown jump host are told, not followed', async () => {
    await using fake = await startFakeSshServer();
    const one = fake.host({ ...named('one'), routes: [jump('two', 22)] });
    const two = fake.host({ ...named('two'), routes: [jump('one', 22)] });
    await expect(connect(one, connectOptions([one, two]), neverAborted)).rejects.toMatchObject({
      code: 'SW1304',
      message: expect.stringContaining('one → two → one'),
    });
    await expect(connect(one, connectOptions([one]), neverAborted)).rejects.toMatchObject({ code: 'SW1304' });
  });

  test('a jump to a port where nobody listens says so', async () => {
    await using hop = await startFakeSshServer();
    const identity = { hostKeys: [createKeyPair().public] };
    const host = hop.host({ ...named('far'), identity, routes: [jump('hop', await freePort())] });
    await expect(connect(host, connectOptions([host, hop.host(named('hop'))]), neverAborted)).rejects.toMatchObject({
      code: 'SW2001',
      message: expect.stringContaining('through hop'),
    });
  });
});

describe('command routes', () => {
  test('a command that starts no shell says what it said', async () => {
    await using fake = await startFakeSshServer();
    const host = fake.host({
      routes: [{ kind: 'command', argv: ['sh', '-c', 'echo no such container >&2; exit 3'] }],
      identity: { hostKeys: [], machineId: hashMachineId('0'.repeat(32)) },
    });
    await expect(connect(host, connectOptions([host]), neverAborted)).rejects.toMatchObject({
      code: 'SW2006',
      message: expect.stringContaining('exit 3'),
    });
  });

  test('without a pinned machine-id nothing could prove it: nothing is started', async () => {
    await using fake = await startFakeSshServer();
    const host = fake.host({ routes: [{ kind: 'command', argv: ['sh'] }], identity: { hostKeys: fake.hostKeys } });
    await expect(connect(host, connectOptions([host]), neverAborted)).rejects.toMatchObject({ code: 'SW1305' });
  });

  test('the machine-id is what proves it', async () => {
    await using fake = await startFakeSshServer();
    const host = fake.host({
      routes: [{ kind: 'command', argv: ['sh'] }],
      identity: { hostKeys: [], machineId: hashMachineId('0'.repeat(32)) },
    });
    await expect(connect(host, connectOptions([host]), neverAborted)).rejects.toMatchObject({ code: 'SW3004' });
  });
});

describe.skipIf(sshdProgram === undefined)('real OpenSSH', () => {
  test.skipIf(!isRoot)('T-id-6: a clone has the keys and another machine-id, and is refused', async () => {
    await using one = await startSshd();
    await using clone = await startSshd({ cloneOf: one, clientKey: one.clientKey });
    const host = trustedHost(one, 'one', { routes: [local(clone.port)] });
    await expect(connect(host, connectOptions([host]), neverAborted)).rejects.toMatchObject({ code: 'SW3004' });
  });

  test('T-id-5: an address that moved to another machine between two connections is noticed', async () => {
    await using one = await startSshd();
    await using two = await startSshd({ clientKey: one.clientKey });
    await using wire = await startWire({ address: '127.0.0.1', port: one.port });
    const host = trustedHost(one, 'one', { routes: [local(wire.port)] });
    const reach = connectOptions([host, trustedHost(two, 'two')]);
    await using _ = await connect(host, reach, neverAborted);
    wire.redirect({ address: '127.0.0.1', port: two.port });
    await expect(connect(host, reach, neverAborted)).rejects.toMatchObject({
      code: 'SW3001',
      message: expect.stringContaining('two answers'),
    });
  });

  test('every key type is scanned, without a login; what swarm pins, plain ssh agrees with', async () => {
    await using sshd = await startSshd({ hostKeys: ['rsa', 'ecdsa', 'ed25519'] });
    const { identity: _, ...host } = trustedHost(sshd, 'new');
    const { keys, banner } = await scanHostKeys(host, local(sshd.port), connectOptions([]), neverAborted);
    expect([...keys].sort((a, b) => a.type.localeCompare(b.type))).toEqual([...sshd.hostKeys].sort((a, b) => a.type.localeCompare(b.type)));
    expect(banner).toMatch(/^OpenSSH_/);
    expect(sshd.log()).not.toContain('Accepted');
    for (const key of keys) {
      const trusted = { ...host, identity: { hostKeys: [key] } };
      await using link = await connect(trusted, connectOptions([trusted]), neverAborted);
      expect(link.proof.hostKey).toEqual(key);
    }
    expect((await runSsh(sshd, sshd.port, 'true')).exit).toBe(0);
  });

  test('scan says that nobody is there, and takes no key of a jump host that is not trusted', async () => {
    await using sshd = await startSshd();
    const host = trustedHost(sshd, 'far');
    await expect(scanHostKeys(host, local(await freePort()), connectOptions([host]), neverAborted)).rejects.toMatchObject({
      code: 'SW2001',
    });
    const { identity: _, ...hop } = trustedHost(sshd, 'hop');
    await expect(scanHostKeys(host, jump('hop', sshd.port), connectOptions([host, hop]), neverAborted)).rejects.toMatchObject({
      code: 'SW1305',
    });
    const { identity: __, ...stranger } = host;
    const scanned = await scanHostKeys(
      stranger,
      jump('hop', sshd.port),
      connectOptions([stranger, trustedHost(sshd, 'hop')]),
      neverAborted,
    );
    expect(scanned.keys).toEqual(sshd.hostKeys);
  });

  test('a host that forbids forwarding gives no tunnel and is not a jump', async () => {
    await using sshd = await startSshd({ forwarding: false });
    const host = trustedHost(sshd, 'shut');
    const behind = trustedHost(sshd, 'behind', { identity: { hostKeys: [createKeyPair().public] }, routes: [jump('shut', sshd.port)] });
    await using link = await connect(host, connectOptions([host]), neverAborted);
    await expect(link.expose(80, neverAborted)).rejects.toMatchObject({ code: 'SW2007', host: 'shut' });
    await expect(connect(behind, connectOptions([host, behind]), neverAborted)).rejects.toMatchObject({ code: 'SW2010' });
  });

  test('a login shell that prints in its start-up files spoils neither proof, result nor stream', async () => {
    await using sshd = await startSshd({
      config: [`ForceCommand sh -c 'echo noisy login; echo and errors >&2; eval "$SSH_ORIGINAL_COMMAND"'`],
    });
    const host = trustedHost(sshd, 'noisy');
    await using link = await connect(host, connectOptions([host]), neverAborted);
    expect(await link.exec({ argv: ['echo', 'clean'] }, neverAborted)).toMatchObject({ stdout: 'clean\n', stderr: '' });
    const pipe = await link.open({ argv: ['cat'] }, neverAborted);
    pipe.stdin.end('bytes');
    const parts: Buffer[] = [];
    for await (const part of pipe.stdout) parts.push(part as Buffer);
    expect(Buffer.concat(parts).toString()).toBe('bytes');
  });

  test('a host that starts no shell is told as such', async () => {
    await using sshd = await startSshd({ config: ['ForceCommand echo This account is not available >&2; exit 1'] });
    const host = trustedHost(sshd, 'nologin');
    await expect(connect(host, connectOptions([host]), neverAborted)).rejects.toMatchObject({
      code: 'SW2006',
      message: expect.stringContaining('This account is not available'),
    });
  });

  test('few sessions are enough: with MaxSessions 2 ten commands at once all end', async () => {
    await using sshd = await startSshd({ maxSessions: 2 });
    const host = trustedHost(sshd, 'narrow');
    await using link = await connect(host, connectOptions([host]), neverAborted);
    const many = await Promise.all(
      Array.from({ length: 10 }, (_, index) => link.exec({ argv: ['sh', '-c', `sleep 0.02; echo ${index}`] }, neverAborted)),
    );
    expect(many.map(({ stdout }) => stdout.trim())).toEqual(Array.from({ length: 10 }, (_, index) => String(index)));
  });

  test('rights that are not given say what the host said', async () => {
    await using sshd = await startSshd();
    const host = trustedHost(sshd, 'one');
    await using link = await connect(host, connectOptions([host]), neverAborted);
    await expect(link.withBecome({ method: 'sudo', user: 'no-such-user' }).exec({ argv: ['true'] }, neverAborted)).rejects.toMatchObject({
      code: 'SW2009',
      message: expect.stringContaining('no-such-user'),
    });
    expect(link.withBecome(undefined)).toBe(link);
  });

  test.skipIf(!isRoot || !existsSync('/usr/bin/sudo'))(
    'with rights of another user commands, files and streams are that user’s, on the same link',
    async () => {
      await using sshd = await startSshd();
      const host = trustedHost(sshd, 'one');
      await using link = await connect(host, connectOptions([host]), neverAborted);
      for (const method of ['sudo', 'su'] as const) {
        const other = link.withBecome({ method, user: 'nobody' });
        expect((await other.exec({ argv: ['id', '-un'] }, neverAborted)).stdout).toBe('nobody\n');
        const path = `/tmp/swarm-as-${method}-${process.pid}`;
        await other.write(path, Buffer.from('mine'), { mode: '0600' }, neverAborted);
        expect((await link.exec({ argv: ['stat', '-c', '%U %a', path] }, neverAborted)).stdout).toBe('nobody 600\n');
        const pipe = await other.open({ argv: ['rm', path] }, neverAborted);
        pipe.stdin.end();
        pipe.stdout.resume();
        expect(await pipe.done).toBe(0);
        await other[Symbol.asyncDispose]();
      }
      expect((await link.exec({ argv: ['id', '-un'] }, neverAborted)).exit).toBe(0);
    },
  );
});
