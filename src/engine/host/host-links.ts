import PQueue from 'p-queue';
import type { RunEventData } from '../../core/event.ts';
import type { Host } from '../../core/inventory/host.ts';
import { goneHostError } from '../host-block.ts';
import type { RunContext, RunOptions, RunRecord } from '../run-context.ts';
import type { RunDeps } from '../run-deps.ts';
import { createHostLink, type HostLink } from './host-link.ts';

/** The clock of a run, its end, and what ends it. */
export type RunControls = Pick<RunContext, 'clock' | 'signal' | 'halt'>;

/** The links of a run to its hosts. */
export interface HostLinks {
  link(name: string): HostLink | undefined;
  close(): Promise<void>;
}

/** The link to each host, made when it is first used. */
export function createLinks(options: RunOptions, deps: RunDeps, { clock, signal, halt }: RunControls): HostLinks {
  const { inventory, journal } = deps;
  const connectPool = new PQueue({ concurrency: options.forks });
  const hosts = new Map<string, Host>(inventory.hosts.map((host) => [host.name, host]));
  const links = new Map<string, HostLink>();
  const emit = (fact: RunEventData): void => emitLinkEvent(journal, fact, signal, halt);
  return {
    link(name) {
      const host = hosts.get(name);
      const known = links.get(name);
      if (host === undefined || known !== undefined) return known;
      const made = createHostLink(host, { connect: (to, stop) => deps.connect(to, stop), emit, clock, signal, connectPool });
      links.set(name, made);
      if (host.gone !== undefined) made.giveUp(goneHostError(name, host.gone));
      return made;
    },
    async close() {
      await Promise.allSettled([...links.values()].map((link) => link.close()));
    },
  };
}

/** A link can be lost at any time. After the last event of the run nothing is emitted, and an error of the journal ends the run. */
function emitLinkEvent(journal: RunRecord, fact: RunEventData, signal: AbortSignal, halt: (error: unknown) => void): void {
  if (signal.aborted) return;
  try {
    journal.emit(fact);
  } catch (error) {
    halt(error);
  }
}
