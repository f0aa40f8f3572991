import type { Json } from '../json-value.ts';
import type { Span } from '../span.ts';
import { MAX_DETAIL, MAX_SENTENCE, shortenText } from './shorten-text.ts';
import type { ErrorJson } from './swarm-error.ts';

/** What a module adds to its error. */
export interface ModuleErrorFields {
  /** What to do about it, as a sentence. */
  readonly hint?: string | undefined;
  /** More than one line: the output of a command, the answer of an API. */
  readonly detail?: string | undefined;
  /** What `register` keeps and `failed_when` can use. */
  readonly result?: { readonly [key: string]: Json } | undefined;
  readonly at?: Span | undefined;
  readonly cause?: unknown;
}

/** A failure that a module of a project names itself, with a code of its own such as ACME01. The run ends with exit 2. */
export class ModuleError extends Error {
  readonly code: string;
  readonly hint: string | undefined;
  readonly detail: string | undefined;
  readonly result: { readonly [key: string]: Json } | undefined;
  readonly at: Span | undefined;

  constructor(code: string, message: string, fields: ModuleErrorFields = {}) {
    super(message, fields.cause === undefined ? undefined : { cause: fields.cause });
    this.name = 'ModuleError';
    this.code = /^SW\d/.test(code) ? 'SW6015' : code; // the codes of the table are not for modules
    this.hint = fields.hint;
    this.detail = fields.detail;
    this.result = fields.result;
    this.at = fields.at;
  }

  toJSON(): ErrorJson {
    const { code, message, hint, at, detail } = this;
    return {
      code,
      message: shortenText(message, MAX_SENTENCE),
      ...(hint === undefined ? {} : { hint: shortenText(hint, MAX_SENTENCE) }),
      ...(at === undefined ? {} : { at }),
      ...(detail === undefined ? {} : { detail: shortenText(detail, MAX_DETAIL) }),
    };
  }
}
