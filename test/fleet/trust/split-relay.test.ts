import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { HostKey, Identity } from '../../../src/core/inventory/host-identity.ts';
import { findHost, openProject } from '../../../src/fleet/project/project.ts';
import { acceptIdentity, type TrustDialog } from '../../../src/fleet/trust/trust-host.ts';
import { type Sshd, sshdProgram, startSshd } from '../../machines/sshd.ts';
import { createKeyPair, type FakeSshServer, startFakeSshServer } from '../../remote/fake-ssh-server.ts';

/** The first line that a server says. */
async function readIdent(port: number): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  const [data] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  return data.toString('latin1').split('\r\n')[0] ?? '';
}

/** The types of host keys that a client asks for: in its first packet, which everybody on the way can read. */
function readAskedTypes(bytes: Buffer): readonly string[] | undefined {
  const start = bytes.indexOf('\r\n') + 2;
  if (start < 2 || bytes.length < start + 4 || bytes.length < start + 4 + bytes.readUInt32BE(start)) return undefined;
  const kex = start + 4 + 1 + 1 + 16; // lengths, type of the message, cookie
  const types = kex + 4 + bytes.readUInt32BE(kex);
  return bytes.toString('latin1', types + 4, types + 4 + bytes.readUInt32BE(types)).split(',');
}

/** Whoever is on the only way to a machine: leads handshakes that ask for one type alone to `other`, and every other one to `usual`. */
async function startRelay(type: string, usual: number, other: number): Promise<{ readonly port: number } & AsyncDisposable> {
  const ident = await readIdent(usual);
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    let asked = Buffer.alloc(0);
    client.on('error', () => undefined).write(`${ident}\r\n`);
    const listen = (data: Buffer): void => {
      asked = Buffer.concat([asked, data]);
      const types = readAskedTypes(asked);
      if (types === undefined) return;
      client.off('data', listen).pause();
      const far = connect(types.every((each) => each === type) ? other : usual, '127.0.0.1');
      sockets.add(far.on('error', () => client.destroy()));
      far.once('data', (first: Buffer) => {
        client.write(first.subarray(first.indexOf('\r\n') + 2)); // the same ident was said already
        far.pipe(client);
      });
      far.write(asked);
      client.pipe(far);
    };
    sockets.add(client.on('data', listen));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

describe.skipIf(sshdProgram === undefined)('a relay on the only route that leads the handshakes of one key type elsewhere', () => {
  const dir = mkdtempSync(join(tmpdir(), 'swarm-relay-'));
  const client = createKeyPair();
  const own = { ed25519: createKeyPair(), ecdsa: createKeyPair('ecdsa') };
  let machine: Sshd;
  let impostor: FakeSshServer;
  beforeAll(async () => {
    writeFileSync(join(dir, 'client'), client.private, { mode: 0o600 });
    writeFileSync(join(dir, 'client.pub'), `${client.public.type} ${client.public.blob}\n`);
    mkdirSync(join(dir, 'inventory'));
    machine = await startSshd({ clientKey: join(dir, 'client'), hostKeys: ['ed25519', 'ecdsa'] });
    const ident = (await readIdent(machine.port)).replace('SSH-2.0-', '');
    impostor = await startFakeSshServer({ hostKeys: [own.ed25519, own.ecdsa], ident }, client);
  });
  afterAll(async () => {
    await impostor[Symbol.asyncDispose]();
    await machine[Symbol.asyncDispose]();
    rmSync(dir, { recursive: true });
  });

  /** What the person is asked to pin, in order, and what they get. */
  async function trust(
    port: number,
    answers: readonly boolean[],
  ): Promise<{ readonly asked: readonly (readonly HostKey[])[]; readonly identity: Identity | Error }> {
    writeFileSync(
      join(dir, 'inventory/swarm.yml'),
      `defaults: { user: ${machine.user}, identity_file: ${join(dir, 'client')} }\nhosts: { d1: { routes: [ { local: "127.0.0.1:${port}" } ] } }\n`,
    );
    const project = await openProject({ directory: dir });
    const asked: (readonly HostKey[])[] = [];
    const nothing = (): void => undefined;
    const dialog: TrustDialog = {
      ...{ showOfferedKeys: nothing, showMachineId: nothing, showUnprovenKeys: nothing, showTwins: nothing },
      confirmPin: async (_, keys) => {
        asked.push(keys);
        return answers[asked.length - 1] === true;
      },
    };
    const identity = await acceptIdentity(findHost(project, 'd1'), project, {}, dialog).catch((error: Error) => error);
    return { asked, identity };
  }

  test('without it, all keys are pinned after one question', async () => {
    const { asked, identity } = await trust(machine.port, [true]);
    expect(asked).toEqual([machine.hostKeys]);
    expect(identity).toMatchObject({ hostKeys: machine.hostKeys });
  });

  test('its own key beside that of the machine is found by what the machine itself signs', async () => {
    await using relay = await startRelay('ecdsa-sha2-nistp256', machine.port, impostor.port);
    const { asked, identity } = await trust(relay.port, [true, true]);
    expect(asked).toEqual([[machine.hostKeys[0], own.ecdsa.public]]);
    expect(identity).toMatchObject({ code: 'SW2003', message: expect.stringContaining('itself has another key') });
  });

  test('when it answers the login itself, its key gets no company: the person is asked for it alone', async () => {
    await using relay = await startRelay('ecdsa-sha2-nistp256', impostor.port, machine.port);
    const ecdsa = machine.hostKeys[1];
    const refused = await trust(relay.port, [true, false]);
    expect(refused.asked).toEqual([[own.ed25519.public, ecdsa], [own.ed25519.public]]);
    expect(refused.identity).toMatchObject({ code: 'SW1305' });
    const { identity } = await trust(relay.port, [true, true]);
    expect(identity).toMatchObject({ hostKeys: [own.ed25519.public] }); // --yes: the key of whoever answers, as at every first trust
  });
});
