import type { ErrorCode } from '../../core/error-codes.ts';

/** Why emerge failed. The code decides the cause, and so whether another host is tried. */
export interface FailureExplanation {
  readonly code: ErrorCode;
  /** One line, with the package that caused the failure. */
  readonly message: string;
  readonly hint: string;
  /** What emerge says about it, whole. */
  readonly detail: readonly string[];
  /** category/name-version, where it is known. */
  readonly package?: string | undefined;
}

/** The lines from the first that matches to the end of the text; all of them where none matches. */
export function linesFrom(lines: readonly string[], pattern: RegExp): readonly string[] {
  return lines.slice(findLine(lines, pattern) ?? 0);
}

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

/** category/name of category/name-version. */
export const nameOf = (cpv: string): string => cpv.replace(/-\d[^-/]*(?:-r\d+)?$/, '');

/** The package for which emerge needs another one, from the first `(dependency required by ...)`. */
export function findParent(lines: readonly string[]): string | undefined {
  return findMatch(lines, /^\(dependency required by "([^":[\]]+?)(?:::[^"]+)?" \[(?:ebuild|binary|installed)\]\)/)?.match[1];
}
