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
import type { OutputSpool } from './output-spool.ts';
import { plainReporter } from './plain-reporter.ts';

/** The output of `swarm exec`: `host │ line` on `out`, or with a spool grouped by host at the end; failures, and the hosts that an
 *  interrupt left unfinished, on `err`. With -v also events on `err`. */
export function execReporter(out: NodeJS.WritableStream, err: NodeJS.WritableStream, style: TerminalStyle, spool?: OutputSpool): Reporter {
  const render = (line: StyledLine): string => `${escapeWorkflowCommand(renderLine(line, style), style.ci)}\n`;
  const outSink = openOutputSink(out);
  const errSink = openOutputSink(err);
  const eventReporter = style.verbosity >= 1 ? plainReporter(err, { ...style, verbosity: style.verbosity - 1 }) : undefined;
  const failures = createFailureHold((same) => {
    for (const group of groupFailures(same.map(({ error }) => error)))
      printError(failureGroupLines(group, same[0]?.state ?? initialRunState(''), style.columns));
  }, shortenCommandFailure);
  const printError = (lines: readonly StyledLine[]): void => {
    for (const line of lines) errSink.write(render(line));
  };
  const print = (host: string, lines: readonly string[]): void => {
    const shown = hostOutputLines(host, lines);
    if (spool === undefined) outSink.write(shown.map(render).join(''));
    else spool.append(host, shown.map((line) => render(line.slice(1))).join(''));
  };
  const printHosts = async (all: OutputSpool): Promise<void> => {
    for (const host of all.keys()) {
      outSink.write(`${renderLine([styled(displayText`${host}`, { bold: true })], style)}
`);
      await all.copyTo(host, outSink);
    }
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
      if (spool !== undefined) await printHosts(spool);
      failures.flush();
      await eventReporter?.close(state);
      await outSink.flush();
      await errSink.flush();
      spool?.close();
    },
  };
}

/** Of a command that failed, one line is enough: its output is on stdout already. */
function shortenCommandFailure(error: ErrorJson): ErrorJson {
  if (error.code !== 'SW6001') return error;
  const { detail: _, hint: __, ...short } = error;
  return short;
}
