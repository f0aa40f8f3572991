import { SwarmError } from '../../core/error/swarm-error.ts';
import type { Become } from '../../core/inventory/login.ts';
import type { HostWait } from '../../core/module.ts';
import { renderTemplates } from '../../language/template/template.ts';
import { findHostLink } from '../host/host-api.ts';
import type { HostLink } from '../host/host-link.ts';
import { waitForReconnect } from '../host/reconnect.ts';
import { isCheck, type TaskCall } from '../task-call.ts';

/** The host of the task, or the one that `delegate_to` names, with the login that `remote_user` names. */
export function findTargetLink({ context, hostRun, settings, task, variables }: TaskCall): HostLink {
  const { delegateTo, remoteUser } = settings;
  const render = (text: string): string => String(renderTemplates(text, variables, { at: task.at }));
  const link = findHostLink(context, delegateTo === undefined ? hostRun.host.name : render(delegateTo));
  if (remoteUser === undefined) return link;
  const user = render(remoteUser).trim();
  if (user === '') throw new SwarmError('SW6014', 'remote_user: must be the name of a user, and is empty', { at: task.at });
  return context.hosts.userLink(link, user);
}

/** The user whom the task becomes: `become_user` can have a template. */
export function renderUser({ settings: { become }, variables, task }: TaskCall): Become | false | undefined {
  if (become === undefined || become === false || !become.user.includes('{{')) return become;
  return { ...become, user: String(renderTemplates(become.user, variables, { at: task.at })) };
}

/** Waits until the host answers. False in a check where it does not answer now. Throws SW2001 after the time. */
export async function waitForHost(call: TaskCall, link: HostLink, { seconds, delay = 0, interval }: HostWait): Promise<boolean> {
  const { context, signal } = call;
  const { clock } = context;
  if (delay > 0 && !isCheck(call)) await clock.sleep(delay * 1000, signal);
  const limitMs = isCheck(call) ? 0 : seconds * 1000;
  const every = interval === undefined ? {} : { intervalMs: interval * 1000 };
  try {
    await waitForReconnect(link, { clock, signal, limitMs, ...every });
    return true;
  } catch (error) {
    if (!(error instanceof SwarmError) || error.code !== 'SW2005') throw error;
    if (isCheck(call)) return false;
    throw new SwarmError('SW2001', `the host did not answer within ${seconds} s`, { host: link.host.name, detail: error.detail });
  }
}
