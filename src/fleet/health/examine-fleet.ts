import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { toErrorJson } from '../../core/error/convert-error.ts';
import { isBlocked } from '../../core/inventory/block.ts';
import type { Host } from '../../core/inventory/host.ts';
import { isSshRoute } from '../../core/inventory/route.ts';
import { checkBinhost } from '../../gentoo/binhost/check-binhost.ts';
import { diskStore } from '../../gentoo/binhost/store/disk-store.ts';
import { readHealing } from '../../journal/heal-log.ts';
import { recordTargets } from '../../journal/memory/target-memory.ts';
import { connect } from '../../remote/connect/connect.ts';
import type { ConnectOptions } from '../../remote/connect/connect-options.ts';
import { scanHostKeys } from '../../remote/connect/scan-host-keys.ts';
import { verifyRoutes } from '../../remote/connect/verify-routes.ts';
import { findHashedPins } from '../../remote/identity/pins.ts';
import { makeConnectOptions } from '../connection/connectors.ts';
import { readTailscalePeers } from '../discovery/tailscale.ts';
import type { Project } from '../project/project.ts';
import { scanOfferedKeys } from '../trust/offered-keys.ts';
import { askClient, type ClientMachine, clientFindings } from './examine-clients.ts';
import { askForTargets, dronesWithOtherTree, judgeTargets, rootFindings, type TargetAnswer, targetFindings } from './examine-targets.ts';
import {
  blockFindings,
  cloneFindings,
  hashedPinFindings,
  healingFindings,
  inventoryFindings,
  tailscaleFindings,
  treeFindings,
} from './fleet-findings.ts';
import { type HealthFinding, makeFinding } from './health-finding.ts';
import { collectCheckup, type HostCheckup } from './host-checkup.ts';
import { hostFindings, sshdFindings } from './host-findings.ts';
import { routeFindings, untrustedFindings } from './route-findings.ts';

/** What was seen of one host. */
interface ExaminedHost {
  readonly host: Host;
  readonly findings: readonly HealthFinding[];
  readonly checkup?: HostCheckup;
  readonly answers?: readonly TargetAnswer[];
  readonly clients?: readonly ClientMachine[];
}

/** Everything that is wrong with the hosts, the inventory, the binhost and Tailscale. `tailscaleFile` is read in place of
 *  `tailscale status --json`. Changes nothing. */
export async function examineFleet(
  project: Project,
  hosts: readonly Host[],
  tailscaleFile: string | undefined,
  signal: AbortSignal,
): Promise<readonly HealthFinding[]> {
  const connectOptions = makeConnectOptions(project);
  const examined = await Promise.all(hosts.map((host) => examineHost(host, project, connectOptions, signal)));
  const trees = examined.flatMap(({ host, checkup }) =>
    checkup?.tree === undefined || !host.groups.includes('drones') ? [] : [{ host, tree: checkup.tree }],
  );
  const answers = examined.flatMap((each) => each.answers ?? []);
  const clients = examined.flatMap((each) => each.clients ?? []);
  const targets = judgeTargets(project.inventory.targets, answers, Date.now());
  // one drone alone is not compared with the others, so it replaces nothing that is known of it
  if (hosts.length > 1) await recordTargets(dirname(project.runsDir), targets);
  const found = examined.flatMap((each) => each.findings);
  const otherTree = dronesWithOtherTree(targets);
  return [
    ...found,
    ...targetFindings(targets, found),
    ...clientFindings(project.inventory.targets, { answers, clients }, Date.now()),
    ...rootFindings(project.inventory.targets),
    // the fingerprint of a drone names its tree too, where Portage can be asked
    ...treeFindings(trees).filter(({ name }) => !otherTree.has(name)),
    ...hosts.flatMap((host) => blockFindings(host)),
    ...inventoryFindings(project.inventory),
    ...cloneFindings(project.inventory),
    ...hashedPinFindings(project.pinsFile, findHashedPins(project.pinsFile)),
    ...healingFindings(readHealing(dirname(project.runsDir))),
    ...(await binhostFindings(project)),
    ...(await peerFindings(project, tailscaleFile)),
  ];
}

async function examineHost(host: Host, { inventory }: Project, connectOptions: ConnectOptions, signal: AbortSignal): Promise<ExaminedHost> {
  const isLocalhost = host.routes[0].kind === 'here';
  if (host.identity === undefined && !isLocalhost)
    return { host, findings: untrustedFindings(host, await scanOfferedKeys(host, connectOptions, signal), inventory) };
  const reports = await verifyRoutes(host, connectOptions, signal);
  const relevantReports = isBlocked(host, Date.now()) ? reports.filter(({ status }) => status !== 'unreachable') : reports; // a blocked host may be off
  const routes = routeFindings(host, relevantReports);
  const proven = reports.find(({ status }) => status === 'proven');
  if (proven === undefined) return { host, findings: routes };
  const hostWithProvenRoute = { ...host, routes: [proven.route] as const }; // with a wrong route beside it, the right one is checked all the same
  try {
    await using connection = await connect(hostWithProvenRoute, connectOptions, signal);
    const [found, answers, clients, sshd] = await Promise.all([
      collectCheckup(connection, host, signal),
      askForTargets(connection, host, inventory, signal),
      askClient(connection, host, inventory.targets, signal),
      isSshRoute(proven.route) ? scanHostKeys(host, proven.route, connectOptions, signal) : undefined,
    ]);
    return {
      host,
      checkup: found,
      answers,
      clients,
      findings: [...routes, ...hostFindings(host, found), ...(sshd === undefined ? [] : sshdFindings(host, sshd))],
    };
  } catch (error) {
    const { code, message, hint } = toErrorJson(error);
    return { host, findings: [...routes, makeFinding(host, 'bad', code === 'SW1109' ? 'inventory' : 'route', message, hint)] };
  }
}

/** Of each binhost that is on this machine. */
async function binhostFindings({ inventory: { targets } }: Project): Promise<readonly HealthFinding[]> {
  const paths = new Set(targets.flatMap(({ binhost }) => (binhost.host === undefined ? [binhost.path] : [])));
  const found = [...paths].map(async (path) => {
    if (!existsSync(join(path, 'Packages'))) return [];
    const { findings } = await checkBinhost(diskStore(path), { deep: false });
    const prefix = paths.size > 1 ? `${path}/` : '';
    return findings.map(({ path: file, harmful, text }) =>
      makeFinding({ name: 'binhost' }, harmful ? 'bad' : 'warn', 'binhost', `${prefix}${file} ${text}`, 'Run: swarm binhost check'),
    );
  });
  return (await Promise.all(found)).flat();
}

async function peerFindings({ inventory }: Project, tailscaleFile: string | undefined): Promise<readonly HealthFinding[]> {
  if (!inventory.discover.tailscale && tailscaleFile === undefined) return [];
  return tailscaleFindings((await readTailscalePeers(tailscaleFile)) ?? []);
}
