import type { ItemState } from '../../core/run-state.ts';
import { findHostLink } from '../host/host-api.ts';
import type { RunContext } from '../run-context.ts';
import { itemJobPrefix } from '../task/job-id.ts';

/** Ends the items of an interrupted run that its new plans no longer have: they are published meanwhile, or nothing needs them. */
export async function dropItems(context: RunContext): Promise<void> {
  const { journal, plannedItems } = context;
  for (const item of journal.state.items.values()) {
    if (plannedItems.has(item.id) || (item.status !== 'queued' && item.status !== 'running')) continue;
    if (item.status === 'running' && item.host !== undefined) await endJobs(context, item, item.host);
    journal.emit({ type: 'item.dropped', item: item.id });
  }
}

/** Ends what still runs for the item, and removes it from the host. */
async function endJobs(context: RunContext, { id }: ItemState, host: string): Promise<void> {
  const { journal, signal, hosts } = context;
  try {
    const link = findHostLink(context, host);
    const shell = link.as(await link.connect(signal), link.host.login.become);
    const jobs = hosts.openJobs(shell, signal);
    for (const job of await hosts.listJobs(shell, signal)) {
      if (!job.startsWith(itemJobPrefix(journal.run, id, host))) continue;
      await jobs.cancel(job);
      await jobs.forget(job);
    }
  } catch (error) {
    if (signal.aborted) return;
    journal.emit({ type: 'run.note', text: `a job of ${id} may be left on ${host}: ${error instanceof Error ? error.message : error}` });
  }
}
