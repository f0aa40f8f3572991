import { onAbort } from '../../core/abort.ts';
import { SwarmError } from '../../core/error/swarm-error.ts';
import type { Host } from '../../core/inventory/host.ts';
import type { Become } from '../../core/inventory/login.ts';
import { formatRoute, type Route } from '../../core/inventory/route.ts';
import { debugLog } from '../../core/program/debug-log.ts';
import { checkMachineId } from '../identity/check-identity.ts';
import type { ProbeResult } from '../identity/probe.ts';
import type { ShellSession } from '../session/open-sessions.ts';
import { openProbedSession, openShellSession } from '../session/start/shell-startup.ts';
import type { ShellAccess } from '../session/start/start-answering.ts';
import type { Transport } from '../transport/transport.ts';
import type { ConnectOptions } from './connect-options.ts';
import { createConnection } from './create-connection.ts';
import type { RouteAttempt } from './route-attempt.ts';
import { widenTransport } from './widen-transport.ts';

/** How further shells of the machine are opened. */
interface FurtherShells {
  /** Another connection on the same route, where the server gives no more sessions on the first. */
  readonly openLink?: () => Promise<Transport>;
  /** Every further shell is a process of its own, and has to prove the same machine again. */
  readonly proveEachSession?: boolean;
}

type ProvableTransport = Transport & { readonly hostKey?: { readonly type: string; readonly blob: string } };

/** Runs the probe on a new shell and compares the machine-id. */
export async function proveMachine(
  host: Host,
  route: Route,
  options: ConnectOptions,
  firstAccess: ShellAccess & { readonly transport: ProvableTransport },
  signal: AbortSignal,
  { openLink, proveEachSession = false }: FurtherShells,
): Promise<RouteAttempt> {
  const { transport } = firstAccess;
  const unwatch = onAbort(signal, () => void transport.close());
  try {
    signal.throwIfAborted();
    const { shell, probe } = await openProbedSession(firstAccess, undefined);
    const mismatch = checkMachineId(host, probe.machineId, options.hosts);
    if (mismatch !== undefined) {
      await transport.close();
      return mismatch;
    }
    const { bootId, initStart, machineId, facts } = probe;
    debugLog('session', host.name, () => `the shell has process id ${probe.pid}; boot-id ${bootId}, machine-id ${machineId ?? 'unknown'}`);
    const proof = {
      bootId,
      initStart,
      ...(machineId === undefined ? {} : { machineId }),
      ...(transport.hostKey === undefined ? {} : { hostKey: transport.hostKey }),
    };
    const openProven = async (access: ShellAccess, become: Become | undefined): Promise<ShellSession> => {
      const next = await openProbedSession(access, become);
      if (isSameMachine(next.probe, probe)) return next.shell;
      next.shell.session.close();
      throw new SwarmError('SW3004', `${formatRoute(route)} leads to another machine than before, or the machine has restarted`, {});
    };
    const access = openLink === undefined ? firstAccess : widenAccess(host, firstAccess, openLink, openProven);
    const openSession = (become: Become | undefined): Promise<ShellSession> =>
      proveEachSession ? openProven(access, become) : openShellSession(access, become);
    return { status: 'proven', connection: createConnection({ host, route, proof, facts }, access, openSession, shell) };
  } catch (error) {
    await transport.close();
    throw error;
  } finally {
    unwatch();
  }
}

/** With more connections where one has too few sessions. Each proves the same machine and boot before it carries anything. */
function widenAccess(
  host: Host,
  first: ShellAccess,
  openLink: () => Promise<Transport>,
  openProven: (access: ShellAccess, become: undefined) => Promise<ShellSession>,
): ShellAccess {
  const openProvenLink = async (): Promise<Transport> => {
    const transport = await openLink();
    try {
      const shell = await openProven({ ...first, transport }, undefined);
      shell.session.close();
      return transport;
    } catch (error) {
      await transport.close();
      throw error;
    }
  };
  return { ...first, transport: widenTransport(host.name, first.transport, openProvenLink) };
}

const isSameMachine = (one: ProbeResult, other: ProbeResult): boolean =>
  one.machineId === other.machineId && one.bootId === other.bootId && one.initStart === other.initStart;
