import { onAbort } from '../../core/abort.ts';
import type { Route } from '../../core/inventory/route.ts';
import { DEFAULT_STAGE_TIMEOUTS } from '../../core/inventory/stage-timeouts.ts';
import { openProbedSession } from '../session/start/shell-startup.ts';
import { createProcessTransport } from '../transport/process-transport.ts';

/** The hashed machine-id of the machine behind a command route, where no handshake proves a host key. Whoever typed the command may pin it.
 *  Throws SW2006 where no shell answers. */
export async function readCommandMachineId(route: Extract<Route, { kind: 'command' }>, signal: AbortSignal): Promise<string | undefined> {
  const transport = createProcessTransport(route.argv);
  const unwatch = onAbort(signal, () => void transport.close());
  try {
    return (await openProbedSession({ transport, timeouts: DEFAULT_STAGE_TIMEOUTS }, undefined)).probe.machineId;
  } finally {
    unwatch();
    await transport.close();
  }
}
