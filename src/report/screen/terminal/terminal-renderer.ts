import { renderLine, type StyledLine } from '../../text/styled-line.ts';
import { detectTerminalStyle, type TerminalStyle } from '../../text/terminal-style.ts';
import { ENTER_SCREEN, LEAVE_SCREEN, type TerminalOutput } from './alternate-screen.ts';
import { type KeyPress, readKeys } from './read-keys.ts';

/** A full screen that is drawn again on request, at most ten times a second. It leaves the terminal as it found it. */
export interface TerminalRenderer {
  /** Something may have changed: draws within 100 ms. */
  requestDraw(): void;
  /** A key was pressed: draws at once. */
  drawNow(): void;
  /** Clears the screen and draws every line. */
  repaint(): void;
  /** Returns to the normal screen; keys still come. */
  suspend(): void;
  /** Returns from the normal screen. */
  resume(): void;
  /** Sends bytes to the terminal itself, not to the screen (the clipboard). */
  send(bytes: string): void;
  close(): void;
}

const FRAME_MS = 100;
const CLOCK_MS = 1000;

/** Opens the alternate screen. `lines` returns the lines for the present size of the terminal. Only lines that differ from the last
 *  frame are sent, each to its own row: docs/adr/0009-the-run-screen-writes-its-own-lines.md says why Ink does not do this. */
export function openTerminalRenderer(
  out: TerminalOutput,
  input: Parameters<typeof readKeys>[0],
  style: TerminalStyle,
  lines: (style: TerminalStyle) => readonly StyledLine[],
  onKey: (key: KeyPress) => void,
): TerminalRenderer {
  let open = false;
  let closed = false;
  let shown: readonly string[] = [];
  let timer: NodeJS.Timeout | undefined;
  let lastFrame = 0;
  const draw = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (!open) return;
    lastFrame = Math.max(lastFrame + FRAME_MS, performance.now() - FRAME_MS / 2); // a late frame is followed earlier: ten a second on average
    const now = { ...style, ...sizeOf(out, style) };
    const next = lines(now).map((line) => renderLine(line, now));
    const bytes = changedRows(shown, next);
    shown = next;
    if (bytes !== '') out.write(`${BEGIN_UPDATE}${bytes}${END_UPDATE}`);
  };
  const resume = (): void => {
    open = true;
    shown = [];
    out.write(ENTER_SCREEN + WRAP_OFF);
    draw();
  };
  const suspend = (): void => {
    if (!open) return;
    open = false;
    out.write(WRAP_ON + LEAVE_SCREEN);
  };
  const repaint = (): void => {
    if (!open) return;
    shown = [];
    out.write('\x1b[0m\x1b[2J');
    draw();
  };
  const requestDraw = (): void => {
    timer ??= setTimeout(draw, Math.max(0, FRAME_MS - (performance.now() - lastFrame)));
  };
  const close = (): void => {
    if (closed) return;
    closed = true;
    clearTimeout(timer);
    clearInterval(clock);
    out.off('resize', repaint);
    process.off('exit', suspend);
    stopKeys();
    suspend();
  };
  const stopKeys = readKeys(input, onKey);
  const clock = setInterval(requestDraw, CLOCK_MS);
  out.on('error', () => {}); // the terminal may go away while the run goes on
  out.on('resize', repaint);
  process.on('exit', suspend); // however the process ends, the terminal gets its cursor and its screen back
  resume();
  return { requestDraw, drawNow: draw, repaint, suspend, resume, send: (bytes) => void out.write(bytes), close };
}

// a terminal that takes a character for wider than we do cuts the line instead of breaking the rows below
const WRAP_OFF = '\x1b[?7l';
const WRAP_ON = '\x1b[?7h';

// a terminal that knows synchronized output shows everything between these two at once
const BEGIN_UPDATE = '\x1b[?2026h';
const END_UPDATE = '\x1b[?2026l';

/** The rows that differ, each with the escape sequence that moves to it. */
function changedRows(before: readonly string[], next: readonly string[]): string {
  let bytes = '';
  for (let row = 0; row < Math.max(before.length, next.length); row++) {
    if (next[row] !== before[row]) bytes += `\x1b[${row + 1};1H\x1b[K${next[row] ?? ''}\x1b[0m`;
  }
  return bytes;
}

function sizeOf(out: TerminalOutput, { columns, rows }: TerminalStyle): { readonly columns: number; readonly rows: number } {
  if (out.isTTY !== true) return { columns, rows };
  const now = detectTerminalStyle(out, {});
  return { columns: now.columns, rows: now.rows };
}
