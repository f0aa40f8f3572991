import type { ErrorCode } from '../../core/error-codes.ts';
import type { FailureCause } from '../../core/event.ts';
import { buildRules, hostRules, unknownFailure } from './build-failures.ts';
import { stripControls } from './emerge-progress.ts';
import { findMatch } from './failure-rule.ts';
import { resolverRules } from './resolver-failures.ts';

/** Why emerge failed, from its output. Its exit status is 1 for everything. */
export interface EmergeFailure {
  /** SW6003 to SW6010; SW6011 on a host without emerge; SW1201 for an atom that Portage refuses. */
  readonly code: ErrorCode;
  /** One line, with the package that caused the failure. */
  readonly message: string;
  readonly hint: string;
  /** The lines of the output that show it, without control characters. */
  readonly detail: string;
  readonly blame: FailureCause;
  /** category/name-version, where it is known. */
  readonly package?: string;
  /** The build log on the host. */
  readonly log?: string;
}

const RULES = [...hostRules, ...resolverRules, ...buildRules];

/** Reads the output of emerge. `exit` is its status, above 128 for a signal. The first rule that matches decides, so that a full disk
 *  does not count as the compile error that it caused. */
export function explainEmergeFailure(exit: number, stdout: readonly string[], stderr: string): EmergeFailure {
  const lines = [...stdout, ...stderr.split('\n')].map(stripControls);
  const failed = findMatch(lines, /^>>> Failed to (?:emerge|install) ([^\s,]+)/)?.match[1]?.replace(/::.*$/, '');
  const output = { exit, lines, failed };
  const found = RULES.map((rule) => rule(output)).find((explanation) => explanation !== undefined) ?? unknownFailure(output);
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

/** The lines from `at`, up to two blank lines. */
function excerpt(lines: readonly string[], at: number, count: number): string {
  const some = lines.slice(at, at + count).map((line) => line.trimEnd().slice(0, 500));
  const gap = some.findIndex((line, i) => i > 0 && line === '' && some[i + 1] === '');
  return some
    .slice(0, gap < 0 ? some.length : gap)
    .join('\n')
    .replace(/^\n+|\n+$/g, '');
}
