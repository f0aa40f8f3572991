import { PassThrough, Writable } from 'node:stream';

/** A terminal of the few things that a screen uses, to see what a person would see: places, clearing, both screens, the cursor. */
export function terminal(columns: number, rows: number) {
  const normal: string[] = [];
  let cells: string[] = Array.from({ length: rows }, () => '');
  let row = 0;
  let alternate = false;
  let cursor = true;
  let raw = false;
  let bytes = 0;
  const other: string[] = [];
  const take = (data: string): void => {
    bytes += data.length;
    const pattern = /\x1b\[(\?)?([\d;]*)([A-Za-z])|\x1b\]52;c;([^\x07]*)\x07|\n|[^\x1b\n]+/g;
    for (const [text, priv, args = '', final, clip] of data.matchAll(pattern)) {
      if (clip !== undefined) other.push(`clipboard ${Buffer.from(clip, 'base64').toString()}`);
      else if (final === 'm') continue;
      else if (priv === '?') {
        if (args === '1049') alternate = final === 'h';
        if (args === '25') cursor = final === 'h';
      } else if (final === 'H') row = args === '' ? 0 : Number(args.split(';')[0]) - 1;
      else if (final === 'J') cells = cells.map(() => '');
      else if (final === 'K') continue;
      else if (final !== undefined) other.push(`unknown ${JSON.stringify(text)}`);
      else if (alternate) cells[row] = text;
      else normal.push(text);
      if (final === 'H' && args !== '' && alternate) cells[row] = '';
    }
  };
  const out = Object.assign(
    new Writable({
      decodeStrings: false,
      write(chunk, _, done) {
        take(String(chunk));
        done();
      },
    }),
    { isTTY: true, columns, rows },
  );
  const input = Object.assign(new PassThrough(), {
    isTTY: true,
    setRawMode(on: boolean) {
      raw = on;
    },
  });
  return {
    out,
    in: input,
    screen: () => cells.join('\n'),
    normal: () => normal.join(''),
    state: () => ({ alternate, cursor, raw }),
    bytes: () => bytes,
    other,
    resize(width: number, height: number) {
      Object.assign(out, { columns: width, rows: height });
      cells = Array.from({ length: height }, (_, index) => cells[index] ?? '');
      out.emit('resize');
    },
    /** Resolves when the screen (or the normal one) shows it. */
    async shows(wanted: string | RegExp): Promise<void> {
      for (;;) {
        const text = alternate ? cells.join('\n') : normal.join('');
        if (typeof wanted === 'string' ? text.includes(wanted) : wanted.test(text)) return;
        await new Promise((done) => setImmediate(done));
      }
    },
  };
}
