import { type EmergeOutput, type FailureExplanation, type FailureRule, findLine, findMatch } from './failure-rule.ts';

/** Faults of the host. They come first, because they cause errors that look like faults of the package. */
export const hostRules: readonly FailureRule[] = [noSpace, outOfMemory, noEmerge, badOption];

/** Why a build that started failed. */
export const buildRules: readonly FailureRule[] = [fetchFailed, digestMismatch, phaseFailed, emergeDied];

function noSpace({ lines, failed }: EmergeOutput): FailureExplanation | undefined {
  const at = findLine(lines, /No space left on device|\[Errno 28\]|Disk quota exceeded/);
  if (at === undefined) return undefined;
  return {
    code: 'SW6008',
    message: `no space left on the host${failed === undefined ? '' : ` while building ${failed}`}`,
    hint: 'Free space in PORTAGE_TMPDIR and PKGDIR. Failed builds leave their work folders in PORTAGE_TMPDIR/portage.',
    blame: 'host',
    at,
    lines: 3,
  };
}

function outOfMemory({ lines, failed }: EmergeOutput): FailureExplanation | undefined {
  const at = findLine(
    lines,
    /Killed signal terminated program|Cannot allocate memory|out of memory allocating|virtual memory exhausted|^g?make.*: \*\*\* .* Killed$/,
  );
  if (at === undefined) return undefined;
  return {
    code: 'SW6010',
    message: `${failed ?? 'the build'} ran out of memory`,
    hint: 'Use fewer jobs (MAKEOPTS), or a host with more memory (set `memory:` for hosts in the inventory).',
    blame: 'host',
    at,
    lines: 4,
  };
}

function noEmerge({ exit, lines }: EmergeOutput): FailureExplanation | undefined {
  if (exit !== 127) return undefined;
  return {
    code: 'SW6011',
    message: 'the host has no emerge',
    hint: 'Run it on a host with Gentoo.',
    blame: 'host',
    at: findLine(lines, /not found/) ?? 0,
  };
}

function badOption({ exit, lines }: EmergeOutput): FailureExplanation | undefined {
  const found = findMatch(
    lines,
    /^emerge: error: (?:unrecognized arguments|no such option): (.*)$|^!!! (.* is an? (?:invalid|unknown) (?:short |long )?action.*)$/,
  );
  if (exit !== 2 || !found) return undefined;
  return {
    code: 'SW6003',
    message: `this emerge does not know ${found.match[1] ?? found.match[2]}`,
    hint: 'Portage on the host may be too old for this option. Remove the option from the task, or update Portage.',
    blame: 'plan',
    at: found.at,
    lines: 2,
  };
}

function fetchFailed({ lines, failed }: EmergeOutput): FailureExplanation | undefined {
  const found = findMatch(
    lines,
    /^!!! Couldn't download '([^']+)'|^!!! (Fetched file: \S+ VERIFY FAILED!)|^!!! (Fetch failed for '[^']+')/,
  );
  if (!found) return undefined;
  const subject = found.match[1] ?? found.match[2] ?? found.match[3];
  return {
    code: 'SW6009',
    message: `${failed ?? 'the package'}: cannot download ${subject}`,
    hint: 'Check the mirrors and try again, or put the file into DISTDIR on the drone.',
    blame: 'service',
    at: Math.max(0, found.at - 3),
    lines: 4,
  };
}

/** A binary package or index with a wrong checksum. The cause is the binhost, not the package. */
function digestMismatch({ lines, failed }: EmergeOutput): FailureExplanation | undefined {
  const found = findMatch(
    lines,
    /^!!! Digest verification failed|^!!! \[\S+\] Error fetching binhost package info|Binary package is not usable|checksum mismatched/,
  );
  if (!found) return undefined;
  return {
    code: 'SW6009',
    message: `${failed ?? 'a file'} could not be fetched, or has a wrong checksum`,
    hint: 'To compare the binhost with its index, run: swarm binhost check --deep',
    blame: 'service',
    at: found.at,
    lines: 6,
  };
}

/** A failed phase of an ebuild: the first error in its output, or the message of `die`. */
function phaseFailed({ lines, failed }: EmergeOutput): FailureExplanation | undefined {
  const found = findMatch(lines, /^\s*\* ERROR: (\S+?)(?:::\S+)? failed(?: \((\w+) phase\))?:?$/);
  if (!found && failed === undefined) return undefined;
  const culprit = found?.match[1] ?? failed;
  const end = found?.at ?? findLine(lines, /^>>> Failed to /) ?? lines.length;
  const first = firstError(lines, end);
  const died = found ? (lines[found.at + 1] ?? '').replace(/^\s*\*\s*/, '') : '';
  const why = first === undefined ? died : (lines[first] ?? '').trim();
  return {
    code: 'SW6003',
    message: `${culprit} failed${found?.match[2] ? ` in phase ${found.match[2]}` : ''}${why === '' ? '' : `: ${why.slice(0, 300)}`}`,
    hint: 'For the whole log, run: swarm runs logs last',
    blame: 'package',
    at: first ?? found?.at ?? end,
    lines: first === undefined || found === undefined ? 6 : Math.min(12, found.at + 2 - first),
    package: culprit,
  };
}

/** The first line that a compiler, linker or build system marks as an error, among the output of this package. */
function firstError(lines: readonly string[], end: number): number | undefined {
  let start = end;
  while (start > 0 && !/^>>> (Emerging|Unpacking|Compiling|Configuring|Install) /.test(lines[start - 1] ?? '')) start--;
  const at = lines
    .slice(start, end)
    .findIndex((line) =>
      /(?:fatal )?error(?:\[E\d+\])?: |undefined reference to |^\S*ld: |: command not found|^(?:CMake|configure:) ?[Ee]rror/.test(line),
    );
  return at < 0 ? undefined : start + at;
}

function emergeDied({ exit, lines }: EmergeOutput): FailureExplanation | undefined {
  const trace = findLine(lines, /^Traceback \(most recent call last\)/);
  if (exit <= 128 && trace === undefined) return undefined;
  const signal = exit > 128 ? `emerge was killed by signal ${exit - 128}` : 'emerge itself failed';
  return {
    code: 'SW6010',
    message:
      trace === undefined
        ? signal
        : `${signal}: ${lines.slice(trace).find((line) => /^[\w.]+(?:Error|Exception|InvalidData)\b/.test(line)) ?? 'a Python traceback'}`,
    hint: 'Check the host: it may have run out of memory (see dmesg), or somebody stopped emerge.',
    blame: trace === undefined ? 'host' : 'unknown',
    at: trace ?? Math.max(0, lines.length - 8),
    lines: trace === undefined ? 8 : 40,
  };
}

/** The explanation when no rule matches. */
export function unknownFailure({ exit, lines, failed }: EmergeOutput): FailureExplanation {
  return {
    code: 'SW6003',
    message: `emerge ended with status ${exit}${failed === undefined ? '' : ` at ${failed}`}`,
    hint: 'For the whole log, run: swarm runs logs last',
    blame: 'unknown',
    at: Math.max(0, lines.findLastIndex((line) => line.trim() !== '') - 7),
  };
}
