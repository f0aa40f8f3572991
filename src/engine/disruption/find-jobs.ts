import type { Connection } from '../../core/connection.ts';
import { toErrorJson } from '../../core/error/convert-error.ts';
import type { JobId } from '../../core/job.ts';
import { emitNotice } from '../task-call.ts';
import { type DisruptionRequest, refusal } from './disruption-request.ts';

const DRAIN_POLL_MS = 5000;

/** The jobs of any run that run on the host: those of the login, of its `become`, of the task's `become`, and of the login that the
 *  inventory has. Throws SW3006 where that login does not work. */
export async function findRunningJobs(request: DisruptionRequest, connection: Connection): Promise<readonly JobId[]> {
  const { call, link, become } = request;
  const { hosts } = call.context;
  const found = new Set<JobId>(hosts.runningJobs.on(connection.host.name));
  const users = new Map([undefined, link.host.login.become, become].map((user) => [JSON.stringify(user), user]));
  for (const user of users.values()) {
    const shell = link.as(connection, user);
    const jobs = hosts.openJobs(shell, call.signal);
    for (const job of await hosts.listJobs(shell, call.signal)) if ((await jobs.status(job)).state === 'running') found.add(job);
  }
  for (const job of await listJobsOfInventoryUser(request)) found.add(job);
  return [...found];
}

/** What has `remote_user` sees only the jobs of that user: other runs log in as the inventory says. */
async function listJobsOfInventoryUser({ call, link, ...rest }: DisruptionRequest): Promise<readonly JobId[]> {
  const { hosts } = call.context;
  const own = hosts.inventoryLink(link.host.name);
  if (link.login.user === undefined || own === undefined || own.host.login.user === link.login.user) return [];
  try {
    const connection = await own.connect(call.signal);
    const jobs = hosts.openJobs(connection, call.signal);
    const listed = await hosts.listJobs(connection, call.signal);
    const states = await Promise.all(listed.map(async (job) => (await jobs.status(job)).state));
    return listed.filter((_, at) => states[at] === 'running');
  } catch (error) {
    call.signal.throwIfAborted();
    const why = `the jobs of ${own.host.login.user}, the user in the inventory, cannot be listed: ${toErrorJson(error).message}`;
    throw refusal({ call, link, ...rest }, 'SW3006', why, 'Write this task without remote_user:, into a play without it.');
  }
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
