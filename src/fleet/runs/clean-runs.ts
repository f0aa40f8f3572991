import { existsSync, readdirSync, statSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileError } from '../../core/error/convert-error.ts';
import { unmarkResumed } from '../../journal/runs/resumed-runs.ts';
import { listRuns, type RunSummary } from '../../journal/runs/run-list.ts';
import { listRemainingJobs } from './remaining-jobs.ts';

/** A run that ended long ago. */
export interface OldRun {
  readonly run: string;
  readonly playbook: string;
  readonly status: RunSummary['status'];
  readonly startedAt: string;
  /** Bytes of its folder. */
  readonly size: number;
  /** The host on which a job of it may still run: it is not removed. */
  readonly busyHost?: string;
  /** The other machine on which it may still run: it is not removed. */
  readonly orchestrator?: string;
}

/** The runs that ended more than `keepMs` before `now`, the oldest first. Runs that go on are never among them. */
export function findOldRuns(runsDir: string, keepMs: number, now: number): readonly OldRun[] {
  return listRuns(runsDir, true)
    .filter((one) => one.status !== 'running' && endOf(one) < now - keepMs)
    .map(({ run, playbook, status, startedAt, file, orchestrator }): OldRun => {
      const busyHost = status === 'interrupted' ? listRemainingJobs(runsDir, file)[0]?.host : undefined;
      const size = folderSize(join(runsDir, run));
      return {
        run,
        playbook,
        status,
        startedAt,
        size,
        ...(busyHost === undefined ? {} : { busyHost }),
        ...(orchestrator === undefined ? {} : { orchestrator }),
      };
    })
    .reverse();
}

/** Removes the folders of the runs, each in one step as others see it, except of those that somebody resumed meanwhile. Throws SW50xx. */
export async function removeRuns(runsDir: string, runs: readonly OldRun[]): Promise<readonly OldRun[]> {
  const running = new Set(
    listRuns(runsDir, true).flatMap(({ run, status }) => (status === 'running' || status === 'elsewhere' ? [run] : [])),
  );
  const removable = runs.filter(({ run }) => !running.has(run));
  for (const { run } of removable) await removeRun(runsDir, run);
  await removeLeftovers(runsDir);
  return removable;
}

const REMOVED = '.removed-';

/** Removes what a cleaning that was killed left. */
async function removeLeftovers(runsDir: string): Promise<void> {
  const left = existsSync(runsDir) ? readdirSync(runsDir).filter((name) => name.startsWith(REMOVED)) : [];
  for (const name of left)
    await rm(join(runsDir, name), { recursive: true, force: true }).catch((error: unknown) => {
      throw fileError(error, join(runsDir, name));
    });
}

async function removeRun(runsDir: string, run: string): Promise<void> {
  const dir = join(runsDir, run);
  const removed = join(runsDir, `${REMOVED}${run}`);
  try {
    await rename(dir, removed);
    unmarkResumed(runsDir, run);
    await rm(removed, { recursive: true, force: true });
  } catch (error) {
    throw fileError(error, dir);
  }
}

/** When the run ended, in milliseconds since the epoch. Of a killed run, when its journal was last written to. */
const endOf = ({ startedAt, ms, file }: RunSummary): number => (ms === undefined ? statSync(file).mtimeMs : Date.parse(startedAt) + ms);

function folderSize(dir: string): number {
  if (!existsSync(dir)) return 0;
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + (statSync(join(entry.parentPath, entry.name), { throwIfNoEntry: false })?.size ?? 0), 0);
}
