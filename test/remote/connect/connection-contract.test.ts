import { existsSync, readFileSync } from 'node:fs';
import type { Host, HostName } from '../../../src/core/host.ts';
import { connect } from '../../../src/remote/connect/connect.ts';
import { hashMachineId } from '../../../src/remote/identity/probe.ts';
import { sshdProgram, startSshd } from '../../machines/sshd.ts';
import { hostOf } from '../../machines/sshd-fleet.ts';
import { startFake } from '../fake-ssh-server.ts';
import { never, reachOf } from '../test-options.ts';
import { contract, type Made } from './connection-contract.ts';

const plain: Omit<Host, 'routes'> = {
  name: 'pod' as HostName,
  groups: [],
  login: { user: 'root', keys: [] },
  identity: { hostKeys: [] },
  protected: false,
  vars: {},
};

async function made(host: Host, behind?: AsyncDisposable): Promise<Made> {
  const connection = await connect(host, reachOf([host]), never);
  return {
    connection,
    [Symbol.asyncDispose]: async () => {
      await connection[Symbol.asyncDispose]();
      await behind?.[Symbol.asyncDispose]();
    },
  };
}

if (sshdProgram !== undefined) {
  contract(
    'OpenSSH',
    async () => {
      const sshd = await startSshd();
      return made(hostOf(sshd, 'drone-1'), sshd);
    },
    { tunnel: true },
  );
}
contract(
  'an ssh2 server',
  async () => {
    const fake = await startFake();
    return made(fake.host(), fake);
  },
  { tunnel: true },
);
contract('no wire: this machine', () => made({ ...plain, routes: [{ kind: 'here' }] }), { tunnel: true });
// over a command only the machine-id can prove anything; some containers have none
const raw = existsSync('/etc/machine-id') ? readFileSync('/etc/machine-id', 'utf8').trim() : '';
if (raw !== '') {
  const pod = { ...plain, identity: { hostKeys: [], machineId: hashMachineId(raw) } };
  contract('a command route into sh', () => made({ ...pod, routes: [{ kind: 'command', argv: ['sh'] }] }), { tunnel: false });
  contract('a command route into bash', () => made({ ...pod, routes: [{ kind: 'command', argv: ['env', 'bash'] }] }), { tunnel: false });
}
