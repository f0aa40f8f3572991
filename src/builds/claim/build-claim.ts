import { createHash, randomUUID } from 'node:crypto';
import { rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { SwarmError } from '../../core/error/swarm-error.ts';
import { acquireFileLock } from '../../core/file-lock.ts';
import { makeLocalFolder } from '../../core/files/make-local-folder.ts';
import { readLocalFile } from '../../core/files/read-local-file.ts';
import { isOrchestrator, type Orchestrator } from '../../core/program/orchestrator.ts';
import type { BuiltPackage } from '../built-package.ts';
import type { QueuedPackage } from '../plan/plan-item.ts';

/** Which run builds an item of a target, or has built it, and with which job. A file below .swarm/claims, so that no two runs of a
 *  project build one item at the same time. */
export interface BuildClaim {
  /** The run that holds it, and its process at this time. */
  readonly run: string;
  readonly pid: number;
  readonly at: string;
  /** Its machine. Older claims have none. */
  readonly orchestrator?: Orchestrator;
  readonly host: string;
  readonly job: string;
  /** The job has ended well. The package lies on the host until it is published. */
  readonly built?: BuiltPackage;
  readonly published?: PublishedBuild;
}

/** A package of the binhost that a claim led to. */
export interface PublishedBuild {
  readonly at: string;
  readonly cpv: string;
  readonly path: string;
  readonly size: number;
  readonly sha256: string;
  readonly generation: number;
}

const LOCK_WAIT_MS = 30_000;

/** The file of the claim of an item. Items that differ in what they are built with have different claims. */
export function claimFile(project: string, item: QueuedPackage): string {
  const dependencies = item.dependencies.map(({ cpv, slot, subSlot }) => [cpv, slot, subSlot]);
  const { target, cpv, slot, subSlot, repo, ebuild, use, flags, basis } = item;
  const hash = createHash('sha256').update(JSON.stringify([target, cpv, slot, subSlot, repo, ebuild, use, flags, basis, dependencies]));
  return join(project, '.swarm/claims', target, `${cpv.replace('/', '_')}-${hash.digest('hex').slice(0, 12)}.json`);
}

/** The claim as it is now; undefined where there is none. A damaged one counts as none: a package that is built twice is verified twice. */
export async function readClaim(file: string): Promise<BuildClaim | undefined> {
  try {
    const claim: unknown = JSON.parse((await readLocalFile(file)).toString('utf8'));
    return isClaim(claim) ? claim : undefined;
  } catch {
    return undefined;
  }
}

function isClaim(value: unknown): value is BuildClaim {
  const { run, pid, at, host, job, built, published, orchestrator } = (value ?? {}) as { readonly [key: string]: unknown };
  const hasObjects = [built, published].every((each) => each === undefined || (typeof each === 'object' && each !== null));
  const isMachine = orchestrator === undefined || isOrchestrator(orchestrator);
  return typeof pid === 'number' && [run, at, host, job].every((text) => typeof text === 'string') && hasObjects && isMachine;
}

/** Lets `decide` see the claim and change it, while no other process does: undefined leaves it, null removes it. Returns the claim
 *  after that. Throws SW3003 where another process keeps the lock, and SW50xx. */
export async function changeClaim(
  file: string,
  decide: (now: BuildClaim | undefined) => BuildClaim | null | undefined,
): Promise<BuildClaim | undefined> {
  const folder = dirname(file);
  makeLocalFolder(folder);
  await using lock = await acquireFileLock(join(folder, '.lock'), LOCK_WAIT_MS);
  if (lock === undefined) throw new SwarmError('SW3003', `another process keeps the claims of ${folder} locked`);
  const now = await readClaim(file);
  const next = decide(now);
  if (next === undefined) return now;
  if (next === null) {
    await rm(file, { force: true });
    return undefined;
  }
  const part = `${file}.${randomUUID()}`;
  await writeFile(part, JSON.stringify(next));
  await rename(part, file);
  return next;
}
