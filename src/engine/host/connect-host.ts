import { toErrorJson } from '../../core/error/convert-error.ts';
import { errorKind } from '../../core/error-codes.ts';
import type { Host } from '../../core/inventory/host.ts';
import type { Json } from '../../core/json-value.ts';
import { type HostRun, isActive } from '../host-run.ts';
import type { RunContext } from '../run-context.ts';

/** Connects to all hosts at once, as many at a time as there are forks. With `onlyOne`, stops at the first host that answers. */
export async function connectHosts(context: RunContext, hostRuns: readonly HostRun[], onlyOne = false): Promise<void> {
  const open = hostRuns.filter(isActive);
  if (!onlyOne) {
    await Promise.all(open.map((hostRun) => connectHost(context, hostRun)));
    return;
  }
  for (const hostRun of open) if (await connectHost(context, hostRun)) return;
}

async function connectHost(context: RunContext, hostRun: HostRun): Promise<boolean> {
  const { host } = hostRun;
  try {
    const connection = await context.hosts.link(host.name)?.connect(context.signal);
    if (connection !== undefined) {
      hostRun.facts = { ...connection.facts } as unknown as Json;
      hostRun.cores = host.cores ?? connection.facts.cores ?? 1; // a host that hides them has one at least
    }
    return true;
  } catch (thrown) {
    if (!context.signal.aborted) hostRun.endedBy = emitHostLost(context, host, thrown);
    return false;
  }
}

/** Emits that a host cannot be used, and why. Returns which of the two it is. */
export function emitHostLost({ journal }: RunContext, host: Host, thrown: unknown): 'refused' | 'unreachable' {
  const error = toErrorJson(thrown);
  const outcome = errorKind(error.code).outcome === 'refused' ? 'refused' : 'unreachable';
  journal.emit({ type: `host.${outcome}`, host: host.name, error });
  return outcome;
}
