import { readFileSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileError } from '../error/convert-error.ts';
import { SwarmError } from '../error/swarm-error.ts';
import { errnoOf } from '../error/system-error.ts';

/** What a shell makes for `<(command)`: somebody writes into it, and it ends. */
const GIVEN_BY_SHELL = /^\/dev\/(?:fd\/\d+|stdin|null)$|^\/proc\/(?:self|\d+)\/fd\/\d+$/;

/** The bytes of a file that a person wrote or named. Throws SW50xx, with `hint` in place of the hint of that error, and SW5003 for a
 *  named pipe, a device or a socket, which may never end. */
export async function readLocalFile(file: string, hint?: string): Promise<Buffer> {
  assertHasEnd(file);
  return readFile(file).catch((error: unknown) => {
    throw fileError(error, file, hint);
  });
}

/** The same without waiting. */
export function readLocalFileSync(file: string): Buffer {
  assertHasEnd(file);
  try {
    return readFileSync(file);
  } catch (error) {
    throw fileError(error, file);
  }
}

/** The same as text. */
export const readLocalText = (file: string): string => readLocalFileSync(file).toString('utf8');

/** The text of a file; undefined where there is none. Throws as `readLocalFileSync`. */
export function readOptionalText(file: string): string | undefined {
  assertHasEnd(file);
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw fileError(error, file);
  }
}

/** The bytes of a file; undefined where there is none. Throws as `readLocalFile`. */
export async function readOptionalFile(file: string): Promise<Buffer | undefined> {
  assertHasEnd(file);
  return readFile(file).catch((error: unknown) => {
    if (['ENOENT', 'ENOTDIR'].includes(errnoOf(error) ?? '')) return undefined;
    throw fileError(error, file);
  });
}

/** Throws SW5003 for a named pipe, a device or a socket: to read it may never end. For what is not there it throws nothing. */
export function assertHasEnd(file: string): void {
  if (GIVEN_BY_SHELL.test(file)) return;
  const stat = statSync(file, { throwIfNoEntry: false });
  if (stat === undefined || stat.isFile() || stat.isDirectory()) return;
  const kind = stat.isFIFO() ? 'a named pipe' : stat.isSocket() ? 'a socket' : 'a device';
  throw new SwarmError('SW5003', `${file} is ${kind}, not a file`, { hint: 'Name a file, or put one in its place.' });
}
