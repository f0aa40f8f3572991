import type { ErrorCode } from '../error-codes.ts';
import type { Span } from '../span.ts';
import type { Lack } from './lack.ts';
import { MAX_DETAIL, MAX_SENTENCE, shortenText } from './shorten-text.ts';

/** An error as the journal and JSON have it. */
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

/** What an error has beside its code and its message. */
export interface ErrorFields {
  readonly hint?: string | undefined;
  readonly host?: string | undefined;
  readonly at?: Span | undefined;
  readonly detail?: string | undefined;
  readonly cause?: unknown;
  /** What the host lacks, so that a dry run knows which earlier task may supply it. It is in no journal. */
  readonly lacks?: Lack | undefined;
}

/** An error: what happened in one line, where, and how to correct it. The code is a row of core/codes. */
export class SwarmError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly host: string | undefined;
  readonly at: Span | undefined;
  readonly detail: string | undefined;
  readonly lacks: Lack | undefined;

  constructor(code: ErrorCode, message: string, fields: ErrorFields = {}) {
    super(message, fields.cause === undefined ? undefined : { cause: fields.cause });
    this.name = 'SwarmError';
    this.code = code;
    this.hint = fields.hint;
    this.host = fields.host;
    this.at = fields.at;
    this.detail = fields.detail;
    this.lacks = fields.lacks;
  }

  /** The same error, with what is given in place of its own. */
  with({ message = this.message, ...fields }: ErrorFields & { readonly message?: string }): SwarmError {
    const { code, hint, host, at, detail, cause, lacks } = this;
    return new SwarmError(code, message, { hint, host, at, detail, cause, lacks, ...fields });
  }

  toJSON(): ErrorJson {
    return {
      code: this.code,
      message: shortenText(this.message, MAX_SENTENCE),
      ...(this.hint === undefined ? {} : { hint: shortenText(this.hint, MAX_SENTENCE) }),
      ...(this.host === undefined ? {} : { host: this.host }),
      ...(this.at === undefined ? {} : { at: this.at }),
      ...(this.detail === undefined ? {} : { detail: shortenText(this.detail, MAX_DETAIL) }),
    };
  }
}

/** Every problem of every file at once; thrown before the first connection. */
export class ValidationError extends Error {
  readonly problems: readonly SwarmError[];

  constructor(problems: readonly SwarmError[]) {
    const causes = dropTypesOfWrongNumbers(problems);
    super(causes.map((problem) => problem.message).join('; '));
    this.name = 'Invalid';
    this.problems = causes;
  }
}

/** A number that cannot be kept is one problem: that its key takes a number follows from it. */
function dropTypesOfWrongNumbers(problems: readonly SwarmError[]): readonly SwarmError[] {
  const place = ({ at }: SwarmError): string => `${at?.file}:${at?.line}:${at?.column}`;
  const numbers = new Set(problems.filter(({ code }) => code === 'SW1011').map(place));
  return numbers.size === 0 ? problems : problems.filter((problem) => problem.code === 'SW1011' || !numbers.has(place(problem)));
}
