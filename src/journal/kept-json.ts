import { dirname } from 'node:path';
import { fileError } from '../core/error/convert-error.ts';
import { SwarmError } from '../core/error/swarm-error.ts';
import { makeLocalFolder } from '../core/files/make-local-folder.ts';
import { readOptionalText } from '../core/files/read-local-file.ts';

/** A JSON file that says what must not be done. A missing file is empty; a damaged one is an error, never empty. */
export interface KeptJson<T> {
  readonly file: string;
  readonly empty: T;
  /** Undefined for a value that swarm did not write. */
  readonly parse: (value: unknown) => T | undefined;
  /** What the file keeps swarm from doing, and how it is repaired. */
  readonly hint: string;
}

/** What the file has. Throws SW5002 for a damaged one, SW50xx for one that cannot be read. */
export function readKeptJson<T>(kept: KeptJson<T>): T {
  const text = readOptionalText(kept.file);
  return text === undefined ? kept.empty : parseKept(kept, text);
}

/** Changes the file under a lock; nothing is written where nothing changes. Throws SW5002 for a damaged file, SW50xx. */
export async function updateKeptJson<T>(kept: KeptJson<T>, change: (stored: T) => T): Promise<void> {
  const found = readKeptJson(kept);
  if (JSON.stringify(change(found)) === JSON.stringify(found)) return;
  const { updateFile } = await import('../core/files/update-file.ts'); // most commands write no such file
  try {
    makeLocalFolder(dirname(kept.file), 0o700);
  } catch (error) {
    throw fileError(error, kept.file);
  }
  await updateFile(kept.file, (text) => `${JSON.stringify(change(text === undefined ? kept.empty : parseKept(kept, text)))}\n`, 0o600);
}

function parseKept<T>({ file, parse, hint }: KeptJson<T>, text: string): T {
  const value = parse(parseJson(text));
  if (value === undefined) throw new SwarmError('SW5002', `${file} is damaged`, { hint });
  return value;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
