import { isCommandRun, TASK_RUN } from '../../core/can-resume.ts';
import { SwarmError } from '../../core/error/swarm-error.ts';
import type { EventOf } from '../../core/event.ts';
import { isBlocked } from '../../core/inventory/block.ts';
import type { Vars } from '../../core/json-value.ts';
import { SECRET_MASK } from '../../core/secret.ts';
import { journalPath } from '../../journal/journal-path.ts';
import { readEvents, readRunState } from '../../journal/read-journal.ts';
import { findRun, listRuns } from '../../journal/runs/run-list.ts';
import { iterateJournal } from '../../journal/scan-journal.ts';
import type { Project } from '../project/project.ts';
import { assertMayTakeOver } from './take-over.ts';

/** A run that can go on, and how it was started. */
export interface ResumableRun {
  readonly run: string;
  readonly start: EventOf<'run.started'>;
}

/** Finds a run that is to go on. Throws SW1202 for a finished run and for a command of `swarm exec` or `swarm task`, SW1203 for an unknown
 *  run, and SW3003 for one of another machine that `takeOver` does not name. */
export function findResumableRun(runsDir: string, wanted: string, takeOver?: string): ResumableRun {
  const run = findRun(runsDir, wanted);
  const file = journalPath(runsDir, run);
  const start = readEvents(file).events.find((event) => event.type === 'run.started');
  if (start === undefined)
    throw new SwarmError('SW5002', `the journal of run ${run} does not begin with run.started`, { hint: 'Run the playbook again.' });
  if (isCommandRun(start)) {
    const command = start.playbook === TASK_RUN ? TASK_RUN : 'swarm exec';
    throw new SwarmError('SW1202', `\`${command}\` runs cannot be resumed`, { hint: 'Run the command again.' });
  }
  if (readRunState(file).status === 'ok')
    throw new SwarmError('SW1202', `run ${run} is finished: nothing is left to do`, { hint: `See its results: swarm runs show ${run}` });
  assertMayTakeOver(listRuns(runsDir), run, takeOver, 'resume');
  return { run, start };
}

/** True for a run of a playbook. A command on hosts has nothing that could be left to do. */
export function isPlaybookRun(journal: string): boolean {
  for (const event of iterateJournal(journal)) return event.type === 'run.started' && !isCommandRun(event);
  return false;
}

/** The args of the run with the secrets that are given again, because the journal has none. Throws SW1207 for those that are missing. */
export function completeRunArgs({ run, start }: ResumableRun, secrets: Vars): Vars {
  const all: Vars = { ...(start.args as Vars), ...secrets };
  const missing = Object.keys(all).filter((name) => JSON.stringify(all[name]).includes(SECRET_MASK));
  if (missing.length === 0) return all;
  throw new SwarmError('SW1207', `run ${run} was given secrets that no journal keeps: ${missing.join(', ')}`, {
    hint: `Give the secrets again: swarm runs resume ${run} ${missing.map((name) => `--secret ${name}=env:${name.toUpperCase()}`).join(' ')}`,
  });
}

/** The hosts on which a run goes on: its own, without those that are blocked, gone, or out of the inventory since. All of them where
 *  none is left, for an error that names them. */
export function limitOfResumed({ inventory }: Project, names: readonly string[], now: number): string {
  const usable = names.filter((name) => inventory.hosts.some((host) => host.name === name && !isBlocked(host, now)));
  return (usable.length === 0 ? names : usable).join(',');
}

/** What a person is told of the hosts of a run that the inventory no longer has. Undefined where it has all of them. */
export function describeMissingHosts({ inventory }: Project, names: readonly string[]): string | undefined {
  const missing = names.filter((name) => !inventory.hosts.some((host) => host.name === name));
  if (missing.length === 0) return undefined;
  const shown = missing.length > 5 ? `${missing.slice(0, 5).join(', ')} and ${missing.length - 5} more` : missing.join(', ');
  return `warning: the inventory no longer has ${shown}: the run goes on without`;
}
