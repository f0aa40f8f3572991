import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileError } from '../core/error/convert-error.ts';
import { makeLocalFolder } from '../core/files/make-local-folder.ts';
import { readOptionalText } from '../core/files/read-local-file.ts';

/** Writes a JSON file completely or not at all. Throws SW50xx. */
export function writeJsonAtomic(file: string, value: unknown): void {
  // loaded when first needed: most commands write no such file
  const { sync } = createRequire(import.meta.url)('write-file-atomic') as typeof import('write-file-atomic');
  try {
    makeLocalFolder(dirname(file), 0o700);
    sync(file, `${JSON.stringify(value)}\n`, { mode: 0o600 });
  } catch (error) {
    throw fileError(error, file);
  }
}

/** What a JSON file has that only remembers, as `parse` makes it of the value. A missing or damaged file is `parse(undefined)`; for what
 *  must not be done, see `kept-json.ts`. */
export function readJsonFile<T>(file: string, parse: (value: unknown) => T): T {
  try {
    return parseJson(readOptionalText(file), parse);
  } catch {
    return parse(undefined);
  }
}

function parseJson<T>(text: string | undefined, parse: (value: unknown) => T): T {
  try {
    return parse(text === undefined ? undefined : JSON.parse(text));
  } catch {
    return parse(undefined); // damaged: what is kept here is learnt again
  }
}

/** Changes such a file, which other processes change too, under a lock; nothing is written where nothing changes. Throws SW50xx. */
export async function updateJsonFile<T>(file: string, parse: (value: unknown) => T, change: (stored: T) => T): Promise<void> {
  const found = readJsonFile(file, parse);
  if (JSON.stringify(change(found)) === JSON.stringify(found)) return;
  const { updateFile } = await import('../core/files/update-file.ts'); // most commands write no such file
  try {
    makeLocalFolder(dirname(file), 0o700);
  } catch (error) {
    throw fileError(error, file);
  }
  await updateFile(file, (text) => `${JSON.stringify(change(parseJson(text, parse)))}\n`, 0o600);
}
