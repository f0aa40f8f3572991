import type { RunEvent } from '../../core/event.ts';
import type { RunState } from '../../core/run-state.ts';
import { displayText } from '../text/display-text.ts';
import type { TerminalStyle } from '../text/terminal-style.ts';
import { handleKey } from './keys/key-bindings.ts';
import type { KeyEffect } from './keys/key-result.ts';
import type { Playback } from './model/playback.ts';
import { createScreenRecorder } from './model/screen-model.ts';
import { initialView, type ScreenAction, type ScreenView } from './model/screen-view.ts';
import { screenLines } from './pages/screen-lines.ts';
import type { TerminalOutput } from './terminal/alternate-screen.ts';
import { openTerminalRenderer, type TerminalRenderer } from './terminal/terminal-renderer.ts';

export type LeaveReason = 'detached' | 'quit' | 'finished';

/** What the caller can do; what it leaves out is not offered. */
export interface ScreenActions {
  cancelHost?(host: string): void;
  cancelRun?(): void;
  retry?(): void;
  pause?(): void;
  /** ^C, the first one: start nothing new. Without it ^C leaves at once. */
  interrupt?(): void;
  /** Quitting ends the run: ask before. */
  readonly quitStops?: boolean;
}

export interface RunScreenOptions {
  readonly out: TerminalOutput;
  readonly in: NodeJS.ReadableStream;
  readonly style: TerminalStyle;
  /** Every event so far and every one to come, with the state after it. */
  subscribe(listener: (event: RunEvent, state: RunState) => void): void;
  readonly actions?: ScreenActions;
  /** Of a replay: space pauses, + and - change its speed. */
  readonly playback?: Playback;
}

export interface RunScreen {
  /** Settles when the person leaves, or with `close`. */
  readonly left: Promise<LeaveReason>;
  /** Returns to the normal screen; resolves with how the screen was left. The caller prints the recap and the failures then. */
  close(): Promise<LeaveReason>;
}

/** The live screen of a run: the same for a run of this process, for `runs watch` and for a replay. */
export function openRunScreen(options: RunScreenOptions): RunScreen {
  const { out, actions = {}, playback } = options;
  const recorder = createScreenRecorder(options.style, playback?.now);
  const capabilities = listCapabilities(actions, playback);
  const stream = createLineStream(out, recorder);
  let view: ScreenView = initialView;
  let interrupts = 0;
  let leaveReason: LeaveReason | undefined;
  let renderer: TerminalRenderer | undefined;
  let resolve: (left: LeaveReason) => void = () => {};
  const left = new Promise<LeaveReason>((done) => {
    resolve = done;
  });

  const leave = (reason: LeaveReason): void => {
    if (leaveReason !== undefined) return;
    leaveReason = reason;
    renderer?.close();
    for (const signal of LEAVE_SIGNALS) process.off(signal, hangUp);
    resolve(reason);
  };
  // the terminal is gone, or this process must end: the run goes on without the screen
  const hangUp = (signal: NodeJS.Signals): void => {
    leave('detached');
    if (signal === 'SIGTERM' && process.listenerCount(signal) === 0) process.kill(process.pid, signal);
  };
  const applyEffect = (effect: KeyEffect, opened: TerminalRenderer): void => {
    if (effect.type === 'leave') leave(effect.how);
    else if (effect.type === 'stream') stream.toggle(opened);
    else if (effect.type === 'redraw') opened.repaint();
    else if (effect.type === 'copy') opened.send(`\x1b]52;c;${Buffer.from(effect.text).toString('base64')}\x07`);
    else if (effect.type === 'playback') playback?.[effect.how]();
    else if (effect.type === 'act') {
      performAction(effect.act, actions);
      if (effect.act.type === 'retry') leave('quit'); // the resumed run opens its own screen
    } else {
      interrupts++;
      if (actions.interrupt === undefined || interrupts > 1) leave('detached');
      else {
        actions.interrupt();
        view = { ...view, notice: displayText`no new work starts; ^C again leaves, jobs continue` };
      }
    }
  };

  const opened = openTerminalRenderer(
    out,
    options.in,
    options.style,
    (style) => screenLines(recorder.model(), view, style, capabilities, playback?.speed()),
    (key) => {
      if (stream.isOn && !['s', 'q', 'd'].includes(key.text) && key.name !== '^c') return;
      const size = { ...options.style, columns: out.columns ?? options.style.columns, rows: out.rows ?? options.style.rows };
      const pressed = handleKey(view, key, recorder.model(), size, capabilities);
      view = pressed.view;
      if (pressed.effect !== undefined) applyEffect(pressed.effect, opened);
      if (leaveReason === undefined && !stream.isOn) opened.drawNow();
    },
  );
  renderer = opened;
  for (const signal of LEAVE_SIGNALS) process.on(signal, hangUp);
  options.subscribe((event, state) => {
    if (leaveReason !== undefined) return;
    recorder.record(event, state);
    if (event.type === 'run.finished' && state.errors.length > 0 && view.page === 'run')
      view = { ...view, page: 'failures', previousPage: 'run', failure: 0 };
    if (stream.isOn) stream.flush();
    else opened.requestDraw();
  });
  return {
    left,
    close() {
      leave('finished');
      return left;
    },
  };
}

const listCapabilities = (actions: ScreenActions, playback: Playback | undefined) => ({
  cancelHost: actions.cancelHost !== undefined,
  cancelRun: actions.cancelRun !== undefined,
  retry: actions.retry !== undefined,
  pause: actions.pause !== undefined,
  quit: actions.quitStops === true,
  playback: playback !== undefined,
});

/** The lines of the run in place of the screen, while a person wants them. */
function createLineStream(out: TerminalOutput, recorder: Pick<ReturnType<typeof createScreenRecorder>, 'takeLines'>) {
  let isOn = false;
  const flush = (): void => {
    const { missed, lines } = recorder.takeLines();
    const before = missed === 0 ? '' : `… ${missed} earlier lines are left out; swarm runs logs shows them\n`;
    if (before !== '' || lines.length > 0) out.write(before + lines.map((line) => `${line}\n`).join(''));
  };
  return {
    get isOn() {
      return isOn;
    },
    flush,
    toggle(renderer: TerminalRenderer): void {
      isOn = !isOn;
      if (!isOn) {
        renderer.resume();
        return;
      }
      renderer.suspend();
      flush();
      out.write('-- stream of the run; s: back to the screen, q: leave --\n');
    },
  };
}

const LEAVE_SIGNALS = ['SIGHUP', 'SIGTERM'] as const;

function performAction(action: ScreenAction, actions: ScreenActions): void {
  if (action.type === 'cancelHost') actions.cancelHost?.(action.host);
  else if (action.type === 'cancelRun') actions.cancelRun?.();
  else if (action.type === 'retry') actions.retry?.();
  else if (action.type === 'pause') actions.pause?.();
}
