import type { ErrorCode } from '../../core/error-codes.ts';
import { explainBuild } from './build-failures.ts';
import { type EmergeOutput, readEmergeOutput } from './emerge-output.ts';
import { stripControls } from './emerge-progress.ts';
import { type FailureExplanation, findMatch } from './failure-rule.ts';
import { brokenPortage, hostFault, tracebacks } from './host-failures.ts';
import { explainRefusal } from './resolver-failures.ts';

/** Why emerge failed, from its output. Its exit status is 1 for everything. */
export interface EmergeFailure {
  /** SW6003 to SW6010, SW6017, SW6018; SW6011 on a host without emerge; SW1201 for an atom that Portage refuses. Its row has the cause. */
  readonly code: ErrorCode;
  /** One line, with the package that caused the failure. */
  readonly message: string;
  readonly hint: string;
  /** What emerge says about it, whole, without control characters. */
  readonly detail: string;
  /** category/name-version, where it is known. */
  readonly package?: string;
}

/** Reads the output of emerge. `exit` is its status, above 128 for a signal. What emerge says of itself decides; what a build prints
 *  does not, and no notice of something that went on all the same. */
export function explainEmergeFailure(exit: number, stdout: readonly string[], stderr: string): EmergeFailure {
  const lines = [...stdout, ...stderr.split('\n')].map(stripControls);
  const output = readEmergeOutput(exit, lines);
  const {
    code,
    message,
    hint,
    detail,
    package: culprit,
  } = output.build === undefined ? explainOwnWords(output) : explainBuild(output.build);
  return { code, message, hint, detail: formatDetail(detail), ...(culprit === undefined ? {} : { package: culprit }) };
}

/** No package failed: emerge did not start one, or it ended by itself. */
function explainOwnWords({ exit, own, lines }: EmergeOutput): FailureExplanation {
  if (exit === 127) {
    const program = lines.map((line) => /^\S+: \d+: (?:exec: )?([\w.+-]+): not found$/.exec(line)?.[1]).find((name) => name !== undefined);
    return { code: 'SW6011', message: `the host has no ${program ?? 'emerge'}`, hint: 'Run it on a host with Gentoo.', detail: lines };
  }
  return (
    (exit > 128 ? undefined : (brokenEbuild(own) ?? explainRefusal(own, lines))) ??
    brokenPortage(own) ??
    hostFault(own, '', /^!!! [^:]+:/) ??
    died(exit, lines) ?? {
      code: 'SW6003',
      message: `emerge ended with status ${exit}`,
      hint: 'For the whole log, run: swarm runs logs last',
      detail: lines.filter((line) => line.trim() !== '').slice(-8),
    }
  );
}

/** An ebuild that cannot be read at all. Another version of it that can be read may do, and then emerge does not fail for it. */
function brokenEbuild(own: readonly string[]): FailureExplanation | undefined {
  const refused = own.some((line) => /^!!! (?:All|The|Multiple|') |^emerge: |^\s*\* Error: |^The following /.test(line));
  if (refused && !own.some((line) => line.endsWith('(masked by: corruption)'))) return undefined;
  const found = findMatch(own, /^\s*\* ERROR: (\S+?)(?:::\S+)? failed \(depend phase\):$/);
  if (!found) return undefined;
  return {
    code: 'SW6003',
    message: `${found.match[1]} failed in phase depend: ${(own[found.at + 1] ?? '').replace(/^\s*\*\s*/, '')}`,
    hint: 'The ebuild is broken. Update the repositories of the drones: swarm run sync',
    detail: own,
    package: found.match[1],
  };
}

function died(exit: number, lines: readonly string[]): FailureExplanation | undefined {
  const trace = tracebacks(lines).at(-1);
  if (exit <= 128 && trace === undefined) return undefined;
  const signal = exit > 128 ? `emerge was killed by signal ${exit - 128}` : 'emerge itself failed';
  return {
    code: 'SW6010',
    message: trace === undefined ? signal : `${signal}: ${trace.at(-1)}`,
    hint: 'Check the host: it may have run out of memory (see dmesg), or somebody stopped emerge.',
    detail: trace ?? lines.filter((line) => line.trim() !== '').slice(-8),
  };
}

/** Enough for the longest explanation of emerge; what is over it is a list. */
const MAX_DETAIL_LINES = 400;

function formatDetail(detail: readonly string[]): string {
  return detail
    .slice(0, MAX_DETAIL_LINES)
    .map((line) => line.trimEnd().slice(0, 500))
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .replace(/^\n+|\n+$/g, '');
}
