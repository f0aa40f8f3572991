import { dirname } from 'node:path';
import { readGoneHosts } from '../../journal/gone-hosts.ts';
import { type HostJob, listOpenJobs } from '../../journal/open-jobs.ts';
import { iterateJournal } from '../../journal/scan-journal.ts';

/** The jobs of a run that may still run. Those on hosts that are gone went with them. `file`: its journal. */
export function listRemainingJobs(runsDir: string, file: string): readonly HostJob[] {
  const jobs = listOpenJobs(iterateJournal(file));
  if (jobs.length === 0) return jobs;
  const gone = readGoneHosts(dirname(runsDir));
  return jobs.filter(({ host }) => !gone.has(host));
}
