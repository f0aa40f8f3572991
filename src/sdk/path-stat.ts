import type { Command } from '../core/connection.ts';
import { SwarmError } from '../core/error.ts';
import type { Probe } from '../core/module.ts';

/** What stands at a path of the host; `sha256` only for a file that has the size asked for. */
export interface PathStat {
  readonly type: 'file' | 'directory' | 'link' | 'other' | 'absent';
  /** Four octal digits. */
  readonly mode: string;
  readonly uid: string;
  readonly owner: string;
  readonly gid: string;
  readonly group: string;
  /** Bytes. */
  readonly size: number;
  /** Seconds since 1970. */
  readonly mtime: number;
  readonly sha256?: string;
  readonly target?: string;
}

export interface PathQuery {
  readonly path: string;
  /** The hash is taken of a file of this size only; `any`: of every file. */
  readonly size?: number | 'any';
}

export const ABSENT_PATH: PathStat = { type: 'absent', mode: '', uid: '', owner: '', gid: '', group: '', size: 0, mtime: 0 };

/** Path and wanted size in turns: as arguments, which costs a process less than a line each on stdin, where many of them go. One answer
 *  a path, in one round trip however many there are. */
const STAT_SCRIPT = `export LC_ALL=C
look() {
  if s=$(stat -c '%f %u %U %g %G %s %Y' -- "$1" 2>&1); then
    path=$1 size=$2 extra=-
    case $s in
      8*) set -- $s; if [ "$size" = any ] || [ "$6" = "$size" ]; then extra=$(sha256sum <"$path") || extra=-; extra=\${extra%% *}; fi ;;
      a*) extra=$(readlink -- "$path") ;;
    esac
    printf '%s %s\\n' "$s" "$extra"
  else
    case $s in
      *'No such file'* | *'Not a directory'*) echo absent ;;
      *) printf 'error %s\\n' "$s" ;;
    esac
  fi
}
if [ $# -eq 0 ]; then while IFS= read -r each && IFS= read -r wanted; do look "$each" "$wanted"; done; fi
while [ $# -gt 0 ]; do look "$1" "$2"; shift 2; done`;

/** More go on stdin: the arguments of a command have an end. */
const MAX_ARGUMENT_PATHS = 50;

/** Looks at all these paths in one round trip. Throws SW6012 where the host does not let us look. */
export async function statPaths(probe: Probe, queries: readonly PathQuery[]): Promise<readonly PathStat[]> {
  if (queries.length === 0) return [];
  const invalid = queries.find(({ path }) => /[\n\0]/.test(path));
  if (invalid) throw new SwarmError('SW6012', `a path may not hold a line break: ${JSON.stringify(invalid.path)}`);
  const words = queries.flatMap(({ path, size }) => [path, String(size ?? '-')]);
  const command: Command =
    queries.length <= MAX_ARGUMENT_PATHS
      ? { argv: ['/bin/sh', '-c', STAT_SCRIPT, 'sh', ...words] }
      : { argv: ['/bin/sh', '-c', STAT_SCRIPT], stdin: new TextEncoder().encode(`${words.join('\n')}\n`) };
  const { stdout, stderr } = await probe.query(command);
  const lines = stdout.split('\n').slice(0, queries.length);
  if (lines.length !== queries.length) throw new SwarmError('SW6012', 'the host did not answer for every path', { detail: stderr });
  return lines.map(parseStat);
}

function parseStat(line: string): PathStat {
  if (line === 'absent') return ABSENT_PATH;
  const [raw = '', uid = '', owner = '', gid = '', group = '', size = '', mtime = ''] = line.split(' ');
  const bits = Number.parseInt(raw, 16);
  if (line.startsWith('error ') || Number.isNaN(bits)) throw new SwarmError('SW6012', line.replace(/^error (stat: )?/, ''));
  const extra = line.split(' ').slice(7).join(' ');
  const type = fileType(bits);
  return {
    type,
    mode: (bits & 0o7777).toString(8).padStart(4, '0'),
    uid,
    owner,
    gid,
    group,
    size: Number(size),
    mtime: Number(mtime),
    ...(type === 'file' && extra !== '-' ? { sha256: extra } : {}),
    ...(type === 'link' ? { target: extra } : {}),
  };
}

/** The file type bits of st_mode. */
function fileType(bits: number): PathStat['type'] {
  switch (bits & 0o170000) {
    case 0o100000:
      return 'file';
    case 0o040000:
      return 'directory';
    case 0o120000:
      return 'link';
    default:
      return 'other';
  }
}
