import type { Connection } from '../../core/connection.ts';
import type { JobId } from '../../core/job.ts';
import { emitNotice } from '../task-call.ts';
import type { DisruptionRequest } from './disruption-request.ts';

const DRAIN_POLL_MS = 5000;

/** The jobs of any run that run on the host: those of the login, of its `become`, and of the task's `become`. */
export async function findRunningJobs({ call, link, become }: DisruptionRequest, connection: Connection): Promise<readonly JobId[]> {
  const { hosts } = call.context;
  const found = new Set<JobId>(hosts.runningJobs.on(connection.host.name));
  const users = new Map([undefined, link.host.login.become, become].map((user) => [JSON.stringify(user), user]));
  for (const user of users.values()) {
    const shell = link.as(connection, user);
    const jobs = hosts.openJobs(shell, call.signal);
    for (const job of await hosts.listJobs(shell, call.signal)) if ((await jobs.status(job)).state === 'running') found.add(job);
  }
  return [...found];
}

/** Waits until no job runs on the host. Other runs can start new ones at any time, so the guard checks again. */
export async function waitForJobs(request: DisruptionRequest): Promise<void> {
  const { call, link } = request;
  for (;;) {
    const { length } = await findRunningJobs(request, await link.connect(call.signal));
    if (length === 0) return;
    emitNotice(call, { type: 'task.progress', phase: 'waiting', subject: `${length} ${length === 1 ? 'job' : 'jobs'}` });
    await call.context.clock.sleep(DRAIN_POLL_MS, call.signal);
  }
}
