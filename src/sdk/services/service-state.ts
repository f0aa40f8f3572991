import { SwarmError } from '../../core/error/swarm-error.ts';
import type { Probe } from '../../core/module.ts';
import { readProgram } from '../../core/program/package-root.ts';

export type InitSystem = 'systemd' | 'openrc';

export interface ServiceState {
  readonly known: boolean;
  readonly running: boolean;
  readonly enabled: boolean;
  /** Systemd: nothing can start it. */
  readonly masked: boolean;
}

/** Which init's tools the host has. Throws SW6011 where it is neither. */
export function findInitSystem(probe: Probe, hint = 'The service module supports only these two. Use the command module.'): InitSystem {
  const { init } = probe.facts;
  if (init !== 'other') return init;
  throw new SwarmError('SW6011', `${probe.host.name} runs neither systemd nor OpenRC`, {
    hint,
    lacks: { kind: 'program', name: 'systemctl' },
  });
}

/** SW6011 for a service that the host does not have. */
export const missingServiceError = (probe: Probe, name: string): SwarmError =>
  new SwarmError('SW6011', `${probe.host.name} has no service ${name}`, {
    hint: 'Correct the name, or install the package that has it in an earlier task.',
    lacks: { kind: 'service', name },
  });

/** Both questions, running and enabled at boot, in one round trip. `ofUser`: of the systemd of the login. */
export async function readServiceState(
  probe: Probe,
  init: InitSystem,
  name: string,
  runlevel: string,
  ofUser = false,
): Promise<ServiceState> {
  const script = readProgram(init === 'openrc' ? 'src/sdk/services/openrc-state.sh' : 'src/sdk/services/systemd-state.sh');
  const { stdout, stderr } = await probe.query({
    argv: ['/bin/sh', '-c', script, 'sh', name, runlevel, ofUser ? 'user' : 'system'],
    inSession: true,
  });
  const lines = new Set(stdout.split('\n').map((line) => line.trim()));
  if (lines.has('missing'))
    throw new SwarmError('SW6011', `the host runs ${init}, but its tools are not on PATH`, {
      detail: stderr,
      lacks: { kind: 'program', name: init === 'openrc' ? 'rc-service' : 'systemctl' },
    });
  if (init === 'openrc') return { known: lines.has('known'), running: lines.has('running'), enabled: lines.has('enabled'), masked: false };
  const value = (key: string) => [...lines].find((line) => line.startsWith(`${key}=`))?.slice(key.length + 1) ?? '';
  return {
    known: value('LoadState') !== 'not-found',
    running: ['active', 'reloading', 'activating'].includes(value('ActiveState')),
    masked: value('LoadState') === 'masked' || value('UnitFileState').startsWith('masked'),
    enabled: ['enabled', 'enabled-runtime', 'alias', 'static', 'indirect', 'generated'].includes(value('UnitFileState')),
  };
}

const LOGIN_SERVICES = /^(ssh|sshd|dropbear)([.@].*)?$/;
const NETWORK_SERVICES =
  /^(tailscaled?|net\.[\w.]+|network|networking|NetworkManager|systemd-networkd|dhcpcd|netifrc|wg-quick.*|wireguard|firewalld|nftables|iptables)([.@].*)?$/;

/** Would we, or everybody, lose the way to the host by this? */
export function wouldCutAccess(name: string, action: 'stop' | 'restart' | 'disable'): boolean {
  const unit = name.replace(/\.(service|socket)$/, '');
  return NETWORK_SERVICES.test(unit) || (LOGIN_SERVICES.test(unit) && action !== 'restart');
}
