import { waitAtMost } from '../../core/abort.ts';
import { toErrorJson } from '../../core/error/convert-error.ts';
import { errorKind } from '../../core/error-codes.ts';
import type { Host } from '../../core/inventory/host.ts';
import type { Json } from '../../core/json-value.ts';
import type { Play } from '../../core/playbook/playbook-model.ts';
import { type HostRun, isActive } from '../host-run.ts';
import type { RunContext } from '../run-context.ts';
import { gatherFacts } from './gather-facts.ts';

/** Connects to all hosts at once, with the facts that the play needs, as many at a time as there are forks.
 *  With `ignoreUnreachable` each task decides what an unreachable host means for it. */
export async function connectHosts(
  context: RunContext,
  play: Play,
  hostRuns: readonly HostRun[],
  ignoreUnreachable = false,
): Promise<void> {
  await Promise.all(hostRuns.filter(isActive).map((hostRun) => connectHost(context, play, hostRun, ignoreUnreachable)));
}

/** How long a host may take before the next one is tried beside it. */
const HEAD_START_MS = 500;

/** The first host that answers. The others are tried in their order: each when the one before it failed or is slow. */
export async function connectFirstHost(context: RunContext, play: Play, hostRuns: readonly HostRun[]): Promise<HostRun | undefined> {
  let first: HostRun | undefined;
  let markFound: () => void = () => undefined;
  const found = new Promise<void>((resolve) => {
    markFound = resolve;
  });
  const attempts: Promise<void>[] = [];
  for (const hostRun of hostRuns.filter(isActive)) {
    const attempt = connectHost(context, play, hostRun).then((connected) => {
      if (!connected || first !== undefined) return;
      first = hostRun;
      markFound();
    });
    attempts.push(attempt);
    await waitAtMost(HEAD_START_MS, Promise.race([found, attempt]), undefined);
    if (first !== undefined || context.signal.aborted) return first;
  }
  await Promise.race([found, Promise.all(attempts)]);
  return first;
}

async function connectHost(context: RunContext, play: Play, hostRun: HostRun, ignoreUnreachable = false): Promise<boolean> {
  const { host } = hostRun;
  try {
    const link = context.hosts.link(host.name);
    const connection = await link?.connect(context.signal);
    if (link !== undefined && connection !== undefined) {
      hostRun.facts = { ...connection.facts, ...(await gatherFacts(context, play, hostRun, link, connection)) } as unknown as Json;
      hostRun.cores = host.cores ?? connection.facts.cores ?? 1; // a host that hides them has one at least
    }
    return true;
  } catch (thrown) {
    const ignored = ignoreUnreachable && errorKind(toErrorJson(thrown).code).outcome !== 'refused';
    if (!context.signal.aborted && !ignored) hostRun.endedBy = emitHostLost(context, host, thrown);
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
