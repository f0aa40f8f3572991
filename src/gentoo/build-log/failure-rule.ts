import type { ErrorCode } from '../../core/error-codes.ts';
import type { FailureCause } from '../../core/event.ts';

/** The output of emerge, without control characters. */
export interface EmergeOutput {
  readonly exit: number;
  /** Both streams, stdout first. */
  readonly lines: readonly string[];
  /** The package at which emerge failed, if it names one. */
  readonly failed: string | undefined;
}

/** What a rule found. `at` and `lines` are the lines that show it. */
export interface FailureExplanation {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string;
  readonly blame: FailureCause;
  readonly at: number;
  readonly lines?: number;
  readonly package?: string | undefined;
}

/** Recognizes one cause of failure. */
export type FailureRule = (output: EmergeOutput) => FailureExplanation | undefined;

/** The number of the first line that matches. */
export function findLine(lines: readonly string[], pattern: RegExp): number | undefined {
  const at = lines.findIndex((line) => pattern.test(line));
  return at < 0 ? undefined : at;
}

/** The first line that matches, with its groups. */
export function findMatch(lines: readonly string[], pattern: RegExp): { readonly at: number; readonly match: RegExpExecArray } | undefined {
  for (const [at, line] of lines.entries()) {
    const match = pattern.exec(line);
    if (match) return { at, match };
  }
  return undefined;
}

/** The package in a text: `rig-app/flagged-1.0` in `>=rig-app/flagged-1.0 gui`. */
export function findPackage(text: string | undefined): string | undefined {
  return text === undefined ? undefined : /[\w+.-]+\/[\w+.-]+/.exec(text)?.[0];
}
