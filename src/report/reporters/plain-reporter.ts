import type { RunEvent } from '../../core/event.ts';
import type { Reporter } from '../../core/reporter.ts';
import type { RunState } from '../../core/run-state.ts';
import { describeEvent, type EventText, type EventTextContext, initialEventTextContext } from '../events/event-text.ts';
import { displayText, padText, textWidth } from '../text/display-text.ts';
import { formatTimestamp } from '../text/format.ts';
import { renderLine, type StyledLine, styled } from '../text/styled-line.ts';
import { statusSymbols } from '../text/symbols.ts';
import type { TerminalStyle } from '../text/terminal-style.ts';
import { openOutputSink } from './output-sink.ts';

/** One line for each event that matters, with a stable prefix, for a pipe, a log file, CI, a screen reader. The recap is the caller's.
 *  No cursor movement, and no colour unless the look has it. */
export function plainReporter(out: NodeJS.WritableStream, style: TerminalStyle): Reporter {
  const sink = openOutputSink(out);
  const lines = createPlainFormatter(style);
  return {
    event(event, state) {
      for (const line of lines.event(event, state)) sink.write(`${line}\n`);
    },
    close() {
      for (const line of lines.end()) sink.write(`${line}\n`);
      return sink.flush();
    },
  };
}

/** The lines themselves: what the plain reporter prints, and what the stream mode of the screen shows. */
export function createPlainFormatter(style: TerminalStyle): {
  event(event: RunEvent, state: RunState): readonly string[];
  end(): readonly string[];
} {
  let context: EventTextContext = initialEventTextContext(style.verbosity);
  let group = false;
  const endGroup = (): readonly string[] => {
    const end = group ? ['::endgroup::'] : [];
    group = false;
    return end;
  };
  return {
    event(event, state) {
      const { told, next } = describeEvent(event, state, context);
      context = next;
      const rendered = told.flatMap((each) => renderEventText(each, event, context, style));
      if (style.ci !== 'github') return rendered;
      const lines = rendered.map(escapeWorkflowCommand);
      if (event.type === 'play.started') {
        const opened = [...endGroup(), renderLine([styled(displayText`::group::play ${event.play}`)], style), ...lines];
        group = true;
        return opened;
      }
      return event.type === 'run.finished' ? [...endGroup(), ...lines] : lines;
    },
    end: endGroup,
  };
}

/** The runner takes a line that begins so, behind spaces too, for a command to itself. */
const escapeWorkflowCommand = (line: string): string => line.replace(/^(\s*):(?=:)/, '$1: ').replaceAll('##[', '# #[');

function renderEventText(text: EventText, event: RunEvent, context: EventTextContext, style: TerminalStyle): readonly string[] {
  if ('bare' in text) return text.bare.map((line) => renderLine(line, style).trimEnd());
  const time = formatTimestamp(Date.parse(event.at) - context.startMs);
  const who = padText(text.who, Math.max(context.nameWidth, textWidth(text.who)));
  const word = styled(
    padText(text.word, Math.max(11, textWidth(text.word))),
    text.sign === undefined ? undefined : statusSymbols[text.sign].style,
  );
  const line: StyledLine = [styled(displayText`${time}  ${who}  `), word, styled(displayText`  `), ...text.rest];
  const below = (text.below ?? []).map((each): StyledLine => [styled(displayText`       `), ...each]);
  return [line, ...below].map((each) => renderLine(each, style).trimEnd());
}
