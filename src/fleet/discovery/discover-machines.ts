import type { Project } from '../project/project.ts';
import { classifyMachines, type DiscoveredMachine } from './classify-machines.ts';
import { collectAddresses } from './find-addresses.ts';
import { scanAddresses } from './ssh-scan.ts';
import { readTailscalePeers } from './tailscale.ts';

/** What a discovery found. */
export interface Discovery {
  readonly machines: readonly DiscoveredMachine[];
  /** Tailscale was wanted, and does not run on this machine. */
  readonly tailscaleMissing: boolean;
}

/** Scans every address that the inventory, `networks` and Tailscale name, and compares the keys with the inventory. `tailscaleFile` is
 *  read in place of `tailscale status --json`. Logs in nowhere and writes nothing. */
export async function discoverMachines(project: Project, networks: readonly string[], tailscaleFile?: string): Promise<Discovery> {
  const { inventory } = project;
  const useTailscale = inventory.discover.tailscale || tailscaleFile !== undefined;
  const peers = useTailscale ? await readTailscalePeers(tailscaleFile) : undefined;
  const addresses = await collectAddresses(inventory, peers ?? [], [...inventory.discover.networks, ...networks]);
  const scanned = await scanAddresses(addresses, project);
  return { machines: classifyMachines(scanned, inventory, peers ?? []), tailscaleMissing: useTailscale && peers === undefined };
}
