import { waitAtMost } from '../../../core/abort.ts';
import { SwarmError } from '../../../core/error/swarm-error.ts';
import type { Probe, Remote } from '../../../core/module.ts';
import { readProgram } from '../../../core/program/package-root.ts';
import { stateFolderError } from '../../../remote/session/state-folder.ts';
import { type SwitchLink, type SwitchTimes, watchSwitchLink } from './switch-link.ts';
import { formatSwitchPlan, longestSwitchMs, type SwitchPlan } from './switch-plan.ts';

type SwitchProgram = 'start-switch' | 'follow-switch' | 'confirm-switch' | 'find-switch' | 'undo-switch';

const programArgv = (program: SwitchProgram, ...words: readonly string[]): readonly [string, ...string[]] => [
  'sh',
  '-c',
  readProgram(`src/sdk/push/switch/${program}.sh`),
  'swarm',
  ...words,
];

const switchProgram = (): string => readProgram('src/sdk/push/switch/switch-trees.sh');

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
 *  and SW2005 where the host is away for too long. */
export async function runSwitch(remote: Remote, id: string, plan: SwitchPlan): Promise<void> {
  const link = watchSwitchLink(remote, { confirmSeconds: plan.confirmSeconds, longestMs: longestSwitchMs(plan) });
  await link.reach(() => startSwitch(remote, id, plan));
  await followToEnd(remote, id, link);
}

/** Follows a switch that was started before to its end, and confirms it. Returns when the new trees stay. */
export const followSwitch = (remote: Remote, id: string, times: SwitchTimes): Promise<void> =>
  followToEnd(remote, id, watchSwitchLink(remote, times));

async function followToEnd(remote: Remote, id: string, link: SwitchLink): Promise<void> {
  for (;;) {
    const [state = '', ...log] = (await link.reach(() => askSwitch(remote, id))).split('\n');
    const [word, ...rest] = state.split(' ');
    const reason = rest.join(' ').trim();
    if (word === 'kept') return reason === '' ? undefined : remote.emit({ type: 'run.note', text: `${remote.host.name}: ${reason}` });
    if (word === 'refused') throw overtakenError(remote, reason);
    if (word === 'back') throw putBackError(reason, log);
    if (word === 'absent') throw putBackError('nothing is known of the switch any more', log);
    if (word === 'dead') await link.reach(() => undoSwitch(remote, id, 'the host restarted, or the switch was killed'));
    else if (word === 'checked') await confirm(remote, id, link);
    else remote.emit({ type: 'task.progress', phase: reason === '' ? 'switching' : reason });
    if (link.isLate()) throw new SwarmError('SW6002', 'the switch did not end in time; the host goes on with it');
  }
}

/** Over a new connection, so that a change that keeps people out is not confirmed. */
async function confirm(remote: Remote, id: string, link: SwitchLink): Promise<void> {
  remote.emit({ type: 'task.progress', phase: 'connecting again' });
  try {
    await link.reach(() => remote.reconnect());
  } catch (error) {
    if ((await waitAtMost(OLD_LINK_MS, askSwitch(remote, id), '')) === '') throw error;
    return; // nobody can log in, but over the old connection the host says that it went back
  }
  link.markConfirmed();
  await link.reach(() => remote.exec({ argv: programArgv('confirm-switch', id) }));
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
  throw stateFolderError('push', stderr);
}

/** SW3003: another push has not ended on the host. */
export const busyError = ({ host }: Probe, id: string): SwarmError =>
  new SwarmError('SW3003', `another push is under way on ${host.name}: run ${id.split('-')[0]}`, {
    hint: 'Wait until it ends. A push that nobody confirms ends by itself.',
  });

const ASK_TENTHS = 100;
/** How long the old connection may take to answer when there is no new one. */
const OLD_LINK_MS = 5000;

async function askSwitch(remote: Remote, id: string): Promise<string> {
  const { stdout } = await remote.query({ argv: programArgv('follow-switch', id, String(ASK_TENTHS)), timeoutMs: 30_000 });
  return stdout.trim();
}
