import { stringify } from 'yaml';
import type { RunEvent } from '../../core/event.ts';
import type { Json } from '../../core/json-value.ts';
import type { Reporter } from '../../core/reporter.ts';
import { displayText, toDisplayLines } from '../text/display-text.ts';
import { renderLine, styled } from '../text/styled-line.ts';
import { escapeWorkflowCommand } from '../text/terminal-line.ts';
import type { TerminalStyle } from '../text/terminal-style.ts';
import { openOutputSink } from './output-sink.ts';

/** `swarm task --result`: what the module returned on each host, as YAML below the name of the host, when the run has ended. */
export function resultReporter(out: NodeJS.WritableStream, style: TerminalStyle): Reporter {
  const sink = openOutputSink(out);
  const results = new Map<string, Json>();
  return {
    event: (event) => addResult(results, event),
    async close() {
      for (const [host, result] of results) {
        const lines = toDisplayLines(stringify(result, { lineWidth: 0 }).trimEnd()).map((line) => [styled(displayText`  ${line}`)]);
        for (const line of [[styled(displayText`${host}`, { bold: true })], ...lines])
          sink.write(`${escapeWorkflowCommand(renderLine(line, style), style.ci)}\n`);
      }
      await sink.flush();
    },
  };
}

/** Keeps what a task returned, by its host. */
export function addResult(results: Map<string, Json>, event: RunEvent): void {
  if (event.type === 'task.finished' && event.result !== undefined) results.set(event.host, event.result);
}
