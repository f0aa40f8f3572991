import { Writable } from 'node:stream';
import { render } from 'ink';
import { renderLine, type StyledLine } from '../../text/styled-line.ts';
import { detectTerminalStyle, type TerminalStyle } from '../../text/terminal-style.ts';
import { type KeyPress, readKeys } from './read-keys.ts';
import { createRowTokens } from './row-tokens.ts';
import { ScreenFrame } from './screen-frame.tsx';

export type TerminalOutput = NodeJS.WritableStream & {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
};

/** A full screen that is drawn again when asked, at most ten times a second, and leaves the terminal as it was. */
export interface TerminalRenderer {
  /** Something may have changed. */
  requestDraw(): void;
  /** A key was pressed: draws at once. */
  drawNow(): void;
  /** Everything anew. */
  repaint(): void;
  /** To the normal screen; keys still come. */
  suspend(): void;
  resume(): void;
  /** Bytes for the terminal itself, not for the screen (the clipboard). */
  send(bytes: string): void;
  close(): void;
}

const FRAME_MS = 100;
const CLOCK_MS = 1000;
const ENTER_SCREEN = '\x1b[?1049h\x1b[?25l\x1b[2J\x1b[H';
const LEAVE_SCREEN = '\x1b[0m\x1b[?25h\x1b[?1049l';

/** Opens it. `lines` draws for a look of the terminal's present size. */
export function openTerminalRenderer(
  out: TerminalOutput,
  input: Parameters<typeof readKeys>[0],
  style: TerminalStyle,
  lines: (look: TerminalStyle) => readonly StyledLine[],
  onKey: (key: KeyPress) => void,
): TerminalRenderer {
  let open = false;
  let closed = false;
  let shown: readonly string[] = [];
  let timer: NodeJS.Timeout | undefined;
  let drawn = 0;
  const size = (): TerminalStyle => {
    const { columns, rows } = detectTerminalStyle(out, {});
    return out.isTTY === true ? { ...style, columns, rows } : style;
  };
  const rows = createRowTokens();
  // Ink hands over a whole frame at a time; only the lines that differ go to the terminal, each to its own place.
  const frameStream = new Writable({
    decodeStrings: false,
    write(frame: string, _, done) {
      if (open) writeRows(rows.text(String(frame)));
      done();
    },
  });
  Object.defineProperties(frameStream, { columns: { get: () => size().columns }, rows: { get: () => size().rows } });
  const writeRows = (next: readonly string[]): void => {
    const most = Math.max(shown.length, next.length);
    let bytes = '';
    for (let row = 0; row < most; row++) {
      if (next[row] !== shown[row]) bytes += `\x1b[${row + 1};1H${next[row] ?? ''}\x1b[0m\x1b[K`;
    }
    shown = next;
    if (bytes !== '') out.write(`\x1b[?2026h${bytes}\x1b[?2026l`); // shown at once where the terminal knows how
  };
  const drawLines = (): readonly string[] => {
    const now = size();
    return lines(now).map((line) => renderLine(line, now));
  };
  const app = render(<ScreenFrame rows={[]} />, {
    stdout: frameStream as unknown as NodeJS.WriteStream,
    stdin: input as unknown as NodeJS.ReadStream,
    debug: true, // every frame whole, at once; the pace and the terminal are ours
    exitOnCtrlC: false,
    patchConsole: false,
  });
  const paint = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (!open) return;
    drawn = Math.max(drawn + FRAME_MS, performance.now() - FRAME_MS / 2); // late ones are made up for: ten a second on average
    app.rerender(<ScreenFrame rows={rows.name(drawLines())} />);
  };
  const enter = (): void => {
    open = true;
    shown = [];
    out.write(ENTER_SCREEN);
    paint();
  };
  const leave = (): void => {
    if (!open) return;
    open = false;
    out.write(LEAVE_SCREEN);
  };
  const repaint = (): void => {
    if (!open) return;
    shown = [];
    out.write('\x1b[0m\x1b[2J');
    paint();
  };
  const stopKeys = readKeys(input, onKey);
  const clock = setInterval(() => stage.requestDraw(), CLOCK_MS);
  const stage: TerminalRenderer = {
    requestDraw() {
      timer ??= setTimeout(paint, Math.max(0, FRAME_MS - (performance.now() - drawn)));
    },
    drawNow: paint,
    repaint,
    suspend: leave,
    resume: enter,
    send: (bytes) => void out.write(bytes),
    close() {
      if (closed) return;
      closed = true;
      clearTimeout(timer);
      clearInterval(clock);
      out.off('resize', repaint);
      process.off('exit', leave);
      stopKeys();
      leave();
      app.unmount();
    },
  };
  out.on('error', () => {}); // a terminal that went away is no reason to fall
  out.on('resize', repaint);
  process.on('exit', leave); // whatever ends the process, the terminal gets its cursor and its screen back
  enter();
  return stage;
}
