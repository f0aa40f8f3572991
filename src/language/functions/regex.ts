import { createRequire } from 'node:module';
import type { RE2JS } from 're2js';
import { FunctionFault } from './language-function.ts';

const MAX_PATTERN = 4096;
const MAX_SUBJECT = 4 * 1024 * 1024;
const MAX_CACHED = 200;
const cache = new Map<string, RE2JS>();

/** A pattern of RE2, whose time grows with the text alone, whatever the pattern. The library is loaded with the first one. */
export function compilePattern(pattern: string, subject: string): RE2JS {
  if (subject.length > MAX_SUBJECT) throw new FunctionFault('takes a text of at most 4 MiB');
  const cached = cache.get(pattern);
  if (cached !== undefined) return cached;
  if (pattern.length > MAX_PATTERN) throw new FunctionFault(`takes a pattern of at most ${MAX_PATTERN} characters`);
  const require = createRequire(import.meta.url);
  const { RE2JS: Re2 } = require('re2js') as typeof import('re2js');
  try {
    const compiled = Re2.compile(pattern);
    if (cache.size >= MAX_CACHED) cache.clear();
    cache.set(pattern, compiled);
    return compiled;
  } catch (thrown) {
    throw new FunctionFault(
      `takes a pattern of RE2: ${(thrown as Error).message.replace(/^error parsing regexp: /, '')}`,
      findPatternHint(pattern),
    );
  }
}

function findPatternHint(pattern: string): string | undefined {
  if (/\(\?<?[=!]/.test(pattern)) return 'Write the pattern without (?=, (?!, (?<= and (?<!: RE2 does not have them.';
  if (/\\[1-9]/.test(pattern)) return 'Write the pattern without \\1: RE2 does not have it.';
  return undefined;
}
