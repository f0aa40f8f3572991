import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Host } from '../../src/core/inventory/host.ts';
import { hashMachineId } from '../../src/core/inventory/host-identity.ts';
import type { HostName } from '../../src/core/inventory/host-name.ts';
import { makeKey } from './ssh-key-files.ts';
import { type Sshd, type SshdOptions, startSshd } from './sshd.ts';

/** n hosts `drone-1` … on this machine, and a project folder whose inventory knows and trusts them. */
export interface SshdFleet extends AsyncDisposable {
  readonly machines: readonly Sshd[];
  readonly hosts: readonly Host[];
  /** A folder with inventory/swarm.yml and inventory/known_hosts. */
  readonly project: string;
  readonly inventory: string;
  readonly pins: string;
}

type SshMachine = Pick<Sshd, 'user' | 'clientKey' | 'hostKeys' | 'machineId' | 'port'> & { readonly address: string };

/** The inventory's value of a machine, trusted; `change` for what a test needs different. */
export function trustedHost(machine: SshMachine, name: string, change: Partial<Host> = {}): Host {
  return {
    name: name as HostName,
    groups: ['drones'],
    routes: [{ kind: 'local', address: machine.address, port: machine.port }],
    login: { user: machine.user, keys: [{ from: 'file', path: machine.clientKey }] },
    identity: { hostKeys: machine.hostKeys, machineId: hashMachineId(machine.machineId) },
    protected: false,
    vars: {},
    ...change,
  };
}

/** A line of inventory/known_hosts for each key of the machine. */
export const knownHostsText = (machine: Pick<Sshd, 'hostKeys' | 'machineId'>, name: string): string =>
  machine.hostKeys.map(({ type, blob }) => `${name} ${type} ${blob} machine-id=${hashMachineId(machine.machineId)}\n`).join('');

/** Starts them side by side. */
export async function startSshdFleet(n: number, options: SshdOptions = {}): Promise<SshdFleet> {
  const project = await mkdtemp(join(tmpdir(), 'swarm-fleet-'));
  const clientKey = options.clientKey ?? join(project, 'client');
  if (options.clientKey === undefined) await makeKey(clientKey);
  const machines = await Promise.all(Array.from({ length: n }, () => startSshd({ ...options, clientKey })));
  const names = machines.map((_, index) => `drone-${index + 1}`);
  const pins = machines.map((machine, index) => knownHostsText(machine, names[index] ?? '')).join('');
  const inventory = [
    `defaults: { user: ${machines[0]?.user ?? 'root'}, identity_file: ${clientKey} }`,
    'groups: { drones: {} }',
    'hosts:',
    ...machines.map(({ port }, index) => `  ${names[index]}: { groups: [drones], routes: [ { local: "127.0.0.1:${port}" } ] }`),
    '',
  ].join('\n');
  await mkdir(join(project, 'inventory'));
  await writeFile(join(project, 'inventory/swarm.yml'), inventory);
  await writeFile(join(project, 'inventory/known_hosts'), pins);
  return {
    machines,
    hosts: machines.map((machine, index) => trustedHost(machine, names[index] ?? '')),
    project,
    inventory,
    pins,
    async [Symbol.asyncDispose]() {
      await Promise.all(machines.map((machine) => machine[Symbol.asyncDispose]()));
      await rm(project, { recursive: true, force: true });
    },
  };
}
