import type { Connection } from '../../core/connection.ts';
import { SwarmError } from '../../core/error/swarm-error.ts';
import type { Host } from '../../core/inventory/host.ts';
import { readProgram } from '../../core/program/package-root.ts';

/** The state of a host. */
export interface HostCheckup {
  /** The host's clock less ours, in seconds, half a round trip taken off. */
  readonly clockSkew: number;
  readonly disks: readonly { readonly path: string; readonly mount: string; readonly used: number }[];
  readonly services: readonly ServiceCheck[];
  readonly tools: readonly string[]; // that a host needs and this one lacks
  /** Revision of the Gentoo repository: a commit, or the time of the last sync. */
  readonly tree?: string;
}

export interface ServiceCheck {
  readonly name: string;
  readonly known: boolean;
  readonly running: boolean;
  readonly enabled: boolean;
}

const TOOLS = ['setsid', 'flock', 'mktemp', 'sha256sum'];
const BUILD_TOOLS = ['emerge', 'python3'];
const CHECKUP_PROGRAM = 'src/fleet/health/host-checkup.sh';
const PATHS = ['/', '/tmp', '/var/tmp', '/var/cache/binpkgs', '/var/db/repos', '/boot'];

/** Checks the host in one round trip; writes nothing to it. Throws SW1109 for `vars.services` that are none. */
export async function collectCheckup(connection: Connection, host: Host, signal: AbortSignal): Promise<HostCheckup> {
  const services = requiredServices(host);
  const before = Date.now();
  const result = await connection.exec(
    {
      argv: ['sh', '-c', readProgram(CHECKUP_PROGRAM), 'sh', [...TOOLS, ...BUILD_TOOLS].join(' '), ...services, '--', ...PATHS],
      timeoutMs: 30_000,
    },
    signal,
  );
  return parseCheckup(result.stdout, (before + Date.now()) / 2000, host.groups.includes('drones'));
}

/** What the script printed; `now`, in unix seconds, is our clock. What a host prints beside that is left out. */
export function parseCheckup(text: string, now: number, isDrone: boolean): HostCheckup {
  const rows = text.split('\n').map((line) => line.split('\t'));
  const rowsOfType = (kind: string): readonly (readonly string[])[] => rows.filter(([first]) => first === kind).map((row) => row.slice(1));
  const disks = rowsOfType('disk').map(([path = '', mount = '', used]) => ({ path, mount, used: Number(used) }));
  const tree = rowsOfType('tree')[0]?.[0];
  return {
    clockSkew: Number(rowsOfType('clock')[0]?.[0]) - now,
    disks: disks.filter((disk, at) => disks.findIndex((each) => each.mount === disk.mount) === at),
    services: rowsOfType('service').map(([name = '', known, running, enabled]) => ({
      name,
      known: known === '1',
      running: running === '1',
      enabled: enabled === '1',
    })),
    tools: rowsOfType('lacks').flatMap(([tool = '']) => ((isDrone && BUILD_TOOLS.includes(tool)) || TOOLS.includes(tool) ? [tool] : [])),
    ...(tree === undefined || tree === '' ? {} : { tree: tree.slice(0, 80) }),
  };
}

/** `vars.services` of the host: the services that must run, and must start at boot. */
function requiredServices(host: Host): readonly string[] {
  const services = host.vars['services'] ?? [];
  if (Array.isArray(services) && services.every((name) => typeof name === 'string' && /^[\w@.:][\w@.:-]*$/.test(name)))
    return services as readonly string[];
  throw new SwarmError('SW1109', `services of ${host.name} is not a list of service names`, {
    hint: 'Write a list: vars: { services: [sshd, tailscaled] }',
  });
}
