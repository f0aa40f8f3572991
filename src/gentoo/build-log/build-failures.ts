import type { FailedBuild } from './emerge-output.ts';
import { type FailureExplanation, findLine, findMatch } from './failure-rule.ts';
import { hostFault, measuredFault, portageTraceback } from './host-failures.ts';

const WHOLE_LOG = 'For the whole log, run: swarm runs logs last';
const PHASE = /^>>> (?:(?:Unpacking|Preparing|Configuring|Compiling) source|Test phase: |Install \S+ into |Creating binpkg|Installing \()/;
/** Lines of a tool before emerge's own error. */
const TOOL_LINES = 12;

/** Why a build failed that emerge started, by emerge's own words about this package. */
export function explainBuild(build: FailedBuild): FailureExplanation {
  const { cpv, lines, after } = build;
  const fetched = findLine(lines, PHASE) ?? lines.length;
  const where = ` while building ${cpv}`;
  const found = measuredFault(lines, after, where) ??
    hostFault(lines, where, /^!!! (?=Insufficient space to store )/) ??
    (failedPhase(build) === undefined ? fetchFault(cpv, lines.slice(0, fetched)) : undefined) ??
    phaseFault(build) ??
    exitedPhase(build) ??
    portageFault(build) ?? { code: 'SW6003' as const, message: `${cpv} failed`, hint: WHOLE_LOG, detail: lines.slice(-TOOL_LINES) };
  return { package: cpv, ...found };
}

/** Before the first phase: a source file, or a package of the binhost, that did not arrive as it should. */
function fetchFault(cpv: string, lines: readonly string[]): FailureExplanation | undefined {
  const detail = lines.slice(1).filter((line) => line.trim() !== '');
  if (findLine(lines, /^!!! \S+ has fetch restriction turned on\.$/) !== undefined) {
    return {
      code: 'SW6009',
      message: `${cpv}: its source must be downloaded by hand (RESTRICT=fetch)`,
      hint: 'Download the file as the message shows, and put it into DISTDIR on the drones. To see the folder, run: swarm exec NAME -- portageq distdir',
      detail,
    };
  }
  const unlisted = findMatch(lines, /^!!! Reason: Insufficient data for checksum verification/);
  if (unlisted) {
    return {
      code: 'SW6003',
      message: `${cpv} failed: its Manifest lists no checksum for a source file`,
      hint: 'Update the repository on the drones: swarm run sync. If it is your own, run: ebuild FILE.ebuild manifest',
      detail,
    };
  }
  const wrong = findMatch(
    lines,
    /^!!! Fetched file: (\S+) VERIFY FAILED!|^!!! (Digest verification failed)|(checksum mismatched|not usable)/,
  );
  const missing = findMatch(lines, /^!!! Couldn't download '([^']+)'|^ ?(?:!!!|\*) (Fetch failed for '[^']+')/);
  const binary = lines[0]?.startsWith('>>> Emerging binary') === true;
  const arrived = lines.some((line) => /^>>> Extracting /.test(line)); // what fails from here on is not a download
  if (!wrong && !missing && (!binary || arrived)) return undefined;
  const file = wrong?.match[1] ?? missing?.match[1] ?? 'a file';
  return {
    code: 'SW6009',
    message: `${cpv}: ${wrong ? `${file} has a wrong checksum` : `cannot download ${binary ? 'the package from the binhost' : file}`}`,
    hint: binary
      ? 'To compare the binhost with its index, run: swarm binhost check --deep'
      : 'Check the mirrors and try again, or put the file into DISTDIR on the drone.',
    detail,
  };
}

interface FailedPhase {
  readonly name: string;
  /** emerge's error, up to where it says how to ask for support. */
  readonly error: readonly string[];
  readonly why: string;
  /** The output of the phase. */
  readonly output: readonly string[];
}

/** emerge's error of this package and phase, among its output or, where that is not shown, at the end. */
function failedPhase({ cpv, lines, after }: FailedBuild): FailedPhase | undefined {
  const match = (line: string): RegExpExecArray | null => {
    const found = /^\s*\* ERROR: (\S+?)(?:::\S+)? failed(?: \((\w+) phase\))?:?$/.exec(line);
    return found?.[1] === cpv ? found : null;
  };
  const at = lines.findLastIndex((line) => match(line) !== null);
  const source = at < 0 ? after : lines;
  const start = at < 0 ? after.findIndex((line) => match(line) !== null) : at;
  if (start < 0) return undefined;
  const rest = source.slice(start);
  const end = rest.findIndex(
    (line, i) => i > 0 && /^\s*\* (?:If you need support|The complete build log)|^>>> |^\s*\* Messages for/.test(line),
  );
  const block = rest.slice(0, end < 0 ? undefined : end);
  const error = block.slice(0, block.findLastIndex((line) => !/^[\s*]*$/.test(line)) + 1);
  const why = error.slice(1).find((line) => /^\s*\* {3}\S/.test(line));
  const begin = at < 0 ? 0 : lines.slice(0, at).findLastIndex((line) => PHASE.test(line)) + 1;
  return {
    name: match(rest[0] ?? '')?.[2] ?? '',
    error,
    why: (why ?? '').replace(/^\s*\*\s*/, ''),
    output: at < 0 ? [] : lines.slice(begin, at),
  };
}

function phaseFault(build: FailedBuild): FailureExplanation | undefined {
  const phase = failedPhase(build);
  if (phase === undefined) return undefined;
  const first = findLine(phase.output, TOOL_ERROR);
  const why = first === undefined ? phase.why : (phase.output[first] ?? '').trim();
  const shown = first === undefined ? phase.output.slice(-TOOL_LINES) : phase.output.slice(first, first + TOOL_LINES);
  return {
    code: 'SW6003',
    message: `${build.cpv} failed${phase.name === '' ? '' : ` in phase ${phase.name}`}${why === '' ? '' : `: ${why.slice(0, 300)}`}`,
    hint: WHOLE_LOG,
    detail: [...shown, ...phase.error],
  };
}

/** What a compiler, linker or build system marks as an error. */
const TOOL_ERROR =
  /(?:fatal )?error(?:\[E\d+\])?: |undefined reference to |^\S*ld: |: command not found|^(?:CMake|configure:) ?[Ee]rror|^!!! \w+: /;

/** A phase that ended without a word: something killed it, or the ebuild called exit. */
function exitedPhase({ cpv, lines, after }: FailedBuild): FailureExplanation | undefined {
  for (const text of [lines, after]) {
    const found = findMatch(text, /^\s*\* The ebuild phase '(\w+)' has (?:exited unexpectedly|been killed by signal \w+|been aborted)/);
    if (!found) continue;
    const end = text.slice(found.at).findIndex((line) => !/^\s*\*/.test(line));
    return {
      code: 'SW6010',
      message: `${cpv} ended in phase ${found.match[1]} without a result, as if something killed it`,
      hint: 'To see the messages of the kernel, run: swarm exec NAME --shell "dmesg | tail"',
      detail: [...text.slice(Math.max(0, found.at - TOOL_LINES), found.at), ...text.slice(found.at, end < 0 ? undefined : found.at + end)],
    };
  }
  return undefined;
}

/** Portage itself broke off while it built or installed the package: the host is not in order, and another one may do it. */
function portageFault({ cpv, lines, after }: FailedBuild): FailureExplanation | undefined {
  const trace = portageTraceback(lines) ?? portageTraceback(after);
  if (trace === undefined) return undefined;
  const installing = lines.some((line) => line.startsWith('>>> Installing ('));
  return {
    code: 'SW6018',
    message: `Portage failed on the drone while ${installing ? 'installing' : 'building'} ${cpv}: ${trace.at(-1)}`,
    hint: 'Correct on the drone what the message names. For the whole log, run: swarm runs logs last',
    detail: trace,
  };
}
