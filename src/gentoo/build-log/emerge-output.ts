/** What emerge printed, cut where emerge itself marks a border, so that no text of a build counts as emerge's own. */
export interface EmergeOutput {
  readonly exit: number;
  /** Both streams, without control characters. */
  readonly lines: readonly string[];
  /** What emerge says outside of builds: after the last package that it started, from where it began to resolve. */
  readonly own: readonly string[];
  /** The build that failed; undefined where emerge ended before one, or between two. */
  readonly build: FailedBuild | undefined;
}

/** A package that emerge says it could not build or install. */
export interface FailedBuild {
  /** category/name-version. */
  readonly cpv: string;
  /** From its start to emerge's word that it failed. */
  readonly lines: readonly string[];
  /** What follows: emerge repeats the errors there, by package. */
  readonly after: readonly string[];
}

const START = /^>>> (?:Emerging(?: binary)? \(\d+ of \d+\)|Running pre-merge checks for) (\S+?)(?:::\S+)?(?: .*)?$/;
const FAILED = /^>>> Failed to (?:emerge|install) ([^\s,]+?)(?:::\S+?)?,? /;
const RESOLVE = /^Calculating dependencies/;

/** Finds the borders in the output of emerge. `exit` is its status, above 128 for a signal. */
export function readEmergeOutput(exit: number, lines: readonly string[]): EmergeOutput {
  const build = findFailedBuild(lines);
  const started = lines.findLastIndex((line) => START.test(line));
  const resolved = lines.findLastIndex((line) => RESOLVE.test(line));
  return { exit, lines, build, own: lines.slice(Math.max(resolved, started + 1, 0)) };
}

/** The first package that failed among those that emerge started. A build may print the line of another one. */
function findFailedBuild(lines: readonly string[]): FailedBuild | undefined {
  const started = new Map<string, number>();
  let other: FailedBuild | undefined;
  for (const [at, line] of lines.entries()) {
    const [, start] = START.exec(line) ?? [];
    if (start !== undefined) started.set(start, at);
    const [, cpv] = FAILED.exec(`${line} `) ?? [];
    if (cpv === undefined) continue;
    const from = started.get(cpv);
    const found = { cpv, lines: lines.slice(from ?? 0, at), after: lines.slice(at) };
    if (from !== undefined) return found;
    other = found; // of a log whose first lines are gone
  }
  return started.size === 0 ? other : undefined;
}
