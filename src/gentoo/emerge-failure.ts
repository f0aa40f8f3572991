import type { Blame } from '../core/event.ts';
import { stripControls } from './emerge-line.ts';

/** Why emerge failed, read from its text: its exit status is 1 for everything. */
export interface EmergeFailure {
  /** SW6003 to SW6010; SW6011 where there is no emerge; SW1201 for an atom that Portage refuses. */
  readonly code: string;
  /** One line; names the package where one is to blame. */
  readonly message: string;
  readonly hint: string;
  /** The lines that tell it, without control characters. */
  readonly detail: string;
  readonly blame: Blame;
  /** category/name-version, where it is known. */
  readonly package?: string;
  /** The build log on the host. */
  readonly log?: string;
}

interface Output {
  readonly exit: number;
  /** Both streams, stdout first. */
  readonly lines: readonly string[];
  readonly failed: string | undefined;
}

type Explanation = Pick<EmergeFailure, 'code' | 'message' | 'hint' | 'blame'> & {
  readonly at: number;
  readonly lines?: number;
  readonly package?: string | undefined;
};
type Rule = (output: Output) => Explanation | undefined;

/** Reads what emerge wrote; `exit` is its own status, above 128 for a signal. The first rule that holds decides, so a full disk is not
 *  taken for a compile error that it caused. */
export function explainFailure(exit: number, stdout: readonly string[], stderr: string): EmergeFailure {
  const lines = [...stdout, ...stderr.split('\n')].map(stripControls);
  const failed = findMatch(lines, /^>>> Failed to (?:emerge|install) ([^\s,]+)/)?.match[1]?.replace(/::.*$/, '');
  const output = { exit, lines, failed };
  const found = RULES.map((rule) => rule(output)).find((explanation) => explanation !== undefined) ?? unknown(output);
  const log = lines.find((line) => /^>>> {2}'[^']+\.log'$/.test(line))?.slice(6, -1);
  const culprit = found.package ?? failed;
  return {
    code: found.code,
    message: found.message,
    hint: found.hint,
    detail: excerpt(lines, found.at, found.lines ?? 8),
    blame: found.blame,
    ...(culprit === undefined ? {} : { package: culprit }),
    ...(log === undefined ? {} : { log }),
  };
}

const RULES: readonly Rule[] = [
  noSpace,
  outOfMemory,
  noEmerge,
  badOption,
  badAtom,
  useChange,
  masked,
  noSuchPackage,
  circular,
  conflict,
  missingBuildDependencies,
  fetch,
  digest,
  phase,
  died,
];

function noSpace({ lines, failed }: Output): Explanation | undefined {
  const at = find(lines, /No space left on device|\[Errno 28\]|Disk quota exceeded/);
  if (at === undefined) return undefined;
  return {
    code: 'SW6008',
    message: `no space left on the host${failed === undefined ? '' : ` while it built ${failed}`}`,
    hint: 'PORTAGE_TMPDIR and PKGDIR need room; failed builds leave their work folders in PORTAGE_TMPDIR/portage',
    blame: 'host',
    at,
    lines: 3,
  };
}

function outOfMemory({ lines, failed }: Output): Explanation | undefined {
  const at = find(
    lines,
    /Killed signal terminated program|Cannot allocate memory|out of memory allocating|virtual memory exhausted|^g?make.*: \*\*\* .* Killed$/,
  );
  if (at === undefined) return undefined;
  return {
    code: 'SW6010',
    message: `${failed ?? 'the build'} ran out of memory`,
    hint: 'fewer jobs (MAKEOPTS), or a host with more memory: set memory: for hosts in the inventory',
    blame: 'host',
    at,
    lines: 4,
  };
}

function noEmerge({ exit, lines }: Output): Explanation | undefined {
  if (exit !== 127) return undefined;
  return {
    code: 'SW6011',
    message: 'there is no emerge on the host',
    hint: 'builds need a host with Gentoo',
    blame: 'host',
    at: find(lines, /not found/) ?? 0,
  };
}

function badOption({ exit, lines }: Output): Explanation | undefined {
  const found = findMatch(
    lines,
    /^emerge: error: (?:unrecognized arguments|no such option): (.*)$|^!!! (.* is an? (?:invalid|unknown) (?:short |long )?action.*)$/,
  );
  if (exit !== 2 || !found) return undefined;
  return {
    code: 'SW6003',
    message: `this emerge does not know ${found.match[1] ?? found.match[2]}`,
    hint: 'its Portage may be older than the option; see the options of the task',
    blame: 'plan',
    at: found.at,
    lines: 2,
  };
}

function badAtom({ lines }: Output): Explanation | undefined {
  const found = findMatch(lines, /^!!! '(.*)' is not a valid package atom/);
  if (!found) return undefined;
  return {
    code: 'SW1201',
    message: `Portage does not take "${found.match[1]}" for a package atom`,
    hint: 'write category/name, =category/name-1.2 or @set',
    blame: 'plan',
    at: found.at,
    lines: 2,
  };
}

function useChange({ lines }: Output): Explanation | undefined {
  const at = find(lines, /^The following USE changes are necessary to proceed|^ *-? *\S+\/\S+ \(Change USE: /);
  if (at === undefined) return undefined;
  const wanted = lines.slice(at).find((line) => /^[<>=~]*[\w+.-]+\/\S+ [\w+@-]/.test(line));
  const changed = /(\S+\/\S+) \(Change USE: (.*)\)/.exec(lines[at] ?? '');
  const change = wanted ?? (changed ? `${changed[1]} ${changed[2]}` : undefined);
  return {
    code: 'SW6006',
    message: `USE flags must change first: ${change ?? 'see below'}`,
    hint: change === undefined ? 'set them in package.use on the drones' : `put into package.use on the drones: ${change}`,
    blame: 'plan',
    at,
    lines: 12,
    package: packageOf(change),
  };
}

function masked({ lines }: Output): Explanation | undefined {
  const found = findMatch(lines, /^- (\S+?)(?:::\S+)? \(masked by: (.*)\)$/);
  const needed = findMatch(lines, /^The following (keyword|mask|license) changes are necessary to proceed/);
  if (!found && !needed) return undefined;
  const reason = found?.match[2] ?? `${needed?.match[1]}`;
  const change = found ? undefined : lines.slice(needed?.at ?? 0).find((line) => /^[<>=~]*[\w+.-]+\/\S+/.test(line));
  const culprit = found?.match[1] ?? packageOf(change);
  return {
    code: 'SW6004',
    message: `${culprit ?? 'a package'} is masked by ${reason}`,
    hint: maskHint(reason),
    blame: 'plan',
    at: found?.at ?? needed?.at ?? 0,
    package: culprit,
  };
}

function maskHint(reason: string): string {
  if (reason.includes('keyword')) return 'accept it on the drones: package.accept_keywords';
  if (reason.includes('license')) return 'accept the licence on the drones: package.license';
  return 'unmask it on the drones, if that is wanted: package.unmask';
}

function noSuchPackage({ lines }: Output): Explanation | undefined {
  const found = findMatch(lines, /there are no (ebuilds|binary packages)(?: built with USE flags)? to satisfy "?([^"]+?)"?\.?$/);
  if (!found) return undefined;
  const [, kind, atom] = found.match;
  const meant = findMatch(lines, /Maybe you meant(?: any of these)?: (.*?)\??$/)?.match[1];
  const parent = findMatch(lines.slice(found.at), /^\(dependency required by "([^"]+?)(?:::\S+)?" \[ebuild\]\)/)?.match[1];
  return {
    code: 'SW6005',
    message: `no ${kind === 'ebuilds' ? 'ebuild' : 'binary package'} satisfies ${atom}${parent === undefined ? '' : `, which ${parent} needs`}`,
    hint: meant === undefined ? 'is the tree on the drones current? swarm run sync' : `did you mean ${meant.split(', ')[0]}?`,
    blame: 'plan',
    at: found.at,
    lines: 4,
    package: parent,
  };
}

function circular({ lines }: Output): Explanation | undefined {
  const at = find(lines, /^\s*\* Error: circular dependencies:/);
  if (at === undefined) return undefined;
  const first = findMatch(lines.slice(at), /^\((\S+?):\S+, /)?.match[1];
  return {
    code: 'SW6007',
    message: `${first ?? 'packages'} and what it needs depend on each other`,
    hint: 'turn off a USE flag of one of them for its first build',
    blame: 'plan',
    at,
    lines: 10,
    package: first,
  };
}

function conflict({ lines }: Output): Explanation | undefined {
  const slot = find(lines, /^!!! Multiple package instances within a single package slot have been pulled/);
  const blocked = find(lines, /^\s*\* Error: The above package list contains packages which cannot be/);
  const at = slot ?? blocked;
  if (at === undefined) return undefined;
  const block = findMatch(lines, /^\[blocks B\s*\] (\S+) \((.*)\)$/);
  const inSlot = lines.slice(at).find((line) => /^[\w+.-]+\/[\w+.-]+:\S+$/.test(line));
  return {
    code: 'SW6007',
    message:
      slot === undefined
        ? `packages block each other${block ? `: ${block.match[2]?.replaceAll('"', '')}` : ''}`
        : `two versions want one slot: ${inSlot ?? 'see below'}`,
    hint: 'build them in separate runs, or change what asks for the one',
    blame: 'plan',
    at: block?.at ?? at,
    lines: slot === undefined ? 1 : 14,
  };
}

function missingBuildDependencies({ lines }: Output): Explanation | undefined {
  const at = find(lines, /^!!! --buildpkgonly requires all dependencies to be merged/);
  if (at === undefined) return undefined;
  const missing = lines.filter((line) => /^\[ebuild /.test(line)).map((line) => /\] (\S+)/.exec(line)?.[1] ?? '');
  return {
    code: 'SW6007',
    message: `build dependencies are not installed: ${missing.slice(0, -1).join(', ') || 'see below'}`,
    hint: 'install them first: --onlydeps --onlydeps-with-rdeps=n',
    blame: 'plan',
    at,
    lines: 2,
    package: missing.at(-1),
  };
}

function fetch({ lines, failed }: Output): Explanation | undefined {
  const found = findMatch(
    lines,
    /^!!! Couldn't download '([^']+)'|^!!! (Fetched file: \S+ VERIFY FAILED!)|^!!! (Fetch failed for '[^']+')/,
  );
  if (!found) return undefined;
  const subject = found.match[1] ?? found.match[2] ?? found.match[3];
  return {
    code: 'SW6009',
    message: `${failed ?? 'the package'}: ${subject} is not to be had`,
    hint: 'is a mirror down? put the file into DISTDIR on the drone, or try again later',
    blame: 'service',
    at: Math.max(0, found.at - 3),
    lines: 4,
  };
}

/** A binary package or index that does not fit: the binhost is at fault, not the package. */
function digest({ lines, failed }: Output): Explanation | undefined {
  const found = findMatch(
    lines,
    /^!!! Digest verification failed|^!!! \[\S+\] Error fetching binhost package info|Binary package is not usable|checksum mismatched/,
  );
  if (!found) return undefined;
  return {
    code: 'SW6009',
    message: `${failed ?? 'a file'} came from the binhost or the tree with another checksum, or not at all`,
    hint: 'swarm binhost check --deep compares the binhost with its index',
    blame: 'service',
    at: found.at,
    lines: 6,
  };
}

/** An ebuild's own failure: the first error of its output, and what it died with. */
function phase({ lines, failed }: Output): Explanation | undefined {
  const found = findMatch(lines, /^\s*\* ERROR: (\S+?)(?:::\S+)? failed(?: \((\w+) phase\))?:?$/);
  if (!found && failed === undefined) return undefined;
  const culprit = found?.match[1] ?? failed;
  const end = found?.at ?? find(lines, /^>>> Failed to /) ?? lines.length;
  const first = firstError(lines, end);
  const died = found ? (lines[found.at + 1] ?? '').replace(/^\s*\*\s*/, '') : '';
  const why = first === undefined ? died : (lines[first] ?? '').trim();
  return {
    code: 'SW6003',
    message: `${culprit} failed${found?.match[2] ? ` in its ${found.match[2]} phase` : ''}${why === '' ? '' : `: ${why.slice(0, 300)}`}`,
    hint: 'the whole log: swarm runs logs',
    blame: 'package',
    at: first ?? found?.at ?? end,
    lines: first === undefined || found === undefined ? 6 : Math.min(12, found.at + 2 - first),
    package: culprit,
  };
}

/** The earliest line before the ERROR block that a compiler, linker or build system calls an error; of this package only. */
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

function died({ exit, lines }: Output): Explanation | undefined {
  const trace = find(lines, /^Traceback \(most recent call last\)/);
  if (exit <= 128 && trace === undefined) return undefined;
  const signal = exit > 128 ? `emerge was ended by signal ${exit - 128}` : 'emerge itself failed';
  return {
    code: 'SW6010',
    message:
      trace === undefined
        ? signal
        : `${signal}: ${lines.slice(trace).find((line) => /^[\w.]+(?:Error|Exception|InvalidData)\b/.test(line)) ?? 'a Python traceback'}`,
    hint: 'look at the host: out of memory (dmesg), shut down, or ended by hand',
    blame: trace === undefined ? 'host' : 'unknown',
    at: trace ?? Math.max(0, lines.length - 8),
    lines: trace === undefined ? 8 : 40,
  };
}

function unknown({ exit, lines, failed }: Output): Explanation {
  return {
    code: 'SW6003',
    message: `emerge ended with status ${exit}${failed === undefined ? '' : ` at ${failed}`}`,
    hint: 'the whole log: swarm runs logs',
    blame: 'unknown',
    at: Math.max(0, lines.findLastIndex((line) => line.trim() !== '') - 7),
  };
}

function find(lines: readonly string[], shape: RegExp): number | undefined {
  const at = lines.findIndex((line) => shape.test(line));
  return at < 0 ? undefined : at;
}

function findMatch(lines: readonly string[], shape: RegExp): { readonly at: number; readonly match: RegExpExecArray } | undefined {
  for (const [at, line] of lines.entries()) {
    const match = shape.exec(line);
    if (match) return { at, match };
  }
  return undefined;
}

/** `>=rig-app/flagged-1.0 gui` to `rig-app/flagged-1.0`. */
function packageOf(text: string | undefined): string | undefined {
  return text === undefined ? undefined : /[\w+.-]+\/[\w+.-]+/.exec(text)?.[0];
}

/** The lines from `at` on, up to the first gap of two blank ones. */
function excerpt(lines: readonly string[], at: number, count: number): string {
  const some = lines.slice(at, at + count).map((line) => line.trimEnd().slice(0, 500));
  const gap = some.findIndex((line, i) => i > 0 && line === '' && some[i + 1] === '');
  return some
    .slice(0, gap < 0 ? some.length : gap)
    .join('\n')
    .replace(/^\n+|\n+$/g, '');
}
