import { onAbort } from '../../core/abort.ts';
import { SwarmError } from '../../core/error/swarm-error.ts';
import type { Host } from '../../core/inventory/host.ts';
import type { Become } from '../../core/inventory/login.ts';
import { formatRoute, type Route } from '../../core/inventory/route.ts';
import { debugLog } from '../../core/program/debug-log.ts';
import { checkMachineId } from '../identity/check-identity.ts';
import type { ProbeResult } from '../identity/probe.ts';
import type { ShellSession } from '../session/session-pool.ts';
import { openProbedSession } from '../session/shell-startup.ts';
import type { ShellAccess } from '../session/start-answering.ts';
import type { Transport } from '../transport/transport.ts';
import type { ConnectOptions } from './connect-options.ts';
import { createConnection } from './create-connection.ts';
import type { RouteAttempt } from './route-attempt.ts';

/** Runs the probe on a new shell and compares the machine-id. Without `openSession` every further shell is a process of its own, and has
 *  to prove the same machine again. */
export async function proveMachine(
  host: Host,
  route: Route,
  options: ConnectOptions,
  access: ShellAccess & { readonly transport: Transport & { readonly hostKey?: { readonly type: string; readonly blob: string } } },
  signal: AbortSignal,
  release: () => Promise<void>,
  openSession?: (become: Become | undefined) => Promise<ShellSession>,
): Promise<RouteAttempt> {
  const { transport } = access;
  const unwatch = onAbort(signal, () => void transport.close());
  try {
    signal.throwIfAborted();
    const { shell, probe } = await openProbedSession(access, undefined);
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
    const openProvenSession: typeof openSession = async (become) => {
      const next = await openProbedSession(access, become);
      if (isSameMachine(next.probe, probe)) return next.shell;
      next.shell.session.close();
      throw new SwarmError('SW3004', `${formatRoute(route)} leads to another machine than before, or the machine has restarted`, {});
    };
    const connection = createConnection({ host, route, proof, facts }, access, openSession ?? openProvenSession, shell, release);
    return { status: 'proven', connection };
  } catch (error) {
    await transport.close();
    throw error;
  } finally {
    unwatch();
  }
}

const isSameMachine = (one: ProbeResult, other: ProbeResult): boolean =>
  one.machineId === other.machineId && one.bootId === other.bootId && one.initStart === other.initStart;
