import { createHash, randomUUID } from 'node:crypto';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeLocalFolder } from './make-local-folder.ts';
import { readOptionalText } from './read-local-file.ts';

/** Writes a file that is not needed, only faster to read than what it was made of, with its checksum in the first line: a reader finds any
 *  damage. Does nothing, and leaves nothing, where the project cannot be written to or its disk is full. */
export function writeCheckedText(file: string, text: string): void {
  const part = `${file}.${randomUUID()}`;
  try {
    makeLocalFolder(dirname(file), 0o700);
    try {
      writeFileSync(part, `${checksum(text)}\n${text}`, { mode: 0o600 });
      renameSync(part, file);
    } catch {
      rmSync(part, { force: true });
    }
  } catch {
    // the next command makes it again
  }
}

/** The text of a file that `writeCheckedText` made. Undefined for a file that is missing, cannot be read, or is damaged. */
export function readCheckedText(file: string): string | undefined {
  try {
    const whole = readOptionalText(file) ?? '';
    const end = whole.indexOf('\n');
    const text = whole.slice(end + 1);
    return end > 0 && whole.slice(0, end) === checksum(text) ? text : undefined;
  } catch {
    return undefined;
  }
}

const checksum = (text: string): string => createHash('sha256').update(text).digest('hex');
