import { readFileSync } from 'node:fs';
import writeFileAtomic from 'write-file-atomic';
import { SwarmError } from '../../core/error/swarm-error.ts';
import type { Json } from '../../core/json-value.ts';
import { unknownNameError } from '../../core/unknown-name.ts';
import { editYamlFile } from '../../language/yaml/edit-yaml.ts';
import { isInNetworks } from '../discovery/network-addresses.ts';
import { formatAddress, scanAddresses } from '../discovery/ssh-scan.ts';
import { TAILNET_NETWORKS } from '../discovery/tailscale.ts';
import { findNewHostFile } from '../project/find-inventory-entry.ts';
import type { Project, ProjectOptions } from '../project/project.ts';
import { findKeyOwner } from './offered-keys.ts';

/** Writes a machine that answers at `address` into the inventory and pins it with `pinHost`, which returns the exit code. A host that is
 *  not pinned is taken out again. Throws SW1202 and SW1203 for a name or a group, SW2001 where no SSH server answers, SW3009 for a
 *  machine that the inventory has already. */
export async function adoptHost(
  project: Project,
  address: string,
  newHost: { readonly name: string; readonly groups?: readonly string[] },
  options: ProjectOptions,
  pinHost: () => Promise<number>,
): Promise<number> {
  const { name, groups } = newHost;
  checkNewName(name, project);
  for (const group of groups ?? []) assertKnownGroup(group, project);
  const entry = { ...(groups === undefined ? {} : { groups }), routes: [await findNewRoute(address, project)] };
  const file = findNewHostFile(project, options);
  const before = readFileSync(file, 'utf8');
  await editYamlFile(file, ['hosts', name], entry as Json);
  let exit: number | undefined;
  try {
    exit = await pinHost();
    return exit;
  } finally {
    if (exit !== 0) await writeFileAtomic(file, before);
  }
}

/** The command that adopts the machine at an address, under a name made of the address. */
export const formatAdoptCommand = (address: string): string =>
  `swarm hosts adopt ${address} --name host-${address.replaceAll(/[^A-Za-z0-9]+/g, '-').replace(/^-/, '')}`;

/** The route of a machine that is not in the inventory yet. */
async function findNewRoute(address: string, project: Project): Promise<Json> {
  const [scanned] = await scanAddresses([address], project);
  if (scanned === undefined) throw new SwarmError('SW2001', `no SSH server answers at ${address}`, { hint: 'Run: swarm hosts discover' });
  const owner = scanned.keys.map((key) => findKeyOwner(key, project.inventory)).find((each) => each !== undefined);
  if (owner !== undefined)
    throw new SwarmError('SW3009', `${address} shows the key of ${owner.name}: that machine is in the inventory`, {
      hint: `Add the address to the inventory as a route of ${owner.name}.`,
    });
  const kind = isInNetworks(TAILNET_NETWORKS, scanned.address) ? 'tailscale' : 'local';
  return { [kind]: formatAddress(scanned.address, scanned.port) };
}

/** Throws SW1202 for a name that is none, or that a host or a group has already. */
export function checkNewName(name: string, { inventory }: Pick<Project, 'inventory'>): void {
  const hint = 'Choose another name, for example: --name drone-1';
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name))
    throw new SwarmError('SW1202', `${name} is not a host name: use letters, digits, . _ and -`, { hint });
  if (inventory.hosts.some((host) => host.name === name))
    throw new SwarmError('SW1202', `there is a host ${name} already`, { hint: 'Choose another name.' });
  if (inventory.groups.includes(name)) throw new SwarmError('SW1202', `there is a group ${name} already`, { hint: 'Choose another name.' });
}

function assertKnownGroup(group: string, { inventory }: Project): void {
  if (inventory.groups.includes(group)) return;
  throw unknownNameError(
    'group',
    group,
    inventory.groups,
    `The groups are: ${inventory.groups.join(', ') || 'none'}. For a new one, write groups: { ${group}: {} } into the inventory.`,
  );
}
