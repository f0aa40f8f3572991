import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { toErrorJson } from '../../core/error.ts';
import type { Host } from '../../core/host.ts';
import { hasActiveBlock } from '../../fleet/blocks/block-text.ts';
import { makeConnectOptions } from '../../fleet/connection/connectors.ts';
import { readTailscalePeers } from '../../fleet/discovery/tailscale.ts';
import {
  blockFindings,
  cloneFindings,
  type HealthFinding,
  healthExitCode,
  hostFindings,
  inventoryFindings,
  makeFinding,
  routeFindings,
  sshdFindings,
  tailscaleFindings,
  treeFindings,
  untrustedFindings,
} from '../../fleet/health/health-findings.ts';
import { collectCheckup, type HostCheckup } from '../../fleet/health/host-checkup.ts';
import { findHosts, openProject, type Project } from '../../fleet/project/project.ts';
import { isSshRoute, scanOfferedKeys } from '../../fleet/trust/offered-keys.ts';
import { checkBinhost } from '../../gentoo/binhost/check-binhost.ts';
import { diskStore } from '../../gentoo/binhost/disk-store.ts';
import { type ConnectOptions, connect } from '../../remote/connect/connect.ts';
import { scanHostKeys } from '../../remote/connect/scan-host-keys.ts';
import { verifyRoutes } from '../../remote/connect/verify-routes.ts';
import { displayText } from '../../report/text/display-text.ts';
import { formatTextTable } from '../../report/text/table.ts';
import { printResult } from '../output.ts';
import type { DoctorFlags } from './status-commands.ts';

/** What was seen of one host. */
interface ExaminedHost {
  readonly host: Host;
  readonly findings: readonly HealthFinding[];
  readonly checkup?: HostCheckup;
}

/** `swarm doctor`: looks everywhere, changes nothing. Exit 0 with warnings at most, 7 for a wrong identity, 2 for anything else that is
 *  bad, 4 when hosts are out of reach and nothing else is bad. */
export async function doctorCommand(pattern: string | undefined, options: DoctorFlags): Promise<number> {
  const project = await openProject(options);
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  const hosts = findHosts(project, pattern, options);
  const connectOptions = makeConnectOptions(project);
  const examined = await Promise.all(hosts.map((host) => examineHost(host, project, connectOptions, stop.signal)));
  const trees = examined.flatMap(({ host, checkup }) =>
    checkup?.tree === undefined || !host.groups.includes('drones') ? [] : [{ host, tree: checkup.tree }],
  );
  const findings: readonly HealthFinding[] = [
    ...examined.flatMap((each) => each.findings),
    ...treeFindings(trees),
    ...hosts.flatMap((host) => blockFindings(host)),
    ...inventoryFindings(project.inventory),
    ...cloneFindings(project.inventory),
    ...(await binhostFindings(project)),
    ...(await peerFindings(project, options)),
  ];
  const protectedHosts = project.inventory.hosts.filter((host) => host.protected).map((host) => host.name);
  printResult(options, { findings, protected: protectedHosts }, (look) => [
    ...formatTextTable(
      undefined,
      findings.map((each) => [each.status, each.name, each.about, each.message + (each.hint === undefined ? '' : ` (${each.hint})`)]),
      look,
    ),
    displayText`protected: ${protectedHosts.join(', ')}`,
    displayText`${hosts.length} hosts looked at, ${findings.length === 0 ? 'nothing' : findings.length} found`,
  ]);
  return healthExitCode(findings);
}

async function examineHost(host: Host, { inventory }: Project, connectOptions: ConnectOptions, signal: AbortSignal): Promise<ExaminedHost> {
  const isLocalhost = host.routes[0].kind === 'here';
  if (host.identity === undefined && !isLocalhost)
    return { host, findings: untrustedFindings(host, await scanOfferedKeys(host, connectOptions, signal), inventory) };
  const reports = await verifyRoutes(host, connectOptions, signal);
  const relevantReports = hasActiveBlock(host) ? reports.filter(({ status }) => status !== 'unreachable') : reports; // being repaired: that is known
  const routes = routeFindings(host, relevantReports);
  const proven = reports.find(({ status }) => status === 'proven');
  if (proven === undefined) return { host, findings: routes };
  const hostWithProvenRoute = { ...host, routes: [proven.route] as const }; // with a wrong route beside it, the right one is looked at all the same
  try {
    await using connection = await connect(hostWithProvenRoute, connectOptions, signal);
    const [found, sshd] = await Promise.all([
      collectCheckup(connection, host, signal),
      isSshRoute(proven.route) ? scanHostKeys(host, proven.route, connectOptions, signal) : undefined,
    ]);
    return {
      host,
      checkup: found,
      findings: [...routes, ...hostFindings(host, found), ...(sshd === undefined ? [] : sshdFindings(host, sshd))],
    };
  } catch (error) {
    const { code, message, hint } = toErrorJson(error);
    return { host, findings: [...routes, makeFinding(host, 'bad', code === 'SW1109' ? 'inventory' : 'route', message, hint)] };
  }
}

async function binhostFindings({ inventory: { binhost } }: Project): Promise<readonly HealthFinding[]> {
  if (binhost.host !== undefined || !existsSync(join(binhost.path, 'Packages'))) return [];
  const { findings } = await checkBinhost(diskStore(binhost.path), { deep: false });
  return findings.map((each) =>
    makeFinding(
      { name: 'binhost' },
      each.harmful ? 'bad' : 'warn',
      'binhost',
      `${each.path} ${each.text}`,
      'swarm binhost check tells more',
    ),
  );
}

async function peerFindings({ inventory }: Project, { tailscale }: DoctorFlags): Promise<readonly HealthFinding[]> {
  if (!inventory.discover.tailscale && tailscale === undefined) return [];
  return tailscaleFindings((await readTailscalePeers(tailscale)) ?? []);
}
