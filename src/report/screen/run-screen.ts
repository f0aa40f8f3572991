import './terminal/react-production.ts'; // before anything that leads to Ink
import './terminal/v8-heap.ts';
import type { RunEvent } from '../../core/event.ts';
import type { RunState } from '../../core/run-state.ts';
import { show } from '../text/display-text.ts';
import type { Look } from '../text/terminal-style.ts';
import { type Effect, press } from './key-bindings.ts';
import type { Playback } from './model/playback.ts';
import { watch } from './model/screen-model.ts';
import { type Act, firstView, type View } from './model/screen-view.ts';
import { screenLines } from './pages/screen-lines.ts';
import { openStage, type Stage, type Terminal } from './terminal/terminal-renderer.tsx';

export type Left = 'detached' | 'quit' | 'finished';

/** What the caller can do; what it leaves out is not offered. */
export interface Actions {
  cancelHost?(host: string): void;
  cancelRun?(): void;
  retry?(): void;
  pause?(): void;
  /** ^C, the first one: start nothing new. Without it ^C leaves at once. */
  interrupt?(): void;
  /** Quitting ends the run: ask before. */
  readonly quitStops?: boolean;
}

export interface ScreenOptions {
  readonly out: Terminal;
  readonly in: NodeJS.ReadableStream;
  readonly look: Look;
  /** Every event so far and every one to come, with the state after it. */
  subscribe(listener: (event: RunEvent, state: RunState) => void): void;
  readonly actions?: Actions;
  /** Of a replay: space rests, + and - change its speed. */
  readonly playback?: Playback;
}

export interface RunScreen {
  /** Settles when the person leaves, or with `close`. */
  readonly left: Promise<Left>;
  /** Back to the normal screen; tells how it was left. The recap and the failures are for the caller to print then. */
  close(): Promise<Left>;
}

/** The live screen of a run: the same for a run of this process, for `runs watch` and for a replay. */
export function runScreen(options: ScreenOptions): RunScreen {
  const { out, actions = {}, playback } = options;
  const story = watch(options.look, playback?.now);
  const can = {
    cancelHost: actions.cancelHost !== undefined,
    cancelRun: actions.cancelRun !== undefined,
    retry: actions.retry !== undefined,
    pause: actions.pause !== undefined,
    quit: actions.quitStops === true,
    playback: playback !== undefined,
  };
  let view: View = firstView;
  let streaming = false;
  let interrupts = 0;
  let how: Left | undefined;
  let stage: Stage | undefined;
  let resolve: (left: Left) => void = () => {};
  const left = new Promise<Left>((done) => {
    resolve = done;
  });

  const leave = (reason: Left): void => {
    if (how !== undefined) return;
    how = reason;
    stage?.close();
    for (const signal of SIGNALS) process.off(signal, hangUp);
    resolve(reason);
  };
  // the terminal is gone, or we are told to end: the run is not the screen's
  const hangUp = (signal: NodeJS.Signals): void => {
    leave('detached');
    if (signal === 'SIGTERM' && process.listenerCount(signal) === 0) process.kill(process.pid, signal);
  };
  const flush = (): void => {
    const { missed, lines } = story.stream();
    const before = missed === 0 ? '' : `… ${missed} lines before; swarm runs logs has them\n`;
    if (before !== '' || lines.length > 0) out.write(before + lines.map((line) => `${line}\n`).join(''));
  };
  const toggleStream = (): void => {
    streaming = !streaming;
    if (!streaming) {
      stage?.resume();
      return;
    }
    stage?.suspend();
    flush();
    out.write('-- stream of the run; s: back to the screen, q: leave --\n');
  };
  const perform = (effect: Effect, opened: Stage): void => {
    if (effect.type === 'leave') leave(effect.how);
    else if (effect.type === 'stream') toggleStream();
    else if (effect.type === 'redraw') opened.repaint();
    else if (effect.type === 'copy') opened.send(`\x1b]52;c;${Buffer.from(effect.text).toString('base64')}\x07`);
    else if (effect.type === 'playback') playback?.[effect.how]();
    else if (effect.type === 'act') {
      act(effect.act, actions);
      if (effect.act.type === 'retry') leave('quit'); // it goes on on a screen of its own
    } else {
      interrupts++;
      if (actions.interrupt === undefined || interrupts > 1) leave('detached');
      else {
        actions.interrupt();
        view = { ...view, notice: show`nothing new is started; ^C again leaves, jobs go on` };
      }
    }
  };

  const opened = openStage(
    out,
    options.in,
    options.look,
    (look) => screenLines(story.picture(), view, look, can, playback?.speed()),
    (key) => {
      if (streaming && !['s', 'q', 'd'].includes(key.text) && key.name !== '^c') return;
      const look = { ...options.look, columns: out.columns ?? options.look.columns, rows: out.rows ?? options.look.rows };
      const pressed = press(view, key, story.picture(), look, can);
      view = pressed.view;
      if (pressed.effect !== undefined) perform(pressed.effect, opened);
      if (how === undefined && !streaming) opened.now();
    },
  );
  stage = opened;
  for (const signal of SIGNALS) process.on(signal, hangUp);
  options.subscribe((event, state) => {
    if (how !== undefined) return;
    story.take(event, state);
    if (event.type === 'run.finished' && state.errors.length > 0 && view.page === 'run')
      view = { ...view, page: 'failures', back: 'run', failure: 0 };
    if (streaming) flush();
    else opened.changed();
  });
  return {
    left,
    close() {
      leave('finished');
      return left;
    },
  };
}

const SIGNALS = ['SIGHUP', 'SIGTERM'] as const;

function act(what: Act, actions: Actions): void {
  if (what.type === 'cancelHost') actions.cancelHost?.(what.host);
  else if (what.type === 'cancelRun') actions.cancelRun?.();
  else if (what.type === 'retry') actions.retry?.();
  else if (what.type === 'pause') actions.pause?.();
}
