import { statSync } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Remote } from '../../core/module.ts';
import { isThisMachine, thisOrchestrator } from '../../core/program/orchestrator.ts';
import { findProcessState, type WritingProcess } from '../../core/program/process-alive.ts';
import { journalPath } from '../../journal/journal-path.ts';
import { elsewhereHint } from '../../journal/runs/elsewhere.ts';
import { readLastEvent } from '../../journal/runs/journal-ends.ts';
import type { BuiltPackage } from '../built-package.ts';
import { type BuildClaim, changeClaim, type PublishedBuild } from './build-claim.ts';

/** How often a run that waits for another one reads the claim again. */
const POLL_MS = 500;
/** A run that does not collect its package for this long has given it up. */
const COLLECT_MS = 10 * 60_000;
const KEEP_PUBLISHED_MS = 24 * 3600_000;

/** What a run got: the claim, which another run may have had before, or the package that another run has published meanwhile. */
export type TakenClaim = { readonly claim: BuildClaim; readonly before?: string } | { readonly published: PublishedBuild };

/** Claims an item for this run. Waits while another run that is alive builds it, and takes over the claim of one that is not. */
export async function takeClaim(remote: Remote, file: string, name: string): Promise<TakenClaim> {
  const { run } = remote.paths;
  let before: string | undefined;
  for (let announced = false; ; announced = true) {
    remote.signal.throwIfAborted();
    const claim = await changeClaim(file, (now) => {
      const taken = nextClaim(now, { run, host: remote.host.name, job: remote.jobId }, remote.paths.project);
      before = taken !== undefined && now?.published === undefined && now?.run !== run ? now?.run : undefined;
      return taken;
    });
    if (claim?.run === run && isOwn(claim) && claim.published === undefined) return { claim, ...(before === undefined ? {} : { before }) };
    if (claim?.published !== undefined) return { published: claim.published };
    if (!announced && claim !== undefined) remote.emit({ type: 'run.note', text: describeWait(claim, name) });
    await sleep(POLL_MS, undefined, { signal: remote.signal });
  }
}

/** The claim of this run; undefined where it must wait, or can take what is published. */
function nextClaim(now: BuildClaim | undefined, mine: Pick<BuildClaim, 'run' | 'host' | 'job'>, project: string): BuildClaim | undefined {
  const holder = thisHolder();
  if (now === undefined) return { ...mine, ...holder };
  // The plan of this run has seen what was published before this process began.
  if (now.published !== undefined) return Date.parse(now.published.at) < processStart() ? { ...mine, ...holder } : undefined;
  const abandoned = now.built !== undefined && Date.now() - Date.parse(now.at) > COLLECT_MS;
  if (now.run !== mine.run && !abandoned && isHeld(now, project)) return undefined;
  return { ...now, run: mine.run, ...holder };
}

/** This process, now. */
const thisHolder = (): WritingProcess & Pick<BuildClaim, 'orchestrator'> => ({
  pid: process.pid,
  at: new Date().toISOString(),
  orchestrator: thisOrchestrator(),
});

const isOwn = ({ pid, orchestrator }: BuildClaim): boolean => pid === process.pid && isThisMachine(orchestrator);

/** Does the run that has the claim go on? The process of one of another machine cannot be seen from here, but its journal can. */
function isHeld(claim: BuildClaim, project: string): boolean {
  if (isThisMachine(claim.orchestrator)) return findProcessState(claim, 0) === 'alive';
  const journal = journalPath(join(project, '.swarm/runs'), claim.run);
  const wroteMs = statSync(journal, { throwIfNoEntry: false })?.mtimeMs;
  if (wroteMs === undefined || readLastEvent(journal)?.type === 'run.finished') return false;
  return findProcessState(claim, wroteMs) === 'elsewhere';
}

/** What is said once of the run that is waited for. */
function describeWait({ run, host, orchestrator }: BuildClaim, name: string): string {
  const text = `${name} is built by run ${run} on ${host}; this run waits for its result`;
  if (orchestrator === undefined || isThisMachine(orchestrator)) return text;
  return `${text}. That run is one of ${orchestrator.name}. ${elsewhereHint(orchestrator.name, `swarm runs cancel ${run}`)}`;
}

const processStart = (): number => Date.now() - process.uptime() * 1000;

/** The claim names this host and job from now on: what it named before is of no use. */
export async function restartClaim(remote: Remote, file: string): Promise<void> {
  const { run } = remote.paths;
  const mine = { run, ...thisHolder(), host: remote.host.name, job: remote.jobId };
  await changeClaim(file, (now) => (now === undefined || now.run === run ? mine : undefined));
}

/** Records that the job of the claim has made a package. */
export async function recordBuilt(remote: Remote, file: string, built: BuiltPackage): Promise<void> {
  await changeClaim(file, (now) => (now?.run === remote.paths.run ? { ...now, at: new Date().toISOString(), built } : undefined));
}

/** Gives the claim up, so that the item is built anew. */
export async function dropClaim(remote: Remote, file: string): Promise<void> {
  await changeClaim(file, (now) => (now?.run === remote.paths.run ? null : undefined));
}

/** Records what was published, for the runs that wait for it. Old records go. */
export async function recordPublished(remote: Remote, file: string, published: PublishedBuild): Promise<void> {
  const { run } = remote.paths;
  await changeClaim(file, (now) => ({
    ...(now ?? { run, ...thisHolder(), at: published.at, host: remote.host.name, job: remote.jobId }),
    published,
  }));
  await removeOldRecords(dirname(file));
}

/** A record that nobody has changed for a day, with its package published, or with nothing behind it. */
async function removeOldRecords(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const file = join(folder, name);
    const info = await stat(file).catch(() => undefined);
    if (!name.endsWith('.json') || info === undefined || Date.now() - info.mtimeMs < KEEP_PUBLISHED_MS) continue;
    const claim = await changeClaim(file, (now) => (now?.published === undefined ? undefined : null));
    if (claim === undefined) await rm(file, { force: true });
  }
}
