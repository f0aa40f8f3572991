import type { Connection } from '../core/connection.ts';
import { SwarmError } from '../core/error.ts';
import type { Host, HostName, Inventory } from '../core/host.ts';
import type { JobId } from '../core/job.ts';
import type { HostState } from '../core/state.ts';

/** What the guard looks at before a disruptive change. */
export interface Danger {
  readonly subject: string;
  /** The very connection that the change would go over. */
  readonly connection: Connection;
  readonly inventory: Inventory;
  /** This machine, as it proved itself; undefined where the inventory has no localhost. */
  readonly here: Connection | undefined;
  readonly setAside: HostState['setAside'];
  /** Jobs that run on it, of any run. */
  readonly jobs: readonly JobId[];
  readonly allowProtected: HostName | undefined;
  readonly signal: AbortSignal;
}

const BOOT_ID = '/proc/sys/kernel/random/boot_id';

/** The only door to anything disruptive. Throws the rule that refuses: SW3002 protected, SW3001 misdirected, SW3006 else. */
export async function guard(danger: Danger): Promise<void> {
  const { connection, inventory, setAside, jobs, subject } = danger;
  const { host } = connection;
  const refuse = (code: string, why: string, hint: string): SwarmError =>
    new SwarmError(code, `${subject}: refused, ${why}`, { host: host.name, hint });

  const shielded = protectors(connection, inventory, danger.here).filter((each) => each.name !== danger.allowProtected);
  if (shielded[0] !== undefined) {
    const who =
      shielded[0].name === host.name ? 'the host is protected' : `the machine proved to be ${shielded[0].name}, which is protected`;
    throw refuse('SW3002', who, `--allow-protected ${shielded[0].name} lifts it for one run`);
  }
  const astray = setAside.find(({ status }) => status === 'misdirected');
  if (astray !== undefined) {
    const machine = astray.machine === undefined ? 'another machine' : astray.machine;
    throw refuse('SW3001', `its route ${astray.route} leads to ${machine}`, `swarm hosts verify ${host.name} must be clean first`);
  }
  if (jobs[0] !== undefined)
    throw refuse('SW3006', `job ${jobs[0]} still runs on it`, 'wait for the job, or cancel the run that it belongs to');
  if (host.identity === undefined && connection.route.kind !== 'here') {
    throw refuse('SW3006', 'it has no pinned identity', `swarm hosts trust ${host.name}`);
  }
  await prove(danger, refuse);
}

/** The proof is as old as the connection: look again, over this very connection, just before. */
async function prove({ connection, signal }: Danger, refuse: (code: string, why: string, hint: string) => SwarmError): Promise<void> {
  const { host, proof } = connection;
  const again = `run again, or look: swarm hosts verify ${host.name}`;
  const expected = host.identity?.machineId;
  if (expected !== undefined && proof.machineId !== expected) throw refuse('SW3006', 'its machine-id is not the pinned one', again);
  const raw = await connection.read(BOOT_ID, signal);
  if (raw === undefined) throw refuse('SW3006', `${BOOT_ID} cannot be read`, again);
  const bootId = new TextDecoder().decode(raw).trim();
  if (bootId !== proof.bootId) throw refuse('SW3006', 'it was restarted since it proved itself', again);
}

/** Every protected host that this machine is, whatever name or address led to it. */
function protectors(connection: Connection, { hosts }: Inventory, here: Connection | undefined): readonly Host[] {
  const { host, proof } = connection;
  return hosts.filter((each) => {
    if (!each.protected) return false;
    if (each.name === host.name) return true;
    if (each.routes[0].kind === 'here') return here !== undefined && sameMachine(proof, here.proof);
    const { identity } = each;
    if (identity === undefined) return false;
    if (identity.machineId !== undefined && identity.machineId === proof.machineId) return true;
    return identity.hostKeys.some(({ blob }) => blob === proof.hostKey?.blob);
  });
}

/** A container has its kernel's boot_id but a PID 1 of its own: it may be restarted without its machine. */
function sameMachine(a: Connection['proof'], b: Connection['proof']): boolean {
  if (a.machineId !== undefined && a.machineId === b.machineId) return true;
  return a.bootId === b.bootId && a.initStart === b.initStart;
}
