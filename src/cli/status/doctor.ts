import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { errorJson } from '../../core/error.ts';
import type { Host } from '../../core/host.ts';
import { activeBlock } from '../../fleet/blocks/block-text.ts';
import { reach } from '../../fleet/connection/connectors.ts';
import { tailscalePeers } from '../../fleet/discovery/tailscale.ts';
import {
  blockFindings,
  cloneFindings,
  exitOfFindings,
  type Finding,
  finding,
  hostFindings,
  inventoryFindings,
  routeFindings,
  sshdFindings,
  tailscaleFindings,
  treeFindings,
  untrustedFindings,
} from '../../fleet/health/health-findings.ts';
import { type Checkup, checkup } from '../../fleet/health/host-checkup.ts';
import { chosen, openProject, type Project } from '../../fleet/project/project.ts';
import { offersOf, overSsh } from '../../fleet/trust/offered-keys.ts';
import { checkBinhost } from '../../gentoo/binhost/check-binhost.ts';
import { diskStore } from '../../gentoo/binhost/disk-store.ts';
import { connect, type Reach } from '../../remote/connect/connect.ts';
import { scan } from '../../remote/connect/scan-host-keys.ts';
import { verify } from '../../remote/connect/verify-routes.ts';
import { show } from '../../report/text/display-text.ts';
import { cells } from '../../report/text/table.ts';
import type { Everywhere } from '../options.ts';
import { print } from '../output.ts';

export interface DoctorFlags extends Everywhere {
  readonly tailscale?: string;
}

/** What was seen of one host. */
interface Seen {
  readonly host: Host;
  readonly findings: readonly Finding[];
  readonly checkup?: Checkup;
}

/** `swarm doctor`: looks everywhere, changes nothing. Exit 0 with warnings at most, 7 for a wrong identity, 2 for anything else that is
 *  bad, 4 when hosts are out of reach and nothing else is bad. */
export async function doctorCommand(pattern: string | undefined, options: DoctorFlags): Promise<number> {
  const project = await openProject(options);
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  const hosts = chosen(project, pattern, options);
  const plan = reach(project);
  const seen = await Promise.all(hosts.map((host) => lookAt(host, project, plan, stop.signal)));
  const trees = seen.flatMap(({ host, checkup }) =>
    checkup?.tree === undefined || !host.groups.includes('drones') ? [] : [{ host, tree: checkup.tree }],
  );
  const findings: readonly Finding[] = [
    ...seen.flatMap((each) => each.findings),
    ...treeFindings(trees),
    ...hosts.flatMap((host) => blockFindings(host)),
    ...inventoryFindings(project.inventory),
    ...cloneFindings(project.inventory),
    ...(await binhostFindings(project)),
    ...(await peerFindings(project, options)),
  ];
  const guarded = project.inventory.hosts.filter((host) => host.protected).map((host) => host.name);
  print(options, { findings, protected: guarded }, (look) => [
    ...cells(
      undefined,
      findings.map((each) => [each.status, each.name, each.about, each.message + (each.hint === undefined ? '' : ` (${each.hint})`)]),
      look,
    ),
    show`protected: ${guarded.join(', ')}`,
    show`${hosts.length} hosts looked at, ${findings.length === 0 ? 'nothing' : findings.length} found`,
  ]);
  return exitOfFindings(findings);
}

async function lookAt(host: Host, { inventory }: Project, plan: Reach, signal: AbortSignal): Promise<Seen> {
  const here = host.routes[0].kind === 'here';
  if (host.identity === undefined && !here)
    return { host, findings: untrustedFindings(host, await offersOf(host, plan, signal), inventory) };
  const reports = await verify(host, plan, signal);
  const quiet = activeBlock(host) ? reports.filter(({ status }) => status !== 'unreachable') : reports; // being repaired: that is known
  const routes = routeFindings(host, quiet);
  const proven = reports.find(({ status }) => status === 'proven');
  if (proven === undefined) return { host, findings: routes };
  const only = { ...host, routes: [proven.route] as const }; // with a wrong route beside it, the right one is looked at all the same
  try {
    await using link = await connect(only, plan, signal);
    const [found, sshd] = await Promise.all([
      checkup(link, host, signal),
      overSsh(proven.route) ? scan(host, proven.route, plan, signal) : undefined,
    ]);
    return {
      host,
      checkup: found,
      findings: [...routes, ...hostFindings(host, found), ...(sshd === undefined ? [] : sshdFindings(host, sshd))],
    };
  } catch (error) {
    const { code, message, hint } = errorJson(error);
    return { host, findings: [...routes, finding(host, 'bad', code === 'SW1109' ? 'inventory' : 'route', message, hint)] };
  }
}

async function binhostFindings({ inventory: { binhost: place } }: Project): Promise<readonly Finding[]> {
  if (place.host !== undefined || !existsSync(join(place.path, 'Packages'))) return [];
  const { findings } = await checkBinhost(diskStore(place.path), { deep: false });
  return findings.map((each) =>
    finding({ name: 'binhost' }, each.harmful ? 'bad' : 'warn', 'binhost', `${each.path} ${each.text}`, 'swarm binhost check tells more'),
  );
}

async function peerFindings({ inventory }: Project, { tailscale }: DoctorFlags): Promise<readonly Finding[]> {
  if (!inventory.discover.tailscale && tailscale === undefined) return [];
  return tailscaleFindings((await tailscalePeers(tailscale)) ?? []);
}
