import { SwarmError } from '../../core/error/swarm-error.ts';
import { readLocalText, readOptionalText } from '../../core/files/read-local-file.ts';
import type { Host } from '../../core/inventory/host.ts';
import type { Identity } from '../../core/inventory/host-identity.ts';
import type { Json } from '../../core/json-value.ts';
import { unknownNameError } from '../../core/unknown-name.ts';
import { isProgram } from '../../language/inventory/files/inventory-paths.ts';
import { parseAddress } from '../../language/inventory/host/address.ts';
import { parseInventoryPart } from '../../language/inventory/inventory-files.ts';
import { editYamlFile, hasYamlValue, setYamlValue } from '../../language/yaml/edit-yaml.ts';
import { readPins } from '../../remote/identity/pins.ts';
import { isInNetworks } from '../discovery/network-addresses.ts';
import { formatAddress, scanAddresses } from '../discovery/ssh-scan.ts';
import { TAILNET_NETWORKS } from '../discovery/tailscale.ts';
import { findNewHostFile } from '../project/find-inventory-entry.ts';
import { findHost, openProject, type Project, type ProjectOptions } from '../project/project.ts';
import { findKeyOwner } from './offered-keys.ts';
import { storePin, takeBackPin } from './store-pin.ts';
import type { TrustedHost } from './trust-host.ts';

/** Adds a machine that answers at `address` to the inventory, pinned with what `accept` returns: a person's decision. Until then nothing
 *  is written, so that files which others change meanwhile stay as they are. Throws SW1202 and SW1203 for a name or a group, SW2001 where
 *  no SSH server answers, SW3009 for a machine that the inventory has already. Returns the file that was written too. */
export async function adoptHost(
  project: Project,
  address: string,
  { name, groups }: { readonly name: string; readonly groups?: readonly string[] },
  options: ProjectOptions,
  accept: (host: Host, project: Project) => Promise<Identity>,
): Promise<TrustedHost & { readonly file: string }> {
  checkNewName(name, project);
  assertAddress(address);
  for (const group of groups ?? []) assertKnownGroup(group, project);
  const before = readPins(project.pinsFile);
  const entry: Json = { ...(groups === undefined ? {} : { groups }), routes: [await findNewRoute(address, project)] };
  const file = findNewHostFile(project, options);
  assertTakesHost(file, name, address);
  const { host, adopted } = await previewHost(name, entry, file, options);
  const identity = await accept(host, adopted);
  checkNewName(name, await openProject(options)); // a person may have taken an hour to answer
  await storePin(project.pinsFile, host, identity, before, 'new'); // first: a host that is not pinned is never left in the inventory
  try {
    await editYamlFile(file, ['hosts', name], entry, (text) => {
      if (hasYamlValue(text, ['hosts', name])) throw takenNameError('host', name);
    });
  } catch (error) {
    await takeBackPin(project.pinsFile, host, identity, before).catch(() => undefined); // the first error is the one to tell
    throw error;
  }
  return { identity, unchanged: false, file };
}

/** Throws SW1202 for a text that is no address. */
export function assertAddress(address: string): void {
  const parsed = parseAddress(address);
  if (typeof parsed === 'string')
    throw new SwarmError('SW1202', parsed, { hint: 'Write an address as 10.0.0.1, 10.0.0.1:2222 or [fd00::1]:2222.' });
}

/** Throws SW1202 for a file that no host can be written into: it is not there, or it is an inventory of Ansible or a program. */
export function assertTakesHost(file: string, name: string, address: string): void {
  const text = readOptionalText(file);
  if (text !== undefined && !isProgram(file) && parseInventoryPart(text, file, [])?.ansible !== true) return;
  const [why, hint] =
    text === undefined
      ? [`there is no ${file}`, 'Run: swarm init']
      : [
          `${file} is an inventory of Ansible`,
          `Write the host there, ${name} ansible_host=${address}, then run: swarm hosts trust ${name}`,
        ];
  throw new SwarmError('SW1202', `${name} cannot be written into the inventory: ${why}`, { hint });
}

/** The host as the inventory will have it, and the project with it. */
async function previewHost(
  name: string,
  entry: Json,
  file: string,
  options: ProjectOptions,
): Promise<{ readonly host: Host; readonly adopted: Project }> {
  const text = setYamlValue(readLocalText(file), ['hosts', name], entry);
  const adopted = await openProject(options, new Map([[file, text]]));
  const { identity: _, ...host } = findHost(adopted, name); // a pin of a host that is gone says nothing of this one
  return { host, adopted };
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
  if (inventory.hosts.some((host) => host.name === name)) throw takenNameError('host', name);
  if (inventory.groups.includes(name)) throw takenNameError('group', name);
}

const takenNameError = (kind: 'host' | 'group', name: string): SwarmError =>
  new SwarmError('SW1202', `there is a ${kind} ${name} already`, { hint: 'Choose another name.' });

function assertKnownGroup(group: string, { inventory }: Project): void {
  if (inventory.groups.includes(group)) return;
  throw unknownNameError(
    'group',
    group,
    inventory.groups,
    `The groups are: ${inventory.groups.join(', ') || 'none'}. For a new one, write groups: { ${group}: {} } into the inventory.`,
  );
}
