import { createHash } from 'node:crypto';
import type { JobId } from '../../core/job.ts';
import type { TaskCall } from '../task-call.ts';

const MAX_LENGTH = 120;

/** The id of the job that a call may start. A resumed run makes the same id, and so finds the job. */
export function jobIdOf({ context, hostRun: { host, item }, task, iteration }: TaskCall): JobId {
  const { run } = context.journal;
  if (item === undefined) return makeJobId(run, task.id, host.name, ...iteration);
  return makeJobId(run, item.id, host.name, item.attempt, task.id, ...iteration);
}

/** What the ids of all jobs of an item on a host begin with. */
export function itemJobPrefix(run: string, item: string, host: string): string {
  return toFileName(`${run}-${item}-${host}-`).slice(0, MAX_LENGTH);
}

const toFileName = (text: string): string => text.replace(/[^A-Za-z0-9._+-]/g, '_').replace(/^[.-]/, '_');

/** Joins the parts with `-` to a name that is safe as a file name. Where characters had to be replaced, a hash keeps names distinct. */
function makeJobId(...parts: readonly (string | number)[]): JobId {
  const exact = parts.join('-');
  const safe = toFileName(exact);
  if (safe === exact && safe.length <= MAX_LENGTH) return safe;
  const digest = createHash('sha256').update(parts.join('\0')).digest('hex').slice(0, 8);
  return `${safe.slice(0, MAX_LENGTH)}-${digest}`;
}
