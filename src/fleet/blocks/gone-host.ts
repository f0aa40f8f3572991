import { SwarmError } from '../../core/error/swarm-error.ts';
import type { Gone } from '../../core/inventory/gone.ts';
import { unknownNameError } from '../../core/unknown-name.ts';
import { recordGoneHost } from '../../journal/gone-hosts.ts';
import { readRunState } from '../../journal/read-journal.ts';
import { listRuns } from '../../journal/runs/run-list.ts';
import { isOpen } from '../overview/next-command.ts';
import { type Project, stateDir } from '../project/project.ts';

/** What an open run has in hand on a host. */
export interface WorkInHand {
  readonly run: string;
  readonly status: 'running' | 'interrupted' | 'elsewhere';
  /** The other machine that may run it. */
  readonly orchestrator?: string;
  readonly items: readonly string[];
}

/** The items that open runs started on the host, and that have not ended. */
export function findWorkInHand(project: Project, name: string): readonly WorkInHand[] {
  return listRuns(project.runsDir)
    .filter(isOpen)
    .flatMap(({ run, status, file, orchestrator }) => {
      const items = readRunState(file)
        .items.values()
        .filter((item) => item.status === 'running' && item.host === name);
      if (items.length === 0) return [];
      const now = status === 'running' || status === 'elsewhere' ? status : 'interrupted';
      return [{ run, status: now, items: items.map(({ id }) => id), ...(orchestrator === undefined ? {} : { orchestrator }) }];
    });
}

/** Throws SW1203 for a name that neither the inventory nor an open run has, and SW1202 for this machine and a host that is gone already. */
export function checkCanGo({ inventory }: Project, name: string, work: readonly WorkInHand[]): void {
  const host = inventory.hosts.find((each) => each.name === name);
  if (host === undefined && work.length === 0) {
    const names = inventory.hosts.map((each) => each.name);
    throw unknownNameError('host', name, names, 'To see the hosts, run: swarm hosts list');
  }
  if (host?.routes[0].kind === 'here') throw new SwarmError('SW1202', `${name} is this machine`, { hint: 'Name another host.' });
}

/** Records that a host will not come back. */
export async function recordGone(project: Project, name: string, reason: string | undefined, now: number): Promise<Gone> {
  const trimmed = reason?.trim();
  const gone = { since: new Date(now).toISOString(), ...(trimmed ? { reason: trimmed } : {}) };
  await recordGoneHost(stateDir(project), name, gone);
  return gone;
}
