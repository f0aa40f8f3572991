import { readFileSync } from 'node:fs';
import writeFileAtomic from 'write-file-atomic';
import { nearest, SwarmError } from '../../core/error.ts';
import type { Json } from '../../core/host.ts';
import { covers } from '../../fleet/discovery/network-addresses.ts';
import { answersOf, endpoint } from '../../fleet/discovery/ssh-scan.ts';
import { fileForHosts } from '../../fleet/project/find-inventory-entry.ts';
import { openProject, type Project } from '../../fleet/project/project.ts';
import { ownerOf } from '../../fleet/trust/offered-keys.ts';
import { editInventory } from '../../language/yaml/edit-yaml.ts';
import type { Everywhere } from '../options.ts';
import { trustCommand } from './trust.ts';

export interface AdoptFlags extends Everywhere {
  readonly name?: string;
  readonly group?: readonly string[];
  readonly fingerprint?: string;
  readonly yes?: boolean;
}

/** What Tailscale gives its machines. */
const TAILNET = ['100.64.0.0/10', 'fd7a:115c:a1e0::/48'];

/** `swarm hosts adopt ADDRESS --name N --group G`: writes the inventory and pins; nothing else. Not pinned: not adopted. */
export async function adoptCommand(address: string, options: AdoptFlags): Promise<number> {
  const project = await openProject(options);
  const name = nameFor(options.name, project);
  for (const group of options.group ?? []) knownGroup(group, project);
  const [answer] = await answersOf([address], project);
  if (answer === undefined)
    throw new SwarmError('SW2001', `nobody answers as SSH at ${address}`, { hint: 'swarm hosts discover shows who does' });
  const owner = answer.keys.map((key) => ownerOf(key, project.inventory)).find((each) => each !== undefined);
  if (owner !== undefined)
    throw new SwarmError('SW3009', `${address} shows the key of ${owner.name}: it is not a machine of its own`, {
      hint: `one machine has one entry: add the address as a route of ${owner.name}`,
    });
  const kind = covers(TAILNET, answer.address) ? 'tailscale' : 'local';
  const entry = {
    ...(options.group === undefined ? {} : { groups: options.group }),
    routes: [{ [kind]: endpoint(answer.address, answer.port) }],
  };
  const file = fileForHosts(project, options);
  const before = readFileSync(file, 'utf8');
  await editInventory(file, ['hosts', name], entry as Json);
  const { limit: _, ...flags } = options;
  let exit: number | undefined;
  try {
    exit = await trustCommand([name], flags);
    return exit;
  } finally {
    if (exit !== 0) await writeFileAtomic(file, before);
  }
}

function nameFor(name: string | undefined, { inventory }: Project): string {
  const hint = 'swarm hosts adopt ADDRESS --name NAME --group GROUP';
  if (name === undefined) throw new SwarmError('SW1202', 'adopt needs a name', { hint });
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name)) throw new SwarmError('SW1202', `${name} is not a name: letters, digits, . _ -`, { hint });
  if (inventory.hosts.some((host) => host.name === name))
    throw new SwarmError('SW1202', `there is a host ${name} already`, { hint: 'choose another name' });
  if (inventory.groups.includes(name)) throw new SwarmError('SW1202', `there is a group ${name} already`, { hint: 'choose another name' });
  return name;
}

function knownGroup(group: string, { inventory }: Project): void {
  if (inventory.groups.includes(group)) return;
  const near = nearest(group, inventory.groups);
  throw new SwarmError('SW1203', `no group is called ${group}`, {
    hint:
      near === undefined
        ? `there are: ${inventory.groups.join(', ') || 'none'}; write groups: { ${group}: {} } for a new one`
        : `did you mean ${near}?`,
  });
}
