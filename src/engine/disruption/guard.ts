import type { Proof } from '../../core/connection.ts';
import type { SwarmError } from '../../core/error/swarm-error.ts';
import type { Host } from '../../core/inventory/host.ts';
import { formatRoute } from '../../core/inventory/route.ts';
import { isConnectionLoss } from '../host/connection-loss.ts';
import type { Evidence } from './collect-evidence.ts';
import { type DisruptionRequest, refusal } from './disruption-request.ts';

const BOOT_ID_FILE = '/proc/sys/kernel/random/boot_id';

/** The owner of a machine can make this file. No inventory and no option overrides it. */
const PROTECTED_FILE = '/etc/swarm.protected';

/** Checks the machine, its routes and its jobs. Returns the rules that passed. Throws SW3002 for a protected machine, SW3001 (or the
 *  error of the route) for a misdirected route, SW3006 for the rest. */
export async function checkMachine(request: DisruptionRequest, evidence: Evidence): Promise<readonly string[]> {
  const protectors = findProtectedHosts(request, evidence);
  await assertUnprotected(request, evidence, protectors);
  assertRoutesProven(request, evidence);
  assertNoJobs(request, evidence);
  const { connection } = evidence;
  const { host } = connection;
  if (host.identity === undefined && connection.route.kind !== 'here') {
    throw refusal(request, 'SW3006', 'it has no pin', `Run: swarm hosts trust ${host.name}`);
  }
  await assertSameBoot(request, evidence);
  return [protectors.length === 0 ? 'not protected' : 'protection lifted', 'every route clean', 'no job', 'proved anew'];
}

/** The protected hosts of the inventory that this machine proves to be, whatever name or address leads to it. */
function findProtectedHosts({ call }: DisruptionRequest, { connection, localProof }: Evidence): readonly Host[] {
  const { host, proof } = connection;
  return call.context.inventory.hosts.filter((each) => {
    if (!each.protected) return false;
    if (each.name === host.name) return true;
    if (each.routes[0].kind === 'here') return localProof !== undefined && sameMachine(proof, localProof);
    const { identity } = each;
    if (identity === undefined) return false;
    if (identity.machineId !== undefined && identity.machineId === proof.machineId) return true;
    return identity.hostKeys.some(({ blob }) => blob === proof.hostKey?.blob);
  });
}

/** A container shares the boot_id of its kernel and has its own PID 1. It can restart without its machine. */
function sameMachine(a: Proof, b: Proof): boolean {
  if (a.machineId !== undefined && a.machineId === b.machineId) return true;
  return a.bootId === b.bootId && a.initStart === b.initStart;
}

async function assertUnprotected(request: DisruptionRequest, evidence: Evidence, protectors: readonly Host[]): Promise<void> {
  const { host } = evidence.connection;
  const [protector] = protectors.filter(({ name }) => name !== request.call.context.options.allowProtected);
  if (protector !== undefined) throw refusal(request, 'SW3002', protectionReason(protector, host), protectionHint(protector));
  if (!(await hasProtectedFile(request, evidence))) return;
  const hint = `The owner of ${host.name} protects it. To allow this, remove the file on the machine itself.`;
  throw refusal(request, 'SW3002', `${PROTECTED_FILE} exists on it`, hint);
}

function protectionReason(by: Host, host: Host): string {
  const why = by.protection === undefined || by.protection === 'lifted' ? '' : `: it is ${by.protection}`;
  return by.name === host.name ? `the host is protected${why}` : `the machine proved to be ${by.name}, which is protected${why}`;
}

function protectionHint({ name, protection }: Host): string {
  const always = protection === 'the binhost' || protection === 'a jump host';
  const inInventory = always ? ` To allow it always, set protected: false on ${name} in the inventory.` : '';
  return `To allow it in one run, add: --allow-protected ${name}.${inInventory}`;
}

/** A file that cannot be checked counts as present. */
async function hasProtectedFile({ call }: DisruptionRequest, { connection }: Evidence): Promise<boolean> {
  try {
    return (await connection.read(PROTECTED_FILE, call.signal)) !== undefined;
  } catch (error) {
    if (call.signal.aborted || isConnectionLoss(error)) throw error;
    return true;
  }
}

/** An unreachable route is allowed, unless it led to another machine when it last answered. */
function assertRoutesProven(request: DisruptionRequest, { connection, routes, setAside }: Evidence): void {
  const { host } = connection;
  const proven = new Set<string>();
  for (const { route, status, machine, error } of routes) {
    const text = formatRoute(route);
    if (status === 'misdirected')
      throw refusal(request, error?.code ?? 'SW3001', misdirectedReason(text, machine), routeHint(host, text, machine));
    if (status === 'untrusted' && error?.code !== 'SW1305')
      throw refusal(request, error?.code ?? 'SW3006', untrustedReason(text, error), routeHint(host, text));
    if (status === 'proven') proven.add(text);
  }
  const before = setAside.find(({ status, route }) => status === 'misdirected' && !proven.has(route));
  if (before === undefined) return;
  const { route, machine } = before;
  throw refusal(request, 'SW3001', `${misdirectedReason(route, machine)}, when it last answered`, routeHint(host, route, machine));
}

const misdirectedReason = (route: string, machine: string | undefined): string =>
  `its route ${route} leads to ${machine ?? 'another machine'}`;

const untrustedReason = (route: string, error: SwarmError | undefined): string =>
  `an unknown machine answers on its route ${route}: ${error?.message}`;

const routeHint = ({ name }: Host, route: string, machine?: string): string =>
  `The change might have hit ${machine ?? 'another machine'}. Remove or correct ${route} of ${name} in the inventory ` +
  `(behind NAT: with a jump route), then run: swarm hosts verify ${name}`;

function assertNoJobs(request: DisruptionRequest, { jobs }: Evidence): void {
  const [job] = jobs;
  if (job === undefined) return;
  const hint = `Wait for the job (drain: true of the reboot module waits), or cancel its run: swarm runs cancel ${job.split('-')[0]}`;
  throw refusal(request, 'SW3006', `job ${job} still runs on it`, hint);
}

/** The proof is as old as the connection, so machine-id and boot-id are compared again over this connection. */
async function assertSameBoot(request: DisruptionRequest, { connection }: Evidence): Promise<void> {
  const { host, proof } = connection;
  const hint = `Run this again. To check the host, run: swarm hosts verify ${host.name}`;
  const pinned = host.identity?.machineId;
  if (pinned !== undefined && proof.machineId !== pinned) throw refusal(request, 'SW3006', 'its machine-id is not the pinned one', hint);
  const raw = await connection.read(BOOT_ID_FILE, request.call.signal);
  if (raw === undefined) throw refusal(request, 'SW3006', `${BOOT_ID_FILE} cannot be read`, hint);
  const bootId = new TextDecoder().decode(raw).trim();
  if (bootId !== proof.bootId) throw refusal(request, 'SW3006', 'it was restarted after its identity was verified', hint);
}
