import type { RunEvent } from '../../core/event.ts';
import type { Reporter } from '../../core/reporter.ts';
import type { RunState } from '../../core/run-state.ts';
import { type Context, fresh, type Told, tell } from '../events/event-text.ts';
import { pad, show, width } from '../text/display-text.ts';
import { stamp } from '../text/format.ts';
import { draw, type Line, piece } from '../text/styled-line.ts';
import { signs } from '../text/symbols.ts';
import type { Look } from '../text/terminal-style.ts';
import { sinkOf } from './output-sink.ts';

/** One line for each event that matters, with a stable prefix, for a pipe, a log file, CI, a screen reader. The recap is the caller's.
 *  No cursor movement, and no colour unless the look has it. */
export function plain(out: NodeJS.WritableStream, look: Look): Reporter {
  const sink = sinkOf(out);
  const lines = plainLines(look);
  return {
    event(event, state) {
      for (const line of lines.event(event, state)) sink.write(`${line}\n`);
    },
    close() {
      for (const line of lines.end()) sink.write(`${line}\n`);
      return sink.flushed();
    },
  };
}

/** The lines themselves: what the plain reporter prints, and what the stream mode of the screen shows. */
export function plainLines(look: Look): { event(event: RunEvent, state: RunState): readonly string[]; end(): readonly string[] } {
  let context: Context = fresh(look.verbosity);
  let group = false;
  const endGroup = (): readonly string[] => {
    const end = group ? ['::endgroup::'] : [];
    group = false;
    return end;
  };
  return {
    event(event, state) {
      const { told, next } = tell(event, state, context);
      context = next;
      const drawn = told.flatMap((each) => draws(each, event, context, look));
      if (look.ci !== 'github') return drawn;
      const lines = drawn.map(noCommand);
      if (event.type === 'play.started') {
        const opened = [...endGroup(), draw([piece(show`::group::play ${event.play}`)], look), ...lines];
        group = true;
        return opened;
      }
      return event.type === 'run.finished' ? [...endGroup(), ...lines] : lines;
    },
    end: endGroup,
  };
}

/** The runner takes a line that begins so, behind spaces too, for a command to itself. */
const noCommand = (line: string): string => line.replace(/^(\s*):(?=:)/, '$1: ').replaceAll('##[', '# #[');

function draws(told: Told, event: RunEvent, context: Context, look: Look): readonly string[] {
  if ('bare' in told) return told.bare.map((line) => draw(line, look).trimEnd());
  const time = stamp(Date.parse(event.at) - context.origin);
  const who = pad(told.who, Math.max(context.nameWidth, width(told.who)));
  const word = piece(pad(told.word, Math.max(11, width(told.word))), told.sign === undefined ? undefined : signs[told.sign].style);
  const line: Line = [piece(show`${time}  ${who}  `), word, piece(show`  `), ...told.rest];
  const below = (told.below ?? []).map((each): Line => [piece(show`       `), ...each]);
  return [line, ...below].map((each) => draw(each, look).trimEnd());
}
