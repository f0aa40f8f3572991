/** The stream of a terminal: its size changes while the program runs. */
export type TerminalOutput = NodeJS.WritableStream & {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
};

/** The keyboard of a terminal. */
export type TerminalInput = NodeJS.ReadableStream & { ref?(): unknown };

/** Opens the alternate screen, so that the scrollback stays as it is, and hides the cursor. */
export const ENTER_SCREEN = '\x1b[?1049h\x1b[?25l\x1b[0m\x1b[2J\x1b[H';

/** Undoes it. */
export const LEAVE_SCREEN = '\x1b[0m\x1b[?25h\x1b[?1049l';
