import { SwarmError } from '../../core/error/swarm-error.ts';
import type { DiscoveredMachine } from '../../fleet/discovery/classify-machines.ts';
import { discoverMachines } from '../../fleet/discovery/discover-machines.ts';
import { listAddresses } from '../../fleet/discovery/network-addresses.ts';
import { openProject } from '../../fleet/project/project.ts';
import { formatAdoptCommand } from '../../fleet/trust/adopt-host.ts';
import { displayText } from '../../report/text/display-text.ts';
import { formatTextTable } from '../../report/text/table.ts';
import { printResult } from '../output.ts';
import type { DiscoverFlags } from './hosts-commands.ts';

/** `swarm hosts discover`: takes the host key of whoever answers; logs in nowhere, writes nothing. */
export async function discoverHostsCommand(options: DiscoverFlags): Promise<number> {
  const project = await openProject(options);
  for (const network of options.network ?? []) assertNetwork(network);
  const { machines: hosts, tailscaleMissing } = await discoverMachines(project, options.network ?? [], options.tailscale);
  printResult(options, { hosts }, (look) => [
    ...formatTextTable(
      ['STATUS', 'HOST', 'ADDRESS', 'KEY', 'WHAT'],
      hosts.map((each) => [each.status, each.name, each.address ?? '', each.fingerprint ?? '', formatDetails(each)]),
      look,
    ),
    ...(hosts.length === 0 ? ['No machine was found.'] : []),
    ...(tailscaleMissing ? ['Tailscale does not run on this machine.'] : []),
    ...hosts
      .filter((each) => each.status === 'unknown')
      .slice(0, 1)
      .map((each) => displayText`To adopt one, run, with any name: ${formatAdoptCommand(each.address ?? '')}`),
  ]);
  return 0;
}

const formatDetails = ({ note, route, tailscale, banner }: DiscoveredMachine): string =>
  [note, route, tailscale === undefined ? undefined : `tailscale: ${tailscale}`, banner].filter(Boolean).join('; ');

/** A network of the command line. Throws SW1202. */
function assertNetwork(network: string): void {
  try {
    listAddresses(network);
  } catch (error) {
    if (!(error instanceof SwarmError)) throw error;
    throw new SwarmError('SW1202', error.message, error.hint === undefined ? {} : { hint: error.hint });
  }
}
