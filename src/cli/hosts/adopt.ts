import { SwarmError } from '../../core/error/swarm-error.ts';
import { openProject } from '../../fleet/project/project.ts';
import { adoptHost, formatAdoptCommand } from '../../fleet/trust/adopt-host.ts';
import type { AdoptFlags } from './hosts-commands.ts';
import { trustHostsCommand } from './trust.ts';

/** `swarm hosts adopt ADDRESS --name N --group G`: writes the inventory and pins; nothing else. Not pinned: not adopted. */
export async function adoptHostCommand(address: string, options: AdoptFlags): Promise<number> {
  const project = await openProject(options);
  const { name, group, limit: _, ...flags } = options;
  if (name === undefined) throw new SwarmError('SW1202', 'adopt needs a name', { hint: `Run: ${formatAdoptCommand(address)}` });
  const newHost = { name, ...(group === undefined ? {} : { groups: group }) };
  return adoptHost(project, address, newHost, options, () => trustHostsCommand([name], flags));
}
