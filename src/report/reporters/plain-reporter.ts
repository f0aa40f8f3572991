import type { RunEvent } from '../../core/event.ts';
import type { Reporter } from '../../core/reporter.ts';
import type { RunState } from '../../core/run-state.ts';
import { type EventTextContext, initialEventTextContext } from '../events/event-context.ts';
import type { EventText } from '../events/event-line.ts';
import { describeEvent, describeFailureGroup } from '../events/event-text.ts';
import { groupFailures } from '../events/same-failures.ts';
import { displayText, padText, textWidth } from '../text/display-text.ts';
import { formatTimestamp } from '../text/format.ts';
import { renderLine, type StyledLine, styled } from '../text/styled-line.ts';
import { statusSymbols } from '../text/symbols.ts';
import { escapeWorkflowCommand } from '../text/terminal-line.ts';
import type { TerminalStyle } from '../text/terminal-style.ts';
import { createFailureHold, type HeldFailure } from './failure-hold.ts';
import { openOutputSink } from './output-sink.ts';

/** One line for each event that matters, with a stable prefix, for a pipe, a log file, CI or a screen reader. The caller prints the recap.
 *  The cursor never moves, and there is colour only where the style has it. The same failure on many hosts is printed once. */
export function plainReporter(out: NodeJS.WritableStream, style: TerminalStyle): Reporter {
  const sink = openOutputSink(out);
  const formatter = createPlainFormatter(style);
  const print = (lines: readonly string[]): void => {
    for (const line of lines) sink.write(`${line}\n`);
  };
  const failures = createFailureHold((same) => print(formatter.failure(same)));
  return {
    event(event, state) {
      if (!failures.hold(event, state)) print(formatter.event(event, state));
    },
    outputGate: sink.outputGate,
    close() {
      failures.flush();
      print(formatter.end());
      return sink.flush();
    },
  };
}

/** The lines themselves: what the plain reporter prints, and what the stream mode of the screen shows. */
export function createPlainFormatter(style: TerminalStyle): {
  event(event: RunEvent, state: RunState): readonly string[];
  /** The same failure of one host or of several. */
  failure(same: readonly HeldFailure[]): readonly string[];
  end(): readonly string[];
} {
  let context: EventTextContext = initialEventTextContext(style.verbosity);
  let group = false;
  const endGroup = (): readonly string[] => {
    const end = group ? ['::endgroup::'] : [];
    group = false;
    return end;
  };
  const render = (event: RunEvent, texts: readonly EventText[]): readonly string[] => {
    const lines = texts.flatMap((text) => renderEventText(text, event, context, style));
    return lines.map((line) => escapeWorkflowCommand(line, style.ci));
  };
  const formatEvent = (event: RunEvent, state: RunState): readonly string[] => {
    const { texts, context: next } = describeEvent(event, state, context);
    context = next;
    const lines = render(event, texts);
    if (style.ci !== 'github') return lines;
    if (event.type === 'play.started') {
      const opened = [...endGroup(), renderLine([styled(displayText`::group::play ${event.play}`)], style), ...lines];
      group = true;
      return opened;
    }
    return event.type === 'run.finished' ? [...endGroup(), ...lines] : lines;
  };
  return {
    event: formatEvent,
    failure(same) {
      const [first] = same;
      if (first === undefined) return [];
      if (same.length === 1) return formatEvent(first.event, first.state);
      return render(
        first.event,
        groupFailures(same.map(({ error }) => error)).map((failures) =>
          describeFailureGroup(failures, first.state, style.columns, first.event.type === 'task.finished' ? first.event.name : undefined),
        ),
      );
    },
    end: endGroup,
  };
}

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
