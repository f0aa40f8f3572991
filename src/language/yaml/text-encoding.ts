import { SwarmError } from '../../core/error/swarm-error.ts';
import { createSourceText, type SourceText } from './source-document.ts';

/** The text of a file that a person writes. Throws SW1010 with the place where it is not UTF-8. */
export function decodeFile(bytes: Uint8Array, file: string): string {
  const text = Buffer.from(bytes).toString('utf8');
  const problem = findEncodingProblem(bytes, createSourceText(file, text));
  if (problem !== undefined) throw problem;
  return dropByteOrderMark(text);
}

/** The text without the mark that some editors write at the beginning of a file. */
export const dropByteOrderMark = (text: string): string => text.replace(/^\uFEFF/, '');

/** SW1010 for a file that is not UTF-8, or that has a NUL in it. The hint is the command that converts it. */
export function findEncodingProblem(input: string | Uint8Array, { file, text, span }: SourceText): SwarmError | undefined {
  const bytes = typeof input === 'string' ? Buffer.from(text) : alignMark(Buffer.from(input), text);
  const encoded = Buffer.from(text, 'utf8');
  const bad = encoded.equals(bytes) ? bytes.indexOf(0) : bytes.findIndex((byte, at) => encoded[at] !== byte);
  if (bad < 0) return findLoneReturns({ file, text, span });
  const offset = encoded.subarray(0, bad).toString('utf8').length;
  const wide = wideEncoding(bytes);
  const convert = (from: string): string => `Convert the file: iconv -f ${from} -t utf-8 ${file} > ${file}.new`;
  const byte = (bytes[bad] ?? 0).toString(16).toUpperCase().padStart(2, '0');
  const [message, hint] =
    wide !== undefined
      ? ['this file is UTF-16', convert(wide)]
      : bytes[bad] === 0
        ? [`this file has a NUL in it (at offset ${bad})`, `Remove it: tr -d '\\000' < ${file} > ${file}.new`]
        : [`this file is not UTF-8 (byte 0x${byte} at offset ${bad})`, convert('latin1')];
  return new SwarmError('SW1010', message, { at: span(offset, offset + 1), hint });
}

const MARK = Buffer.from('\uFEFF');

/** The bytes without a byte order mark, where the text has none: an offset means the same in both. */
const alignMark = (bytes: Buffer, text: string): Buffer =>
  text.startsWith('\uFEFF') || !bytes.subarray(0, MARK.length).equals(MARK) ? bytes : bytes.subarray(MARK.length);

/** Old Macs ended lines so. What reads the file would take it for one line, or an editor show another line than an error names. */
function findLoneReturns({ file, text, span }: Pick<SourceText, 'file' | 'text' | 'span'>): SwarmError | undefined {
  const at = text.includes('\n') ? -1 : text.search(/\r[^\r]/);
  return at < 0
    ? undefined
    : new SwarmError('SW1010', 'the lines of this file end with a carriage return alone', {
        at: span(0, 1),
        hint: `Convert the file: tr '\\r' '\\n' < ${file} > ${file}.new`,
      });
}

/** The name that iconv has for UTF-16: by its mark, or where every other byte of the beginning is NUL. */
function wideEncoding([first, second, third, fourth]: Uint8Array): string | undefined {
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) return 'utf-16';
  if (second === 0 && fourth === 0 && first !== 0) return 'utf-16le';
  return first === 0 && third === 0 && second !== 0 ? 'utf-16be' : undefined;
}
