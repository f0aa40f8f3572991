import { describe, expect, test } from 'vitest';
import { connect } from '../../../src/remote/connect/connect.ts';
import { scanHostKeys } from '../../../src/remote/connect/scan-host-keys.ts';
import { verifyRoutes } from '../../../src/remote/connect/verify-routes.ts';
import { createKeyPair, startFakeSshServer } from '../fake-ssh-server.ts';
import { connectOptions, neverAborted } from '../test-options.ts';

describe('M18, F7: a key that a machine shows and does not prove counts for nothing', () => {
  const victim = createKeyPair();

  test('a scan does not list it, nor the other keys of that machine', async () => {
    await using impostor = await startFakeSshServer({ hostKeys: [{ ...createKeyPair(), shows: victim.public }, createKeyPair('ecdsa')] });
    const host = impostor.host();
    await expect(scanHostKeys(host, host.routes[0], connectOptions([host]), neverAborted)).rejects.toMatchObject({
      code: 'SW2003',
      message: expect.stringContaining('shows a host key that it does not prove: ssh-ed25519'),
    });
  });

  test('a scan lists the keys that are proved', async () => {
    const pairs = [createKeyPair(), createKeyPair('ecdsa')];
    await using server = await startFakeSshServer({ hostKeys: pairs });
    const host = server.host();
    const { keys } = await scanHostKeys(host, host.routes[0], connectOptions([host]), neverAborted);
    expect(keys).toEqual(pairs.map((pair) => pair.public));
    expect(server.logins).toEqual([]);
  });

  test('nobody is named by it: not "alpha answers, not tarn", and no login is offered', async () => {
    await using impostor = await startFakeSshServer({ hostKeys: [{ ...createKeyPair(), shows: victim.public }] });
    const tarn = impostor.host({ name: 'tarn' as never, identity: { hostKeys: [createKeyPair().public] } });
    const alpha = impostor.host({ name: 'alpha' as never, identity: { hostKeys: [victim.public] } });
    for (const host of [tarn, alpha]) {
      const error: unknown = await connect(host, connectOptions([tarn, alpha]), neverAborted).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 'SW2003', message: expect.stringContaining('does not prove') });
      const [report] = await verifyRoutes(host, connectOptions([tarn, alpha]), neverAborted);
      expect(report).toMatchObject({ status: 'untrusted' });
      expect(report?.machine).toBeUndefined();
    }
    expect(impostor.logins).toEqual([]);
  });

  test('a machine that proves the key of another is named by it, and offered no login', async () => {
    await using alpha = await startFakeSshServer({ hostKeys: [victim] });
    const tarn = alpha.host({ name: 'tarn' as never, identity: { hostKeys: [createKeyPair().public] } });
    const options = connectOptions([tarn, alpha.host({ name: 'alpha' as never })]);
    await expect(connect(tarn, options, neverAborted)).rejects.toMatchObject({
      code: 'SW3001',
      message: expect.stringContaining('alpha answers'),
    });
    expect(alpha.logins).toEqual([]);
  });
});
