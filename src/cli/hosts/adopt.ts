import { readFileSync } from 'node:fs';
import writeFileAtomic from 'write-file-atomic';
import { closestName, SwarmError } from '../../core/error.ts';
import type { Json } from '../../core/host.ts';
import { isInNetworks } from '../../fleet/discovery/network-addresses.ts';
import { formatAddress, scanAddresses } from '../../fleet/discovery/ssh-scan.ts';
import { findNewHostFile } from '../../fleet/project/find-inventory-entry.ts';
import { openProject, type Project } from '../../fleet/project/project.ts';
import { findKeyOwner } from '../../fleet/trust/offered-keys.ts';
import { editYamlFile } from '../../language/yaml/edit-yaml.ts';
import type { AdoptFlags } from './hosts-commands.ts';
import { trustHostsCommand } from './trust.ts';

/** What Tailscale gives its machines. */
const TAILNET_NETWORKS = ['100.64.0.0/10', 'fd7a:115c:a1e0::/48'];

/** `swarm hosts adopt ADDRESS --name N --group G`: writes the inventory and pins; nothing else. Not pinned: not adopted. */
export async function adoptHostCommand(address: string, options: AdoptFlags): Promise<number> {
  const project = await openProject(options);
  const name = checkNewName(options.name, project);
  for (const group of options.group ?? []) assertKnownGroup(group, project);
  const [scanned] = await scanAddresses([address], project);
  if (scanned === undefined)
    throw new SwarmError('SW2001', `nobody answers as SSH at ${address}`, { hint: 'swarm hosts discover shows who does' });
  const owner = scanned.keys.map((key) => findKeyOwner(key, project.inventory)).find((each) => each !== undefined);
  if (owner !== undefined)
    throw new SwarmError('SW3009', `${address} shows the key of ${owner.name}: it is not a machine of its own`, {
      hint: `one machine has one entry: add the address as a route of ${owner.name}`,
    });
  const kind = isInNetworks(TAILNET_NETWORKS, scanned.address) ? 'tailscale' : 'local';
  const entry = {
    ...(options.group === undefined ? {} : { groups: options.group }),
    routes: [{ [kind]: formatAddress(scanned.address, scanned.port) }],
  };
  const file = findNewHostFile(project, options);
  const before = readFileSync(file, 'utf8');
  await editYamlFile(file, ['hosts', name], entry as Json);
  const { limit: _, ...flags } = options;
  let exit: number | undefined;
  try {
    exit = await trustHostsCommand([name], flags);
    return exit;
  } finally {
    if (exit !== 0) await writeFileAtomic(file, before);
  }
}

function checkNewName(name: string | undefined, { inventory }: Project): string {
  const hint = 'swarm hosts adopt ADDRESS --name NAME --group GROUP';
  if (name === undefined) throw new SwarmError('SW1202', 'adopt needs a name', { hint });
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name)) throw new SwarmError('SW1202', `${name} is not a name: letters, digits, . _ -`, { hint });
  if (inventory.hosts.some((host) => host.name === name))
    throw new SwarmError('SW1202', `there is a host ${name} already`, { hint: 'choose another name' });
  if (inventory.groups.includes(name)) throw new SwarmError('SW1202', `there is a group ${name} already`, { hint: 'choose another name' });
  return name;
}

function assertKnownGroup(group: string, { inventory }: Project): void {
  if (inventory.groups.includes(group)) return;
  const near = closestName(group, inventory.groups);
  throw new SwarmError('SW1203', `no group is called ${group}`, {
    hint:
      near === undefined
        ? `there are: ${inventory.groups.join(', ') || 'none'}; write groups: { ${group}: {} } for a new one`
        : `did you mean ${near}?`,
  });
}
