import type { ErrorCode } from '../../core/error-codes.ts';
import type { FailureCause } from '../../core/event.ts';
import { buildRules, hostRules, unknownFailure } from './build-failures.ts';
import { stripControls } from './emerge-progress.ts';
import { findMatch } from './failure-rule.ts';
import { resolverRules } from './resolver-failures.ts';

/** Why emerge failed, read from its text: its exit status is 1 for everything. */
export interface EmergeFailure {
  /** SW6003 to SW6010; SW6011 where there is no emerge; SW1201 for an atom that Portage refuses. */
  readonly code: ErrorCode;
  /** One line; names the package where one is to blame. */
  readonly message: string;
  readonly hint: string;
  /** The lines that tell it, without control characters. */
  readonly detail: string;
  readonly blame: FailureCause;
  /** category/name-version, where it is known. */
  readonly package?: string;
  /** The build log on the host. */
  readonly log?: string;
}

const RULES = [...hostRules, ...resolverRules, ...buildRules];

/** Reads what emerge wrote; `exit` is its own status, above 128 for a signal. The first rule that holds decides, so a full disk is not
 *  taken for a compile error that it caused. */
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

/** The lines from `at` on, up to the first gap of two blank ones. */
function excerpt(lines: readonly string[], at: number, count: number): string {
  const some = lines.slice(at, at + count).map((line) => line.trimEnd().slice(0, 500));
  const gap = some.findIndex((line, i) => i > 0 && line === '' && some[i + 1] === '');
  return some
    .slice(0, gap < 0 ? some.length : gap)
    .join('\n')
    .replace(/^\n+|\n+$/g, '');
}
