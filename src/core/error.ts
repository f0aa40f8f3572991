import type { ErrorCode } from './error-codes.ts';
import { ModuleError } from './module-error.ts';
import { formatSourceFrame, type Span } from './span.ts';
import { systemError } from './system-error.ts';

export interface ErrorJson {
  /** A code of the tables in core/codes, or the own code of a project's module. */
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  readonly host?: string;
  readonly at?: Span;
  /** More than one line, for a reader who wants it: the first error of a log with its context, a stack. */
  readonly detail?: string;
}

export interface ErrorFields {
  readonly hint?: string | undefined;
  readonly host?: string | undefined;
  readonly at?: Span | undefined;
  readonly detail?: string | undefined;
  readonly cause?: unknown;
}

/** An error: what happened in one line, where, and how to correct it. The code is a row of core/codes. */
export class SwarmError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly host: string | undefined;
  readonly at: Span | undefined;
  readonly detail: string | undefined;

  constructor(code: ErrorCode, message: string, fields: ErrorFields = {}) {
    super(message, fields.cause === undefined ? undefined : { cause: fields.cause });
    this.name = 'SwarmError';
    this.code = code;
    this.hint = fields.hint;
    this.host = fields.host;
    this.at = fields.at;
    this.detail = fields.detail;
  }

  toJSON(): ErrorJson {
    return {
      code: this.code,
      message: this.message,
      ...(this.hint === undefined ? {} : { hint: this.hint }),
      ...(this.host === undefined ? {} : { host: this.host }),
      ...(this.at === undefined ? {} : { at: this.at }),
      ...(this.detail === undefined ? {} : { detail: this.detail }),
    };
  }
}

/** Every problem of every file at once; thrown before the first connection. */
export class ValidationError extends Error {
  readonly problems: readonly SwarmError[];

  constructor(problems: readonly SwarmError[]) {
    super(problems.map((problem) => problem.message).join('; '));
    this.name = 'Invalid';
    this.problems = problems;
  }
}

/** Anything thrown, as data. */
export function toErrorJson(thrown: unknown): ErrorJson {
  return thrown instanceof ModuleError ? thrown.toJSON() : toSwarmError(thrown).toJSON();
}

/** Anything thrown, as a SwarmError. An error of the operating system gets its code; any other error is a bug (SW5000). */
export function toSwarmError(thrown: unknown): SwarmError {
  if (thrown instanceof SwarmError) return thrown;
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const known = systemError(error);
  if (known !== undefined) return new SwarmError(known.code, known.message, { hint: known.hint, cause: error });
  return new SwarmError('SW5000', error.message, { detail: error.stack, hint: REPORT, cause: error });
}

/** An error with a file of this machine, as a SwarmError. `hint` replaces the hint of the errno. */
export function fileError(thrown: unknown, path: string, hint?: string): SwarmError {
  if (thrown instanceof SwarmError) return thrown;
  const known = systemError(thrown, path);
  if (known !== undefined) return new SwarmError(known.code, known.message, { hint: hint ?? known.hint, cause: thrown });
  return new SwarmError('SW5003', `${path}: ${thrown instanceof Error ? thrown.message : String(thrown)}`, { hint, cause: thrown });
}

const REPORT = 'This is a bug in swarm. Report it with the text above, and with the output of: swarm --version; SWARM_DEBUG=all swarm …';

/** The text of an error: what happened, where, the line of the file, how to correct it. */
export function formatError(error: ErrorJson): string {
  const where = error.host === undefined ? '' : `${error.host}: `;
  return [
    `error[${error.code}]: ${where}${error.message}`,
    ...(error.at === undefined ? [] : [formatSourceFrame(error.at)]),
    ...(error.detail === undefined ? [] : [error.detail]),
    ...(error.hint === undefined ? [] : [`hint: ${error.hint}`]),
  ].join('\n');
}

/** At most one suggestion: distance at most 2 and a third of the length (Damerau-Levenshtein, case folded). */
export function closestName(word: string, among: Iterable<string>): string | undefined {
  const limit = Math.min(2, Math.max(1, Math.floor(word.length / 3)));
  let best: { readonly name: string; readonly distance: number } | undefined;
  for (const name of among) {
    const distance = editDistance(word.toLowerCase(), name.toLowerCase());
    if (distance <= limit && (best === undefined || distance < best.distance)) best = { name, distance };
  }
  return best?.name;
}

function editDistance(a: string, b: string): number {
  const width = b.length + 1;
  const table = new Uint16Array((a.length + 1) * width);
  const at = (i: number, j: number): number => table[i * width + j] ?? 0;
  for (let i = 0; i <= a.length; i++) {
    for (let j = 0; j <= b.length; j++) {
      if (i === 0 || j === 0) {
        table[i * width + j] = i + j;
        continue;
      }
      const same = a[i - 1] === b[j - 1];
      let least = Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, at(i - 1, j - 1) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) least = Math.min(least, at(i - 2, j - 2) + 1);
      table[i * width + j] = least;
    }
  }
  return at(a.length, b.length);
}
