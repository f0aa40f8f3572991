import type { ErrorCode } from '../../core/error-codes.ts';
import type { FailureCause } from '../../core/event.ts';

/** What emerge wrote, without control characters. */
export interface EmergeOutput {
  readonly exit: number;
  /** Both streams, stdout first. */
  readonly lines: readonly string[];
  /** The package that emerge says it failed at. */
  readonly failed: string | undefined;
}

/** What one rule makes of it; `at` and `lines` tell which lines show it. */
export interface FailureExplanation {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string;
  readonly blame: FailureCause;
  readonly at: number;
  readonly lines?: number;
  readonly package?: string | undefined;
}

export type FailureRule = (output: EmergeOutput) => FailureExplanation | undefined;

/** Number of the first line of that shape. */
export function findLine(lines: readonly string[], shape: RegExp): number | undefined {
  const at = lines.findIndex((line) => shape.test(line));
  return at < 0 ? undefined : at;
}

/** The first line of that shape, taken apart. */
export function findMatch(lines: readonly string[], shape: RegExp): { readonly at: number; readonly match: RegExpExecArray } | undefined {
  for (const [at, line] of lines.entries()) {
    const match = shape.exec(line);
    if (match) return { at, match };
  }
  return undefined;
}

/** `>=rig-app/flagged-1.0 gui` to `rig-app/flagged-1.0`. */
export function findPackage(text: string | undefined): string | undefined {
  return text === undefined ? undefined : /[\w+.-]+\/[\w+.-]+/.exec(text)?.[0];
}
