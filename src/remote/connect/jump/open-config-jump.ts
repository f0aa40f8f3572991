import { SwarmError } from '../../../core/error/swarm-error.ts';
import type { Host } from '../../../core/inventory/host.ts';
import type { SshTransport } from '../../ssh/ssh-transport.ts';
import { formatHop, type JumpHop } from '../../ssh-config/jump-hop.ts';
import type { ConnectOptions } from '../connect-options.ts';
import { openSshLink, type SeenMachine } from '../open-ssh-link.ts';
import type { HopOpener } from '../route-stream.ts';
import { findConfigJump } from './find-config-jump.ts';

/** Opens a connection to the last of the hops, for streams alone. Nobody is asked about its key: throws SW1305 where known_hosts has
 *  none of it, SW2003 where it shows another. */
export async function openConfigJump(
  hops: readonly JumpHop[],
  options: ConnectOptions,
  openHop: HopOpener,
  signal: AbortSignal,
): Promise<SshTransport> {
  const jump = findConfigJump(hops, options);
  const { host, route, knownNames } = jump;
  const name = formatHop(hops.at(-1) ?? { host: '' });
  const identity = host.identity ?? { hostKeys: [] };
  if (identity.hostKeys.length === 0) {
    throw new SwarmError('SW1305', `${name} is in neither the inventory nor known_hosts, so it cannot prove that it is the jump host`, {
      hint: `Compare its key once: ssh ${sshArguments(hops)}. Or make it a host of the inventory: swarm hosts adopt ${knownNames.at(-1)} --name ${host.name}`,
    });
  }
  const isOther = (each: Host): boolean => !each.identity?.hostKeys.some(({ blob }) => identity.hostKeys.some((key) => key.blob === blob));
  const linkOptions = { ...options, ...jump.options, hosts: options.hosts.filter(isOther) };
  const seen: SeenMachine = {};
  try {
    return await openSshLink({ host, identity, route, options: linkOptions, openHop }, seen, signal);
  } catch (error) {
    if (!(error instanceof SwarmError) || error.code !== 'SW2003' || seen.mismatch === undefined) throw error;
    throw new SwarmError('SW2003', `the host key is not the one in known_hosts: ${seen.fingerprint ?? 'unknown'}`, {
      hint: `Compare it at the console of ${host.name}. If it is right, run: ssh-keygen -R '${knownNames[0]}', then ssh ${sshArguments(hops)}`,
      detail: error.detail,
    });
  }
}

/** What to type after `ssh` for the last hop. */
function sshArguments(hops: readonly JumpHop[]): string {
  const { user, host, port } = hops.at(-1) ?? { host: '' };
  const before = hops.slice(0, -1).map(formatHop).join(',');
  const options = [...(before === '' ? [] : ['-J', before]), ...(port === undefined ? [] : ['-p', String(port)])];
  return [...options, user === undefined ? host : `${user}@${host}`].join(' ');
}
