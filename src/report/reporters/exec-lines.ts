import type { ErrorJson } from '../../core/error/swarm-error.ts';
import type { Reporter } from '../../core/reporter.ts';
import { initialRunState } from '../../core/run-state.ts';
import { failureGroupLines, failureLines } from '../events/failure-text.ts';
import { describeInterrupt } from '../events/interrupt-text.ts';
import { groupFailures } from '../events/same-failures.ts';
import { hostOutputLines } from '../events/task-event-text.ts';
import { displayText } from '../text/display-text.ts';
import { renderLine, type StyledLine, styled } from '../text/styled-line.ts';
import { escapeWorkflowCommand } from '../text/terminal-line.ts';
import type { TerminalStyle } from '../text/terminal-style.ts';
import { createFailureHold } from './failure-hold.ts';
import { openOutputSink } from './output-sink.ts';
import { plainReporter } from './plain-reporter.ts';

/** The output of `swarm exec`: `host │ line` on `out`, or grouped by host; failures, and the hosts that an interrupt left unfinished,
 *  on `err`. With -v also events on `err`. */
export function execReporter(out: NodeJS.WritableStream, err: NodeJS.WritableStream, style: TerminalStyle, group = false): Reporter {
  const render = (line: StyledLine): string => `${escapeWorkflowCommand(renderLine(line, style), style.ci)}\n`;
  const outSink = openOutputSink(out);
  const errSink = openOutputSink(err);
  const eventReporter = style.verbosity >= 1 ? plainReporter(err, { ...style, verbosity: style.verbosity - 1 }) : undefined;
  const linesByHost = new Map<string, string[]>();
  const failures = createFailureHold((same) => {
    for (const group of groupFailures(same.map(({ error }) => error)))
      printError(failureGroupLines(group, same[0]?.state ?? initialRunState(''), style.columns));
  }, shortenCommandFailure);
  const printError = (lines: readonly StyledLine[]): void => {
    for (const line of lines) errSink.write(render(line));
  };
  const print = (host: string, lines: readonly string[]): void => {
    if (!group) {
      outSink.write(hostOutputLines(host, lines).map(render).join(''));
      return;
    }
    const known = linesByHost.get(host) ?? [];
    for (const line of lines) known.push(line);
    linesByHost.set(host, known);
  };
  return {
    event(event, state) {
      if (event.type === 'task.output') print(event.host, event.lines);
      else if (eventReporter !== undefined) eventReporter.event(event, state);
      else if (!failures.hold(event, state) && event.type === 'run.failed') printError(failureLines(event.error, state));
      if (event.type === 'run.finished' && event.status === 'interrupted') printError([[styled(describeInterrupt(state))]]);
    },
    outputGate: outSink.outputGate,
    async close(state) {
      for (const [host, lines] of linesByHost) {
        outSink.write(`${renderLine([styled(displayText`${host}`, { bold: true })], style)}\n`);
        for (const line of lines.flatMap((each) => hostOutputLines('', [each]))) outSink.write(render(line.slice(1)));
      }
      failures.flush();
      await eventReporter?.close(state);
      await outSink.flush();
      await errSink.flush();
    },
  };
}

/** Of a command that failed, one line is enough: its output is on stdout already. */
function shortenCommandFailure(error: ErrorJson): ErrorJson {
  if (error.code !== 'SW6001') return error;
  const { detail: _, hint: __, ...short } = error;
  return short;
}
