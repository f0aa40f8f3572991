import { type Instance, render } from 'ink';
import type { ReactElement } from 'react';
import { ENTER_SCREEN, LEAVE_SCREEN, type TerminalInput, type TerminalOutput } from './alternate-screen.ts';

export interface ScreenSize {
  readonly columns: number;
  readonly rows: number;
}

/** A screen of Ink components. */
export interface InkScreen {
  /** Draws again what has changed. */
  draw(): void;
  close(): void;
}

const RESIZE_MS = 50; // a window that is dragged reports many sizes

/** Opens the alternate screen and lets Ink draw `content` there. Closing leaves the terminal as it was. */
export function openInkScreen(out: TerminalOutput, input: TerminalInput, content: (size: ScreenSize) => ReactElement): InkScreen {
  let closed = false;
  let timer: NodeJS.Timeout | undefined;
  const stdout = withoutHeight(out);
  const start = (): Instance => {
    out.write(ENTER_SCREEN);
    const ink = render(content(frameSize(out)), {
      stdout,
      stdin: input as NodeJS.ReadStream,
      exitOnCtrlC: false,
      patchConsole: false,
    });
    input.resume(); // Ink does not start a keyboard again that another reader has paused
    return ink;
  };
  const restart = (): void => {
    app.unmount(); // Ink would draw over what is left of the old frame
    app = start();
  };
  const onResize = (): void => {
    clearTimeout(timer);
    timer = setTimeout(restart, RESIZE_MS);
  };
  const close = (): void => {
    if (closed) return;
    closed = true;
    clearTimeout(timer);
    out.off('resize', onResize);
    process.off('exit', close);
    app.unmount();
    out.write(LEAVE_SCREEN);
    setImmediate(() => releaseInput(input));
  };
  let app = start();
  out.on('error', () => {}); // the terminal may go away
  out.on('resize', onResize);
  process.on('exit', close); // however the process ends, the terminal gets its cursor and its screen back
  return { draw: () => app.rerender(content(frameSize(out))), close };
}

/** Leaves the keyboard as it was. Ink takes it out of the event loop, so that the next reader would not keep the process alive, and when
 *  Ink stops reading, a stream that readline has read before starts to flow again. */
function releaseInput(input: TerminalInput): void {
  input.ref?.();
  input.pause();
}

/** The size of a frame. Ink ends it with a line feed, so the last row of the window stays empty. */
const frameSize = ({ columns = 80, rows = 24 }: TerminalOutput): ScreenSize => ({ columns, rows: Math.max(1, rows - 1) });

/** The same stream without its height. Ink 6 clears the screen and the scrollback before each frame that fills the window. */
function withoutHeight(out: TerminalOutput): NodeJS.WriteStream {
  const stream = new Proxy(out, {
    get(target, key) {
      if (key === 'rows') return undefined;
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  return stream as NodeJS.WriteStream;
}
