import type { Connection } from '../core/connection.ts';
import type { JobId } from '../core/job.ts';
import type { Change } from '../core/module.ts';
import type { Context } from './context.ts';
import { guard } from './guard.ts';
import type { Link } from './link.ts';

/** One at a time in the fleet, and only past the guard; what is about to happen is on the disk before it does. */
export async function guarded(
  context: Context,
  link: Link,
  change: Change,
  apply: () => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const { inventory, options, journal } = context;
  await context.danger.add(async () => {
    const here = inventory.hosts.find((host) => host.routes[0].kind === 'here');
    const connection = await link.get(signal);
    await guard({
      subject: change.subject,
      connection,
      inventory,
      here:
        here === undefined
          ? undefined
          : await context
              .link(here.name)
              ?.get(signal)
              .catch(() => undefined),
      setAside: journal.state.hosts[link.host.name]?.setAside ?? [],
      jobs: await jobsThere(context, connection, signal),
      allowProtected: options.allowProtected,
      signal,
    });
    await journal.durable();
    await apply();
  });
}

/** Jobs that run on the host now, whoever started them. */
async function jobsThere({ running, jobsOn, jobsLeft }: Context, connection: Connection, signal: AbortSignal): Promise<readonly JobId[]> {
  const jobs = jobsOn(connection, signal);
  const left = await jobsLeft(connection, signal);
  const states = await Promise.all(left.map(async (job) => ({ job, status: await jobs.status(job) })));
  const alive = states.filter(({ status }) => status.state === 'running').map(({ job }) => job);
  return [...new Set([...running.on(connection.host.name), ...alive])];
}
