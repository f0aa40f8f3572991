import { createHash } from 'node:crypto';
import { readOptionalText } from './read-local-file.ts';

/** A text with its own checksum in the first line, so that a reader finds any damage. */
export const formatCheckedText = (text: string): string => `${checksum(text)}\n${text}`;

/** The text of a file that `formatCheckedText` made. Undefined for a file that is missing, cannot be read, or is damaged. */
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
