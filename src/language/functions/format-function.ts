import type { Json } from '../../core/json-value.ts';
import { declareFunction, FunctionFault, toText } from './language-function.ts';

const DIRECTIVE = /%(?:(%)|([-0+ ]*)(\d*)(?:\.(\d+))?([sdifxXo])|(.|$))/g;

/** `format("%02d:%s", 7, "x")`, with the directives of printf. */
export const formatFunction = declareFunction('format', {
  params: { text: 'text', values: 'any...' },
  does: 'the text with the values put in as `printf` does: %s, %d, %f, %x, %o, with a width such as %05d, and %%',
  example: [['%02d:%s', 7, 'x'], '07:x'],
  call({ text, values }) {
    let next = 0;
    const written = text.replace(DIRECTIVE, (whole, percent, flags = '', width = '', digits, letter = '', unknown) => {
      if (percent !== undefined) return '%';
      if (unknown !== undefined) throw new FunctionFault(`knows %s %d %f %x %o and %%, not ${whole}`);
      const value = values[next++];
      if (value === undefined) throw new FunctionFault(`needs a value for ${whole}`);
      return pad(writeValue(value, letter, digits === undefined ? undefined : Number(digits), flags), flags, Number(width), letter);
    });
    if (next < values.length) throw new FunctionFault(`has ${values.length} values for ${next}`);
    return written;
  },
});

function writeValue(value: Json, letter: string, digits: number | undefined, flags: string): string {
  if (letter === 's') return digits === undefined ? toText(value) : toText(value).slice(0, digits);
  if (typeof value !== 'number') throw new FunctionFault(`takes a number for %${letter}`);
  const sign = value < 0 ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '';
  const size = Math.abs(value);
  if (letter === 'f') return sign + size.toFixed(Math.min(digits ?? 6, 100));
  const base = { x: 16, X: 16, o: 8 }[letter] ?? 10;
  const text = Math.trunc(size)
    .toString(base)
    .padStart(Math.min(digits ?? 1, 1000), '0');
  return sign + (letter === 'X' ? text.toUpperCase() : text);
}

function pad(text: string, flags: string, width: number, letter: string): string {
  if (width > 10_000) throw new FunctionFault('takes a width of at most 10000');
  if (flags.includes('-')) return text.padEnd(width);
  if (!flags.includes('0') || letter === 's') return text.padStart(width);
  const sign = /^[-+ ]?/.exec(text)?.[0] ?? '';
  return sign + text.slice(sign.length).padStart(width - sign.length, '0');
}
