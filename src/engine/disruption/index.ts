import type { Proof } from '../../core/connection.ts';
import { toErrorJson } from '../../core/error/convert-error.ts';
import { errorKind } from '../../core/error-codes.ts';
import { taskEventFields } from '../task-call.ts';
import { collectEvidence } from './collect-evidence.ts';
import type { DisruptionRequest } from './disruption-request.ts';
import { waitForJobs } from './find-jobs.ts';
import { checkMachine } from './guard.ts';
import { assertFleetCanSpare } from './quorum.ts';

/**
 * Applies a disruptive change where the guards allow it. The steps, in order:
 *
 * 1. wait for jobs on the host, where the change has `drain` (find-jobs.ts)
 * 2. take the lock: one disruptive change at a time, in this run and in all others
 * 3. collect evidence: the connection, every route, running jobs (collect-evidence.ts)
 * 4. check the machine: not protected, routes lead to it, no jobs, same boot (guard.ts)
 * 5. check the fleet: no other host is away, and enough hosts are left (quorum.ts)
 * 6. write to the disruption log and to the journal, and wait for the disk
 * 7. apply the change
 * 8. release the lock
 *
 * A step that refuses throws SW3001, SW3002, SW3003 or SW3006, and nothing has happened on the host.
 */
export async function runDisruptiveChange(
  call: DisruptionRequest['call'],
  target: Omit<DisruptionRequest, 'call'>,
  apply: () => Promise<void>,
): Promise<void> {
  const request = { call, ...target };
  const { link, change } = target;
  const { journal, fleetProbe, pools } = call.context;
  if (change.drain === true) await waitForJobs(request);
  await pools.disruptions.add(async () => {
    const lock = await fleetProbe.disruptions.acquireLock({ run: journal.run, host: link.host.name, subject: change.subject });
    try {
      const evidence = await collectEvidence(request);
      const { proof } = evidence.connection;
      const rules = [...(await checkMachine(request, evidence)), ...(await assertFleetCanSpare(request, proof)), 'one at a time'];
      const recordEnd = await recordStart(request, proof, rules);
      await applyAndRecord(apply, recordEnd);
    } finally {
      await lock[Symbol.asyncDispose]();
    }
    call.signal.throwIfAborted();
  });
}

/**
 * For check mode: does steps 3 to 5, writes nothing, and throws what they throw. A lock that another run holds now, and jobs for which
 * the change would wait, do not count.
 */
export async function checkDisruptiveChange(call: DisruptionRequest['call'], target: Omit<DisruptionRequest, 'call'>): Promise<void> {
  const request = { call, ...target };
  await call.context.pools.disruptions.add(async () => {
    const evidence = await collectEvidence(request);
    await checkMachine(request, target.change.drain === true ? { ...evidence, jobs: [] } : evidence);
    await assertFleetCanSpare(request, evidence.connection.proof);
  });
}

/** Writes that the change starts. Returns a function that writes that it has ended. */
async function recordStart({ call, link, change }: DisruptionRequest, proof: Proof, rules: readonly string[]): Promise<() => void> {
  const { journal, clock, fleetProbe, options } = call.context;
  const { subject, restarts = false, automatic = false } = change;
  const now = (): string => new Date(clock.now()).toISOString();
  const { bootId, initStart } = proof;
  const entry = { run: journal.run, host: link.host.name, subject, at: now(), bootId, initStart, restarts, automatic };
  const id = fleetProbe.disruptions.recordStart(entry);
  const allowed = options.allowProtected === undefined ? {} : { allowed: options.allowProtected };
  journal.emit({ type: 'guard.passed', ...taskEventFields(call), subject, rules, ...allowed });
  await journal.flush();
  return () => fleetProbe.disruptions.recordEnd(id, now());
}

/** After an error the host may be away, so the entry stays open, unless the host itself refused the change. */
async function applyAndRecord(apply: () => Promise<void>, recordEnd: () => void): Promise<void> {
  try {
    await apply();
  } catch (error) {
    if (errorKind(toErrorJson(error).code).outcome === 'refused') recordEnd();
    throw error;
  }
  recordEnd();
}
