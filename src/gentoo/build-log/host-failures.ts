import { type FailureExplanation, findLine, findMatch } from './failure-rule.ts';

/** A script of Portage, or a file of its Python modules; what a build prints has other names in it. */
const SCRIPT =
  /(?:^|\/)(?:ebuild|ebuild-helpers|isolated-functions|misc-functions|phase-functions|phase-helpers|save-ebuild-env|bashrc-functions)\.sh: (?:line \d+: )?/;
const MODULE = /^ {2}File "[^"]*\/(?:portage|_emerge|bin)\/[^"]+"/;

interface HostFault {
  readonly pattern: RegExp;
  readonly explain: (where: string) => Omit<FailureExplanation, 'detail' | 'package'>;
}

const FAULTS: readonly HostFault[] = [
  {
    pattern: /No space left on device|Disk quota exceeded|Insufficient space to store|\[Errno (?:28|122)\]/,
    explain: (where) => ({
      code: 'SW6008',
      message: `no space left on the drone${where}`,
      hint: 'Free space in PORTAGE_TMPDIR, PKGDIR and DISTDIR. To see the disks, run: swarm exec NAME -- df -h',
    }),
  },
  {
    pattern: /Cannot allocate memory|\bMemoryError\b|\[Errno 12\]|fork: (?:retry: )?Resource temporarily unavailable/,
    explain: (where) => ({
      code: 'SW6017',
      message: `memory ran out on the drone${where}`,
      hint: 'Use fewer jobs (MAKEOPTS), or a host with more memory (set `memory:` for hosts in the inventory).',
    }),
  },
  {
    pattern: /Read-only file system|Permission denied|\[Errno (?:1|13|30)\]/,
    explain: (where) => ({
      code: 'SW6018',
      message: `Portage may not write a file on the drone${where}`,
      hint: 'Correct the mode, the owner or the mount of the folder that the message shows. To see it, run: swarm exec NAME -- findmnt',
    }),
  },
];

/** A fault of the host that Portage itself met: one of its scripts, its Python, or its word about a file. */
export function hostFault(lines: readonly string[], where: string, said: RegExp): FailureExplanation | undefined {
  for (const { pattern, explain } of FAULTS) {
    const at = findLine(lines, new RegExp(`(?:${SCRIPT.source}|${said.source}).*(?:${pattern.source})`));
    if (at !== undefined) return { ...explain(where), detail: lines.slice(Math.max(0, at - 3), at + 3) };
    const trace = tracebacks(lines).find((each) => isOfPortage(each) && pattern.test(each.at(-1) ?? ''));
    if (trace) return { ...explain(`${where}: ${trace.at(-1)}`), detail: trace };
  }
  return undefined;
}

/** The Python tracebacks of a text, each with the line of its error at its end. */
export function tracebacks(lines: readonly string[]): readonly (readonly string[])[] {
  return lines.flatMap((line, at) => {
    if (!line.startsWith('Traceback (most recent call last)')) return [];
    const length = lines.slice(at + 1).findIndex((each) => !each.startsWith(' '));
    return [lines.slice(at, length < 0 ? undefined : at + length + 2)];
  });
}

const isOfPortage = (trace: readonly string[]): boolean => trace.some((line) => MODULE.test(line));

/** The last traceback of Portage's own Python in a text. */
export function portageTraceback(lines: readonly string[]): readonly string[] | undefined {
  return tracebacks(lines).findLast(isOfPortage);
}

/** What the build says of disk and memory counts where the job of swarm measured the same on the host after it. */
export function measuredFault(lines: readonly string[], after: readonly string[], where: string): FailureExplanation | undefined {
  const full = findMatch(after, /^>>> swarm: no space left in (\S+)/);
  const killed = findMatch(after, /^>>> swarm: the kernel killed \d+ process\(es\) for lack of memory/);
  const spaceLine = full && findLine(lines, /No space left on device|Disk quota exceeded|\[Errno (?:28|122)\]/);
  const killLine = killed && findLine(lines, /\bKilled\b|Cannot allocate memory|signal 9|has exited unexpectedly/);
  const [fault, said, at] = spaceLine !== undefined ? [FAULTS[0], spaceLine, full?.at] : [FAULTS[1], killLine, killed?.at];
  if (fault === undefined || said === undefined || at === undefined) return undefined;
  const folder = spaceLine === undefined ? '' : `, in ${full?.match[1]}`;
  return { ...fault.explain(`${folder}${where}`), detail: [...lines.slice(Math.max(0, said - 3), said + 3), after[at] ?? ''] };
}

/** Portage cannot start, because the host is not in order. */
export function brokenPortage(lines: readonly string[]): FailureExplanation | undefined {
  const found =
    findMatch(lines, /^!!! (ParseError: .*|Your current profile is invalid.*)/) ??
    findMatch(lines, /^("[^"]*make\.(?:conf|globals|defaults)", line \d+: .*)/) ??
    findMatch(
      lines,
      /^\s*\*? ?(The directory specified in your PORTAGE_TMPDIR variable.*|Can not execute files in .*|.* is not writable\.$)/,
    ) ??
    findMatch(lines, /^emerge: ((?:superuser|root|portage group) access is required)/) ??
    findMatch(lines, /^!!! ((?:Read-only file system|Permission denied|Operation not permitted|No such file or directory): .*)/);
  if (!found) return undefined;
  const isProfile = found.match[1]?.startsWith('Your current profile') === true;
  const said = found.match[1]?.endsWith(':') ? `${found.match[1]} ${(lines[found.at + 1] ?? '').replace(/^\s*\*\s*/, '')}` : found.match[1];
  return {
    code: 'SW6018',
    message: `Portage does not work on the drone: ${isProfile ? 'its profile (make.profile) is not valid' : said}`,
    hint: isProfile
      ? 'Choose a profile on the drone: swarm exec NAME --shell "eselect profile list". Then: eselect profile set NUMBER'
      : 'Correct on the drone what the message names. To see whether Portage works, run: swarm exec NAME -- emerge --info',
    detail: lines.filter((line) => line.trim() !== ''),
  };
}
