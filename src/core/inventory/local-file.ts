import type { Span } from '../span.ts';

/** A file of this machine that an inventory names and that must be there. */
export interface LocalFile {
  readonly kind: 'key' | 'secret' | 'program';
  /** Absolute; of a program it may be a word, which is searched on PATH. */
  readonly path: string;
  readonly at: Span;
}
