import { PassThrough, Writable } from 'node:stream';

/** What a person would see of the bytes that a screen sends: places, clearing, both screens, the cursor. Anything else it notes as unknown. */
export function createEmulator(rows: number) {
  const normal: string[] = [];
  let cells: string[] = Array.from({ length: rows }, () => '');
  let row = 0;
  let alternate = false;
  let cursor = true;
  let bytes = 0;
  let rest = '';
  const other: string[] = [];
  const put = (text: string): void => {
    if (alternate) cells[row] = `${cells[row] ?? ''}${text}`;
    else normal.push(text);
  };
  const lineFeed = (): void => {
    if (row < cells.length - 1) row++;
    else cells = [...cells.slice(1), ''];
  };
  const sequence = (priv: string | undefined, args: string, final: string, text: string): void => {
    if (final === 'm') return;
    if (priv === '?') {
      if (args === '1049') alternate = final === 'h';
      if (args === '25') cursor = final === 'h';
    } else if (final === 'H') {
      row = args === '' ? 0 : Number(args.split(';')[0]) - 1;
      if (args !== '' && alternate) cells[row] = ''; // a line is always sent whole
    } else if (final === 'J') cells = cells.map(() => '');
    else if (final === 'A') row = Math.max(0, row - Number(args || 1));
    else if (final === 'E') lineFeed();
    else if (final === 'G' || (final === 'K' && args === '2')) cells[row] = '';
    else if (final !== 'K') other.push(`unknown ${JSON.stringify(text)}`);
  };
  return {
    take(data: string): void {
      bytes += data.length;
      const all = rest + data;
      // half a sequence waits for its other half
      rest = /\x1b(\[[?\d;]*|\][^\x07]*)?$/.exec(all)?.[0] ?? '';
      const text = all.slice(0, all.length - rest.length);
      for (const [found, priv, args = '', final, clip] of text.matchAll(
        /\x1b\[(\?)?([\d;]*)([A-Za-z])|\x1b\]52;c;([^\x07]*)\x07|\r|\n|[^\x1b\r\n]+/g,
      )) {
        if (clip !== undefined) other.push(`clipboard ${Buffer.from(clip, 'base64').toString()}`);
        else if (final !== undefined) sequence(priv, args, final, found);
        else if (found === '\n' && alternate) lineFeed();
        else if (found !== '\r') put(found);
      }
    },
    resize(height: number): void {
      cells = Array.from({ length: height }, (_, index) => cells[index] ?? '');
    },
    screen: () => cells.join('\n'),
    normal: () => normal.join(''),
    state: () => ({ alternate, cursor }),
    bytes: () => bytes,
    other,
    /** Resolves when what is visible has it. */
    async shows(wanted: string | RegExp): Promise<void> {
      for (;;) {
        const text = alternate ? cells.join('\n') : normal.join('');
        if (typeof wanted === 'string' ? text.includes(wanted) : wanted.test(text)) return;
        await new Promise((done) => setImmediate(done));
      }
    },
  };
}

/** The two streams of a terminal in this process, with an emulator behind. */
export function createTestTerminal(columns: number, rows: number) {
  const seen = createEmulator(rows);
  let raw = false;
  const out = Object.assign(
    new Writable({
      decodeStrings: false,
      write(chunk, _, done) {
        seen.take(String(chunk));
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
    ...seen,
    out,
    in: input,
    state: () => ({ ...seen.state(), raw }),
    resize(width: number, height: number) {
      Object.assign(out, { columns: width, rows: height });
      seen.resize(height);
      out.emit('resize');
    },
  };
}
