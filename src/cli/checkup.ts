import type { Connection } from '../core/connection.ts';
import { SwarmError } from '../core/error.ts';
import type { Host } from '../core/host.ts';

/** What one look at a host shows. */
export interface Checkup {
  /** The host's clock less ours, in seconds, half a round trip taken off. */
  readonly clockSkew: number;
  readonly disks: readonly { readonly path: string; readonly mount: string; readonly used: number }[];
  readonly services: readonly { readonly name: string; readonly running: boolean; readonly enabled: boolean; readonly known: boolean }[];
  readonly tools: readonly string[]; // that a host needs and this one lacks
  readonly sshd: string;
}

const TOOLS = ['setsid', 'flock', 'mktemp', 'sha256sum'];
const BUILD_TOOLS = ['emerge', 'python3'];

/** POSIX sh; sections by a leading word, fields by tabs. Arguments: services, a bare `--`, paths. */
const SCRIPT = `
printf 'clock\\t%s\\n' "$(date +%s.%N)"
while [ $# -gt 0 ] && [ "$1" != -- ]; do
  if [ -d /run/systemd/system ]; then
    systemctl cat -- "$1" >/dev/null 2>&1 && known=1 || known=0
    systemctl is-active --quiet -- "$1" && running=1 || running=0
    systemctl is-enabled --quiet -- "$1" 2>/dev/null && enabled=1 || enabled=0
  elif command -v rc-service >/dev/null 2>&1; then
    rc-service --exists "$1" 2>/dev/null && known=1 || known=0
    rc-service "$1" status >/dev/null 2>&1 && running=1 || running=0
    rc-update show 2>/dev/null | grep -Eq "^[[:space:]]*$1[[:space:]]*\\|[[:space:]]*[a-z]" && enabled=1 || enabled=0
  else known=0 running=0 enabled=0; fi
  printf 'service\\t%s\\t%s\\t%s\\t%s\\n' "$1" "$known" "$running" "$enabled"
  shift
done
[ $# -gt 0 ] && shift
for path in "$@"; do
  [ -d "$path" ] && df -P -- "$path" 2>/dev/null | tail -n 1 | while read -r _ _ _ _ used mount; do printf 'disk\\t%s\\t%s\\t%s\\n' "$path" "$mount" "\${used%\\%}"; done
done
for tool in ${[...TOOLS, ...BUILD_TOOLS].join(' ')}; do command -v "$tool" >/dev/null 2>&1 || printf 'lacks\\t%s\\n' "$tool"; done
printf 'sshd\\t%s\\n' "$(sshd -V 2>&1 | head -n 1; ssh -V 2>&1 | head -n 1)" | head -n 1
`;

const PATHS = ['/', '/var/tmp', '/var/cache/binpkgs', '/boot'];

/** Looks at the host in one round trip; writes nothing there. */
export async function checkup(link: Connection, host: Host, signal: AbortSignal): Promise<Checkup> {
  const services = servicesOf(host);
  const before = Date.now();
  const result = await link.exec({ argv: ['sh', '-c', SCRIPT, 'sh', ...services, '--', ...PATHS], timeoutMs: 30_000 }, signal);
  const now = (before + Date.now()) / 2000;
  const rows = result.stdout.split('\n').map((line) => line.split('\t'));
  const of = (kind: string): readonly (readonly string[])[] => rows.filter(([first]) => first === kind).map((row) => row.slice(1));
  const builds = host.groups.includes('drones');
  const disks = of('disk').map(([path = '', mount = '', used]) => ({ path, mount, used: Number(used) }));
  return {
    clockSkew: Number(of('clock')[0]?.[0]) - now,
    disks: disks.filter((disk, at) => disks.findIndex((each) => each.mount === disk.mount) === at),
    services: of('service').map(([name = '', known, running, enabled]) => ({
      name,
      known: known === '1',
      running: running === '1',
      enabled: enabled === '1',
    })),
    tools: of('lacks').flatMap(([tool = '']) => (builds || TOOLS.includes(tool) ? [tool] : [])),
    sshd: of('sshd')[0]?.[0] ?? '',
  };
}

/** `vars.services` of the host: the services that must run, and must start at boot. Throws SW1109. */
function servicesOf(host: Host): readonly string[] {
  const services = host.vars['services'] ?? [];
  if (Array.isArray(services) && services.every((name) => typeof name === 'string' && /^[\w@.:-]+$/.test(name)))
    return services as readonly string[];
  throw new SwarmError('SW1109', `services of ${host.name} is not a list of service names`, {
    hint: 'vars: { services: [sshd, tailscaled] }',
  });
}
