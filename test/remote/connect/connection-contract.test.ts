import { existsSync, readFileSync } from 'node:fs';
import type { Host } from '../../../src/core/inventory/host.ts';
import { hashMachineId } from '../../../src/core/inventory/host-identity.ts';
import type { HostName } from '../../../src/core/inventory/host-name.ts';
import { connect } from '../../../src/remote/connect/connect.ts';
import { sshdProgram, startSshd } from '../../machines/sshd.ts';
import { trustedHost } from '../../machines/sshd-fleet.ts';
import { rows } from '../../setup/cases.ts';
import { startFakeSshServer } from '../fake-ssh-server.ts';
import { connectOptions, neverAborted } from '../test-options.ts';
import { describeConnection, type OpenedConnection } from './connection-contract.ts';

const plain: Omit<Host, 'routes'> = {
  name: 'pod' as HostName,
  groups: [],
  login: { user: 'root', keys: [] },
  identity: { hostKeys: [] },
  protected: false,
  vars: {},
};

async function made(host: Host, behind?: AsyncDisposable): Promise<OpenedConnection> {
  const connection = await connect(host, connectOptions([host]), neverAborted);
  return {
    connection,
    [Symbol.asyncDispose]: async () => {
      await connection[Symbol.asyncDispose]();
      await behind?.[Symbol.asyncDispose]();
    },
  };
}

if (sshdProgram !== undefined) {
  describeConnection(
    'OpenSSH',
    async () => {
      const sshd = await startSshd();
      return made(trustedHost(sshd, 'drone-1'), sshd);
    },
    { tunnel: true },
  );
}
describeConnection(
  'an ssh2 server',
  async () => {
    const fake = await startFakeSshServer();
    return made(fake.host(), fake);
  },
  { tunnel: true },
);
describeConnection('no wire: this machine', () => made({ ...plain, routes: [{ kind: 'here' }] }), { tunnel: true });
// over a command only the machine-id can prove anything; some containers have none
const raw = existsSync('/etc/machine-id') ? readFileSync('/etc/machine-id', 'utf8').trim() : '';
if (raw !== '') {
  const pod = { ...plain, identity: { hostKeys: [], machineId: hashMachineId(raw) } };
  for (const argv of rows<readonly [string, ...string[]]>([['sh'], ['env', 'bash']], 2))
    describeConnection(`a command route into ${argv.at(-1)}`, () => made({ ...pod, routes: [{ kind: 'command', argv }] }), {
      tunnel: false,
    });
}
