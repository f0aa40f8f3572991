import type { Connection } from '../../core/connection.ts';
import { SwarmError } from '../../core/error.ts';
import type { Host } from '../../core/host.ts';

/** What one look at a host shows. */
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
const PATHS = ['/', '/tmp', '/var/tmp', '/var/cache/binpkgs', '/var/db/repos', '/boot'];

/** POSIX sh; a row each, fields by tabs. Arguments: services, a bare `--`, paths. */
const CHECKUP_SCRIPT = `
PATH=$PATH:/usr/sbin:/sbin
printf 'clock\\t%s\\n' "$(date +%s)"
while [ $# -gt 0 ] && [ "$1" != -- ]; do
  if [ -d /run/systemd/system ]; then
    systemctl cat -- "$1" >/dev/null 2>&1 && known=1 || known=0
    systemctl is-active --quiet -- "$1" && running=1 || running=0
    systemctl is-enabled --quiet -- "$1" 2>/dev/null && enabled=1 || enabled=0
  elif command -v rc-service >/dev/null 2>&1; then
    rc-service --exists "$1" 2>/dev/null && known=1 || known=0
    rc-service "$1" status >/dev/null 2>&1 && running=1 || running=0
    rc-update show 2>/dev/null | awk -F '|' -v name="$1" '{ gsub(/[ \\t]/, "", $1); gsub(/[ \\t]/, "", $2) } $1 == name && $2 != "" { found = 1 } END { exit !found }' && enabled=1 || enabled=0
  else known=0 running=0 enabled=0; fi
  printf 'service\\t%s\\t%s\\t%s\\t%s\\n' "$1" "$known" "$running" "$enabled"
  shift
done
[ $# -gt 0 ] && shift
for path in "$@"; do
  [ -d "$path" ] && df -P -- "$path" 2>/dev/null | tail -n 1 | while read -r _ _ _ _ used mount; do printf 'disk\\t%s\\t%s\\t%s\\n' "$path" "$mount" "\${used%\\%}"; done
done
for tool in ${[...TOOLS, ...BUILD_TOOLS].join(' ')}; do command -v "$tool" >/dev/null 2>&1 || printf 'lacks\\t%s\\n' "$tool"; done
for tree in /var/db/repos/gentoo /usr/portage; do
  [ -d "$tree" ] || continue
  if [ -r "$tree/metadata/timestamp.commit" ]; then read -r revision _ <"$tree/metadata/timestamp.commit"
  elif [ -d "$tree/.git" ]; then revision=$(git -c safe.directory='*' -C "$tree" rev-parse HEAD 2>/dev/null)
  elif [ -r "$tree/metadata/timestamp.chk" ]; then revision=$(cat "$tree/metadata/timestamp.chk")
  else revision=; fi
  printf 'tree\\t%s\\n' "$revision"
  break
done
`;

/** Looks at the host in one round trip; writes nothing there. Throws SW1109 for `vars.services` that are none. */
export async function collectCheckup(connection: Connection, host: Host, signal: AbortSignal): Promise<HostCheckup> {
  const services = requiredServices(host);
  const before = Date.now();
  const result = await connection.exec(
    { argv: ['sh', '-c', CHECKUP_SCRIPT, 'sh', ...services, '--', ...PATHS], timeoutMs: 30_000 },
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
    hint: 'vars: { services: [sshd, tailscaled] }',
  });
}
