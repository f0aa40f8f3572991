import type { RunEvent } from '../../core/event.ts';
import type { Reporter } from '../../core/reporter.ts';
import type { RunState } from '../../core/run-state.ts';
import { hostOutputLines } from '../events/event-text.ts';
import { failureLines } from '../events/failure-text.ts';
import { displayText } from '../text/display-text.ts';
import { renderLine, type StyledLine, styled } from '../text/styled-line.ts';
import type { TerminalStyle } from '../text/terminal-style.ts';
import { openOutputSink } from './output-sink.ts';
import { plainReporter } from './plain-reporter.ts';

/** `swarm exec`: `host │ line` on `out` and nothing else there, or host by host; failures on `err`, when they happen. With -v the events too. */
export function execReporter(out: NodeJS.WritableStream, err: NodeJS.WritableStream, style: TerminalStyle, group = false): Reporter {
  const outSink = openOutputSink(out);
  const errSink = openOutputSink(err);
  const eventReporter = style.verbosity >= 1 ? plainReporter(err, { ...style, verbosity: style.verbosity - 1 }) : undefined;
  const linesByHost = new Map<string, string[]>();
  const print = (host: string, lines: readonly string[]): void => {
    if (!group) for (const line of hostOutputLines(host, lines)) outSink.write(`${renderLine(line, style)}\n`);
    else linesByHost.set(host, [...(linesByHost.get(host) ?? []), ...lines]);
  };
  return {
    event(event, state) {
      if (event.type === 'task.output') print(event.host, event.lines);
      else if (eventReporter !== undefined) eventReporter.event(event, state);
      else for (const line of eventFailureLines(event, state)) errSink.write(`${renderLine(line, style)}\n`);
    },
    async close(state) {
      for (const [host, lines] of linesByHost) {
        outSink.write(`${renderLine([styled(displayText`${host}`, { bold: true })], style)}\n`);
        for (const line of lines.flatMap((each) => hostOutputLines('', [each]))) outSink.write(`${renderLine(line.slice(1), style)}\n`);
      }
      await eventReporter?.close(state);
      await outSink.flush();
      await errSink.flush();
    },
  };
}

function eventFailureLines(event: RunEvent, state: RunState): readonly StyledLine[] {
  if (event.type === 'run.failed') return failureLines(event.error, state);
  if (event.type !== 'host.unreachable' && event.type !== 'host.refused' && event.type !== 'task.finished') return [];
  if (event.error === undefined) return [];
  // the output stands on stdout already: of a command's failure one line is enough
  const { detail: _, hint: __, ...short } = event.error;
  const error = event.error.code === 'SW6001' ? short : event.error;
  return failureLines({ host: event.host, ...error }, state);
}
