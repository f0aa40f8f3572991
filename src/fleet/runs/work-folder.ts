import { SwarmError } from '../../core/error/swarm-error.ts';
import { journalPath } from '../../journal/journal-path.ts';
import { findRun } from '../../journal/runs/run-list.ts';
import { iterateJournal } from '../../journal/scan-journal.ts';
import type { Project } from '../project/project.ts';

const KEPT = /^>>> swarm: kept the work folder (\/.*)$/;

/** The work folder that a failed build of RUN/ITEM left on the host. Throws SW1202 where none was kept. */
export function findWorkFolder(project: Project, host: string, build: string): string {
  const [id = '', ...rest] = build.split('/');
  const item = rest.join('/');
  const run = findRun(project.runsDir, id);
  const folders = new Map<string, string>();
  for (const event of iterateJournal(journalPath(project.runsDir, run))) {
    if (event.type !== 'task.output' || event.item !== item) continue;
    for (const line of event.lines) {
      const folder = KEPT.exec(line)?.[1];
      if (folder !== undefined) folders.set(event.host, folder);
    }
  }
  const found = folders.get(host);
  if (found !== undefined) return found;
  const [other] = folders.keys();
  throw new SwarmError('SW1202', `run ${run} kept no work folder of ${item || 'an item'} on ${host}`, {
    hint:
      other === undefined
        ? item === ''
          ? 'Name a run and an item, for example: last/app-misc/jq-1.7'
          : `To keep the folder of a build that fails, run: swarm run build =${item} --keep-failed`
        : `To open the folder on ${other}, run: swarm hosts ssh ${other} --build ${build}`,
  });
}
