import { SwarmError } from '../../core/error/swarm-error.ts';
import { errorKind } from '../../core/error-codes.ts';
import type { Remote } from '../../core/module.ts';
import type { BuiltPackage } from '../built-package.ts';
import { reachHost } from '../reach-host.ts';
import { findStagedCopy } from '../staged-copy.ts';
import { dropClaim, recordBuilt, restartClaim, type TakenClaim, takeClaim } from './take-claim.ts';

/** A built package, with the job that built it. */
export type ClaimedPackage = BuiltPackage & { readonly job: string };
type Build = (on: Remote, job: string) => Promise<BuiltPackage>;

/** Builds an item that no other run of the project builds, or takes what another run has made of it. Undefined: it is published. */
export async function buildOnce(remote: Remote, file: string, name: string, build: Build): Promise<ClaimedPackage | undefined> {
  const taken = await takeClaim(remote, file, name);
  if ('published' in taken) {
    const { at: _, ...published } = taken.published;
    remote.emit({ type: 'run.note', text: `${name} was published by another run meanwhile` });
    remote.emit({ type: 'package.published', ...published });
    return undefined;
  }
  const { claim } = taken;
  if (claim.host !== remote.host.name || claim.job !== remote.jobId) {
    const result = await takeResult(remote, taken, name, build);
    if (result !== undefined) {
      await recordBuilt(remote, file, result);
      return { ...result, job: claim.job };
    }
    await restartClaim(remote, file);
  }
  return buildClaimed(remote, file, build);
}

/** What an earlier attempt or another run has built, or is building. Undefined where nothing of it can be used. */
async function takeResult(remote: Remote, { claim, before }: TakenResult, name: string, build: Build): Promise<BuiltPackage | undefined> {
  const whose = before === undefined ? 'an earlier attempt' : `run ${before}`;
  const note = (text: string): void => remote.emit({ type: 'run.note', text: `${name}: ${text}` });
  try {
    const on = await reachHost(remote, claim.host);
    const status = await on.jobs.status(claim.job);
    if (status.state === 'running') note(`attached to the job of ${whose} on ${claim.host}`);
    else if (status.state === 'exited' && status.exit === 0) note(`takes what ${whose} built on ${claim.host}`);
    else {
      if (status.state !== 'absent') await on.jobs.forget(claim.job);
      return undefined;
    }
    return await build(on, claim.job);
  } catch (error) {
    if (remote.signal.aborted || !(error instanceof SwarmError)) throw error;
    if (claim.built !== undefined && (await findStagedCopy(remote.paths, claim.built)) !== undefined) {
      note(`takes the copy that ${whose} fetched from ${claim.host}`);
      return claim.built;
    }
    note(`what ${whose} built on ${claim.host} cannot be used, so it is built again: ${error.message}`);
    return undefined;
  }
}

type TakenResult = Extract<TakenClaim, { readonly claim: unknown }>;

/** A failure ends the claim, unless the job may still run, or this machine alone cannot take what it made. */
async function buildClaimed(remote: Remote, file: string, build: Build): Promise<ClaimedPackage> {
  const { jobId } = remote;
  try {
    const built = await build(remote, jobId);
    await recordBuilt(remote, file, built);
    return { ...built, job: jobId };
  } catch (error) {
    if (!remote.signal.aborted && !mayHavePackage(error)) await giveUp(remote, file).catch(() => undefined); // the first error counts
    throw error;
  }
}

/** True where the job may have a package that a later attempt can take. */
function mayHavePackage(error: unknown): boolean {
  if (!(error instanceof SwarmError)) return false;
  const { outcome, cause } = errorKind(error.code);
  return outcome === 'unreachable' || cause === 'local' || error.code === 'SW4009';
}

/** A job that runs cannot be forgotten, and the claim then stays. */
async function giveUp(remote: Remote, file: string): Promise<void> {
  await remote.jobs.forget(remote.jobId);
  await dropClaim(remote, file);
}
