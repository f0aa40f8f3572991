import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileError } from '../core/error/convert-error.ts';

/** Writes a JSON file completely or not at all. Throws SW50xx. */
export function writeJsonAtomic(file: string, value: unknown): void {
  // loaded when first needed: most commands write no such file
  const { sync } = createRequire(import.meta.url)('write-file-atomic') as typeof import('write-file-atomic');
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    sync(file, `${JSON.stringify(value)}\n`, { mode: 0o600 });
  } catch (error) {
    throw fileError(error, file);
  }
}
