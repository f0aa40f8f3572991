import { codes } from '../../core/error-codes.ts';
import type { RunEvent } from '../../core/event.ts';
import type { Reporter } from '../../core/reporter.ts';
import type { RunState } from '../../core/run-state.ts';
import { outputLines } from '../events/event-text.ts';
import { failureLines } from '../events/failure-text.ts';
import { show } from '../text/display-text.ts';
import { draw, type Line, piece } from '../text/styled-line.ts';
import type { Look } from '../text/terminal-style.ts';
import { sinkOf } from './output-sink.ts';
import { plain } from './plain-reporter.ts';

/** `swarm exec`: `host │ line` on `out` and nothing else there, or host by host; failures on `err`, when they happen. With -v the events too. */
export function execLines(out: NodeJS.WritableStream, err: NodeJS.WritableStream, look: Look, group = false): Reporter {
  const data = sinkOf(out);
  const trouble = sinkOf(err);
  const events = look.verbosity >= 1 ? plain(err, { ...look, verbosity: look.verbosity - 1 }) : undefined;
  const held = new Map<string, string[]>();
  const print = (host: string, lines: readonly string[]): void => {
    if (!group) for (const line of outputLines(host, lines)) data.write(`${draw(line, look)}\n`);
    else held.set(host, [...(held.get(host) ?? []), ...lines]);
  };
  return {
    event(event, state) {
      if (event.type === 'task.output') print(event.host, event.lines);
      else if (events !== undefined) events.event(event, state);
      else for (const line of failed(event, state)) trouble.write(`${draw(line, look)}\n`);
    },
    async close(state) {
      for (const [host, lines] of held) {
        data.write(`${draw([piece(show`${host}`, { bold: true })], look)}\n`);
        for (const line of lines.flatMap((each) => outputLines('', [each]))) data.write(`${draw(line.slice(1), look)}\n`);
      }
      await events?.close(state);
      await data.flushed();
      await trouble.flushed();
    },
  };
}

function failed(event: RunEvent, state: RunState): readonly Line[] {
  if (event.type === 'run.failed') return failureLines(event.error, state);
  if (event.type !== 'host.unreachable' && event.type !== 'host.refused' && event.type !== 'task.finished') return [];
  if (event.error === undefined) return [];
  // the output stands on stdout already: of a command's failure one line is enough
  const { detail: _, hint: __, ...short } = event.error;
  const error = codes[event.error.code]?.exit === 2 ? short : event.error;
  return failureLines({ host: event.host, ...error }, state);
}
