import type { Connection, Proof } from '../../core/connection.ts';
import { SwarmError } from '../../core/error.ts';
import type { ErrorCode } from '../../core/error-codes.ts';
import { formatRoute, type Host, type HostName, type Inventory } from '../../core/host.ts';
import type { JobId } from '../../core/job.ts';
import type { HostState } from '../../core/run-state.ts';
import type { RouteReport } from '../../remote/connect/connect-options.ts';
import { isConnectionLoss } from '../host/host-link.ts';

/** What the guard looks at before a disruptive change. */
export interface GuardInput {
  readonly subject: string;
  /** The very connection that the change would go over. */
  readonly connection: Connection;
  readonly inventory: Inventory;
  /** This machine, as it proved itself; undefined where the inventory has no localhost. */
  readonly localProof: Proof | undefined;
  /** Every route of the host, just verified. */
  readonly routes: readonly RouteReport[];
  /** What was told of its routes before. */
  readonly setAside: HostState['setAside'];
  /** Jobs that run on it, of any run. */
  readonly jobs: readonly JobId[];
  readonly allowProtected: HostName | undefined;
  readonly signal: AbortSignal;
}

const BOOT_ID_FILE = '/proc/sys/kernel/random/boot_id';

/** A file that the owner of a machine may make; no inventory and no option lifts it. */
export const PROTECTED_FILE = '/etc/swarm.protected';

/** The machine, its routes and its jobs. Throws the rule that refuses: SW3002 protected, SW3001 (or what else a route proved)
 *  misdirected, SW3006 else. Gives the rules that were asked. */
export async function checkMachine(input: GuardInput): Promise<readonly string[]> {
  const { connection, jobs } = input;
  const { host } = connection;
  const refuse = refusalFor(input.subject, host);
  const names = findProtectedHosts(input);
  const [shielded] = names.filter(({ name }) => name !== input.allowProtected);
  if (shielded !== undefined) throw refuse('SW3002', protectionReason(shielded, host), protectionHint(shielded));
  if (await hasProtectedFile(input))
    throw refuse(
      'SW3002',
      `${PROTECTED_FILE} exists on it`,
      `The owner of ${host.name} protects it. To allow this, remove the file on the machine itself.`,
    );
  checkRoutes(input, refuse);
  if (jobs[0] !== undefined)
    throw refuse(
      'SW3006',
      `job ${jobs[0]} still runs on it`,
      'Wait for the job (`drain: true` of the reboot module waits), or cancel its run: swarm runs cancel RUN',
    );
  if (host.identity === undefined && connection.route.kind !== 'here') {
    throw refuse('SW3006', 'it has no pin', `Run: swarm hosts trust ${host.name}`);
  }
  await proveAgain(input, refuse);
  return [names.length === 0 ? 'not protected' : 'protection lifted', 'every route clean', 'no job', 'proved anew'];
}

type Refuse = (code: ErrorCode, why: string, hint: string) => SwarmError;

/** How a guard says no. */
export const refusalFor =
  (subject: string, host: Host): Refuse =>
  (code, why, hint) =>
    new SwarmError(code, `${subject}: refused, ${why}`, { host: host.name, hint });

function protectionReason(by: Host, host: Host): string {
  const why = by.protection === undefined || by.protection === 'lifted' ? '' : `: it is ${by.protection}`;
  return by.name === host.name ? `the host is protected${why}` : `the machine proved to be ${by.name}, which is protected${why}`;
}

const protectionHint = ({ name, protection }: Host): string =>
  `--allow-protected ${name} lifts it for one run${
    protection === 'the binhost' || protection === 'a jump host' ? `; protected: false on ${name} in the inventory, for good` : ''
  }`;

/** A file that cannot be looked at counts as there. */
async function hasProtectedFile({ connection, signal }: GuardInput): Promise<boolean> {
  try {
    return (await connection.read(PROTECTED_FILE, signal)) !== undefined;
  } catch (error) {
    if (signal.aborted || isConnectionLoss(error)) throw error;
    return true;
  }
}

/** Who does not answer is not the wrong machine; a route that led elsewhere when it last answered is not clean, though. */
function checkRoutes({ connection, routes, setAside }: GuardInput, refuse: Refuse): void {
  const { host } = connection;
  const provenRoutes = new Set<string>();
  for (const { route, status, machine, error } of routes) {
    const text = formatRoute(route);
    if (status === 'misdirected') throw refuse(error?.code ?? 'SW3001', misdirectedReason(text, machine), routeHint(host, text, machine));
    if (status === 'untrusted' && error?.code !== 'SW1305')
      throw refuse(error?.code ?? 'SW3006', untrustedReason(text, error), routeHint(host, text));
    if (status === 'proven') provenRoutes.add(text);
  }
  const before = setAside.find(({ status, route }) => status === 'misdirected' && !provenRoutes.has(route));
  if (before === undefined) return;
  const { route, machine } = before;
  throw refuse('SW3001', `${misdirectedReason(route, machine)}, as it was last seen`, routeHint(host, route, machine));
}

const misdirectedReason = (route: string, machine: string | undefined): string =>
  `its route ${route} leads to ${machine ?? 'another machine'}`;

const untrustedReason = (route: string, error: SwarmError | undefined): string =>
  `on its route ${route} answers a machine that nobody knows: ${error?.message}`;

const routeHint = ({ name }: Host, route: string, machine?: string): string =>
  `${machine ?? 'Another machine'} might have been hit. Remove or correct ${route} of ${name} in the inventory ` +
  `(behind NAT: jump: { via: HOST, address: ADDRESS }), then: swarm hosts verify ${name}`;

/** The proof is as old as the connection: look again, over this very connection, just before. */
async function proveAgain({ connection, signal }: GuardInput, refuse: Refuse): Promise<void> {
  const { host, proof } = connection;
  const again = `run again, or look: swarm hosts verify ${host.name}`;
  const expected = host.identity?.machineId;
  if (expected !== undefined && proof.machineId !== expected) throw refuse('SW3006', 'its machine-id is not the pinned one', again);
  const raw = await connection.read(BOOT_ID_FILE, signal);
  if (raw === undefined) throw refuse('SW3006', `${BOOT_ID_FILE} cannot be read`, again);
  const bootId = new TextDecoder().decode(raw).trim();
  if (bootId !== proof.bootId) throw refuse('SW3006', 'it was restarted after its identity was verified', again);
}

/** Every protected host that this machine is, whatever name or address led to it. */
function findProtectedHosts({ connection, inventory: { hosts }, localProof: here }: GuardInput): readonly Host[] {
  const { host, proof } = connection;
  return hosts.filter((each) => {
    if (!each.protected) return false;
    if (each.name === host.name) return true;
    if (each.routes[0].kind === 'here') return here !== undefined && sameMachine(proof, here);
    const { identity } = each;
    if (identity === undefined) return false;
    if (identity.machineId !== undefined && identity.machineId === proof.machineId) return true;
    return identity.hostKeys.some(({ blob }) => blob === proof.hostKey?.blob);
  });
}

/** A container has its kernel's boot_id but a PID 1 of its own: it may be restarted without its machine. */
function sameMachine(a: Proof, b: Proof): boolean {
  if (a.machineId !== undefined && a.machineId === b.machineId) return true;
  return a.bootId === b.bootId && a.initStart === b.initStart;
}
