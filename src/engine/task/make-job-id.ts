import { createHash } from 'node:crypto';
import type { JobId } from '../../core/job.ts';

const MAX_LENGTH = 120;

/** A name for a job that is safe as a path of any host: parts joined by `-`; what had to be changed is told apart by a hash. */
export function makeJobId(...parts: readonly (string | number)[]): JobId {
  const exact = parts.join('-');
  const safe = exact.replace(/[^A-Za-z0-9._+-]/g, '_').replace(/^[.-]/, '_');
  if (safe === exact && safe.length <= MAX_LENGTH) return safe;
  const digest = createHash('sha256').update(parts.join('\0')).digest('hex').slice(0, 8);
  return `${safe.slice(0, MAX_LENGTH)}-${digest}`;
}
