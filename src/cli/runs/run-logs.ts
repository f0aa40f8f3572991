import { formatError } from '../../core/error/error-text.ts';
import { withGivenOptions } from '../../core/error/given-options.ts';
import { type ErrorJson, SwarmError } from '../../core/error/swarm-error.ts';
import type { RunEvent } from '../../core/event.ts';
import { locateRun } from '../../fleet/runs/runs-folder.ts';
import { followEvents } from '../../journal/follow-journal.ts';
import { iterateJournal } from '../../journal/scan-journal.ts';
import { describeCause } from '../../report/events/cause-text.ts';
import { openOutputSink } from '../../report/reporters/output-sink.ts';
import { toDisplayText } from '../../report/text/display-text.ts';
import { printLines, stopWithOutput } from '../output.ts';
import type { RunLogFlags } from './runs-commands.ts';

/** A line that a host printed, or of the error that it met. */
interface LogLine {
  readonly host: string;
  readonly line: string;
}

/** `swarm runs logs RUN [HOST]`: what hosts printed, without anything that could move a cursor. */
export async function runLogsCommand(run: string | undefined, host: string | undefined, given: RunLogFlags): Promise<number> {
  const { run: id, file, options } = locateRun(given, run);
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  stopWithOutput(stop);
  const events = options.follow ? followEvents(file, { stop: stop.signal }) : iterateJournal(file);
  const names = new Set<string>();
  const collected: LogLine[] = [];
  const { outputGate } = openOutputSink(process.stdout);
  for await (const event of events) {
    if ('host' in event) names.add(event.host);
    if (event.type === 'client.failed') names.add(event.client);
    const lines = findLogLines(event, host, options);
    if (options.output === 'json') collected.push(...lines);
    else if (options.output === 'ndjson') process.stdout.write(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    else printLines(process.stdout, options, formatLogLines(lines, host === undefined));
    await outputGate(); // a journal is read faster than a pager takes it
  }
  if (options.output === 'json' && (host === undefined || names.has(host)))
    process.stdout.write(`${JSON.stringify({ run: id, lines: collected })}\n`);
  if (host === undefined || names.has(host)) return 0;
  throw new SwarmError('SW1203', `no host called ${host} took part in this run`, {
    hint: names.size === 0 ? 'No host took part.' : `Choose one of: ${[...names].join(', ')}.`,
  });
}

const formatLogLines = (lines: readonly LogLine[], isNamed: boolean): readonly string[] =>
  lines.map(({ host, line }) => `${isNamed ? `${host} │ ` : ''}${toDisplayText(line)}`);

function findLogLines(event: RunEvent, host: string | undefined, options: RunLogFlags): readonly LogLine[] {
  if (!('host' in event)) return [];
  const about = event.type === 'client.failed' ? event.client : event.host;
  if (host !== undefined && about !== host) return [];
  const named = (line: string): LogLine => ({ host: about, line });
  if (event.type === 'task.output' && options.errors !== true) return event.lines.map(named);
  const error = eventError(event);
  if (error === undefined) return [];
  return [
    ...formatError(withGivenOptions(error, options)).split('\n'),
    ...(event.type === 'item.failed' ? [`blame: ${describeCause(event)}`] : []),
  ].map(named);
}

/** The error that an event tells of; that of a task in a queue is told once, by its item. */
function eventError(event: RunEvent): ErrorJson | undefined {
  if (event.type === 'client.failed') return { host: event.client, ...event.error };
  if (event.type === 'item.failed' || event.type === 'host.unreachable' || event.type === 'host.refused' || event.type === 'host.lost')
    return { host: event.host, ...event.error };
  if (event.type !== 'task.finished' || event.item !== undefined || event.error === undefined) return undefined;
  return { host: event.host, ...event.error };
}
