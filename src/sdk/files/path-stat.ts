import { dirname, resolve } from 'node:path/posix';
import type { Command, ExecResult } from '../../core/connection.ts';
import { SwarmError } from '../../core/error/swarm-error.ts';
import type { Probe } from '../../core/module.ts';
import { checkPath, misuse } from '../../core/module-checks/checked-host.ts';
import { readProgram } from '../../core/program/package-root.ts';
import { describeRefusal } from '../../remote/session/file-refusal.ts';
import { quoteWord } from '../../remote/session/shell-text.ts';
import { missingProgramError } from '../missing-program.ts';

/** What is at a path of the host. `sha256` is set only for a file of the size that the query names. */
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

/** More paths go on stdin: the length of a command line is limited. */
const MAX_ARGUMENT_PATHS = 50;

/** Reads the state of all these paths in one round trip. Throws SW6012 where the host refuses to read one. */
export async function statPaths(probe: Probe, queries: readonly PathQuery[]): Promise<readonly PathStat[]> {
  if (Array.isArray(queries) && queries.length === 0) return [];
  return parseStats(queries, await probe.query(statCommand(queries)));
}

/** The command that looks at these paths. */
export function statCommand(queries: readonly PathQuery[]): Command {
  if (!Array.isArray(queries) || queries.some((query) => typeof query !== 'object' || query === null))
    throw misuse('statPaths takes a list of { path }', 'Write: statPaths(probe, [{ path }])');
  for (const { path } of queries) checkPath('statPaths', path);
  const invalid = queries.find(({ path }) => /[\n\0]/.test(path));
  if (invalid) throw new SwarmError('SW6012', `a path must not contain a line break: ${JSON.stringify(invalid.path)}`);
  const words = queries.flatMap(({ path, size }) => [path, String(size ?? '-')]);
  const script = readProgram('src/sdk/files/stat-paths.sh');
  return queries.length <= MAX_ARGUMENT_PATHS
    ? { argv: ['/bin/sh', '-c', script, 'sh', ...words], inSession: true }
    : { argv: ['/bin/sh', '-c', script], stdin: new TextEncoder().encode(`${words.join('\n')}\n`) };
}

/** What the command printed about each path. Throws SW6012 where the host refuses to read one. */
export function parseStats(queries: readonly PathQuery[], { stdout, stderr }: ExecResult): readonly PathStat[] {
  const lines = stdout.split('\n').slice(0, queries.length);
  const missing = missingProgramError({ stderr }, queries[0]?.path ?? '');
  if (missing !== undefined) throw missing;
  if (lines.length !== queries.length) throw new SwarmError('SW6012', 'the host did not report every path', { detail: stderr });
  return lines.map((line, index) => parseStat(line, queries[index]?.path ?? ''));
}

const MAX_LINKS = 8;

/** The state of a file that is to be changed in place: where the path is a link, of the file that it leads to. Throws SW6012 for links in
 *  a circle. */
export async function statFile(
  probe: Probe,
  path: string,
  size: PathQuery['size'] = 'any',
): Promise<{ readonly path: string; readonly stat: PathStat }> {
  let at = path;
  for (let links = 0; links < MAX_LINKS; links++) {
    const [stat = ABSENT_PATH] = await statPaths(probe, [{ path: at, size }]);
    if (stat.type !== 'link') return { path: at, stat };
    at = resolve(dirname(at), stat.target ?? '');
  }
  throw new SwarmError('SW6012', `${path} is a link that leads through more than ${MAX_LINKS} links`, {
    hint: `To see where it leads, run: swarm exec NAME -- namei ${quoteWord(path)}`,
  });
}

function parseStat(line: string, path: string): PathStat {
  if (line === 'absent') return ABSENT_PATH;
  const [raw = '', size = '', mtime = '', uid = '', owner = '', gid = '', group = '', ...rest] = line.split(':');
  const bits = Number.parseInt(raw, 16);
  if (line.startsWith('error ') || Number.isNaN(bits)) {
    const { reason, hint } = describeRefusal(line.replace(/^error (stat: )?/, ''), path);
    throw new SwarmError('SW6012', `${path} cannot be read: ${reason}`, { hint });
  }
  const extra = rest.join(':');
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
