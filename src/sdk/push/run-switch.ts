import { setTimeout as wait } from 'node:timers/promises';
import { SwarmError } from '../../core/error/swarm-error.ts';
import { errorKind } from '../../core/error-codes.ts';
import type { Probe, Remote } from '../../core/module.ts';
import { readProgram } from '../../core/program/package-root.ts';
import { formatSwitchPlan, longestSwitchMs, type SwitchPlan } from './switch-plan.ts';

type SwitchProgram = 'start-switch' | 'follow-switch' | 'confirm-switch' | 'find-switch' | 'undo-switch';

const programArgv = (program: SwitchProgram, ...words: readonly string[]): readonly [string, ...string[]] => [
  'sh',
  '-c',
  readProgram(`src/sdk/push/${program}.sh`),
  'swarm',
  ...words,
];

const switchProgram = (): string => readProgram('src/sdk/push/switch-trees.sh');

/** A switch that a host has not ended: of a push that goes on, or `dead` where the host restarted meanwhile. */
export interface OpenSwitch {
  readonly id: string;
  readonly alive: boolean;
}

/** The switch that is under way on the host. */
export async function findOpenSwitch(probe: Probe): Promise<OpenSwitch | undefined> {
  const { stdout } = await probe.query({ argv: programArgv('find-switch') });
  const [state, id = ''] = stdout.trim().split(' ');
  return state === 'alive' || state === 'dead' ? { id, alive: state === 'alive' } : undefined;
}

/** Puts back what a switch has left that nobody confirmed and that runs no more. */
export async function undoSwitch(remote: Remote, id: string, reason: string): Promise<void> {
  await remote.exec({ argv: programArgv('undo-switch', id, switchProgram(), reason) });
}

/** Hands the switch to the host, follows it, and confirms it over a new connection. Throws SW6030 where the host put the old trees back,
 *  and what the connection ended with where the host does not come back in time. */
export async function runSwitch(remote: Remote, id: string, plan: SwitchPlan): Promise<void> {
  const until = performance.now() + longestSwitchMs(plan);
  await untilReached(remote, until, () => startSwitch(remote, id, plan));
  await followSwitch(remote, id, until);
}

/** Follows a switch to its end, and confirms it. Returns when the new trees stay. */
export async function followSwitch(remote: Remote, id: string, until: number): Promise<void> {
  for (;;) {
    const [state = '', ...log] = (await untilReached(remote, until, () => askSwitch(remote, id))).split('\n');
    const [word, ...rest] = state.split(' ');
    const reason = rest.join(' ').trim();
    if (word === 'kept') return reason === '' ? undefined : remote.emit({ type: 'run.note', text: `${remote.host.name}: ${reason}` });
    if (word === 'refused') throw overtakenError(remote, reason);
    if (word === 'back') throw putBackError(reason, log);
    if (word === 'absent') throw putBackError('nothing is known of the switch any more', log);
    if (word === 'dead') await untilReached(remote, until, () => undoSwitch(remote, id, 'the host restarted, or the switch was killed'));
    else if (word === 'checked') await confirm(remote, id, until);
    else remote.emit({ type: 'task.progress', phase: reason === '' ? 'switching' : reason });
    if (performance.now() > until) throw new SwarmError('SW6002', 'the switch did not end in time; the host goes on with it');
  }
}

/** Over a new connection, so that a change that keeps people out is not confirmed. */
async function confirm(remote: Remote, id: string, until: number): Promise<void> {
  remote.emit({ type: 'task.progress', phase: 'connecting again' });
  await untilReached(remote, until, () => remote.reconnect());
  await untilReached(remote, until, () => remote.exec({ argv: programArgv('confirm-switch', id) }));
}

/** SW3003: another push to the same folder was made between the comparison and the switch. */
export const overtakenError = ({ host }: Probe, dest: string): SwarmError =>
  new SwarmError('SW3003', `another push to ${dest} was made on ${host.name} meanwhile, so this one changed nothing`, {
    hint: 'Push again.',
  });

const putBackError = (reason: string, log: readonly string[]): SwarmError =>
  new SwarmError('SW6030', `the host put the old tree back: ${reason}`, {
    hint: 'Correct what is named, then push again.',
    detail: log.join('\n').trim(),
  });

async function startSwitch(remote: Remote, id: string, plan: SwitchPlan): Promise<void> {
  const stdin = Buffer.from(formatSwitchPlan(plan));
  const { exit, stdout, stderr } = await remote.exec({ argv: programArgv('start-switch', id, switchProgram()), stdin });
  if (exit === 0) return;
  if (exit === 75) throw busyError(remote, stdout.trim());
  throw new SwarmError('SW6012', 'the switch cannot be started (~/.local/state/swarm/push)', { detail: stderr.trim() });
}

/** SW3003: another push has not ended on the host. */
export const busyError = ({ host }: Probe, id: string): SwarmError =>
  new SwarmError('SW3003', `another push is under way on ${host.name}: run ${id.split('-')[0]}`, {
    hint: 'Wait until it ends. A push that nobody confirms ends by itself.',
  });

const ASK_TENTHS = 100;

async function askSwitch(remote: Remote, id: string): Promise<string> {
  const { stdout } = await remote.query({ argv: programArgv('follow-switch', id, String(ASK_TENTHS)), timeoutMs: 30_000 });
  return stdout.trim();
}

/** Does it again after each loss of the connection, until the time is up. */
async function untilReached<T>(remote: Remote, until: number, work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isLinkError(error) || performance.now() > until || remote.signal.aborted) throw error;
      remote.emit({ type: 'task.progress', phase: 'waiting for the host' });
      await wait(1000, undefined, { signal: remote.signal });
      if (error.code === 'SW6002') await remote.reconnect().catch(() => undefined); // the link hangs
    }
  }
}

const isLinkError = (error: unknown): error is SwarmError =>
  error instanceof SwarmError && (error.code === 'SW6002' || errorKind(error.code).outcome === 'unreachable');
