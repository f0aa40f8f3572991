import { formatError } from '../../core/error/error-text.ts';
import { withGivenOptions } from '../../core/error/given-options.ts';
import { type ErrorJson, SwarmError } from '../../core/error/swarm-error.ts';
import type { RunEvent } from '../../core/event.ts';
import { locateRun } from '../../fleet/runs/runs-folder.ts';
import { followEvents } from '../../journal/follow-journal.ts';
import { iterateJournal } from '../../journal/scan-journal.ts';
import { describeCause } from '../../report/events/cause-text.ts';
import { toDisplayText } from '../../report/text/display-text.ts';
import { printLines, stopWithOutput } from '../output.ts';
import type { RunLogFlags } from './runs-commands.ts';

/** `swarm runs logs RUN [HOST]`: what hosts printed, without anything that could move a cursor. */
export async function runLogsCommand(run: string | undefined, host: string | undefined, given: RunLogFlags): Promise<number> {
  const { file, options } = locateRun(given, run);
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  stopWithOutput(stop);
  const events = options.follow ? followEvents(file, { stop: stop.signal }) : iterateJournal(file);
  const names = new Set<string>();
  for await (const event of events) {
    if ('host' in event) names.add(event.host);
    if (event.type === 'client.failed') names.add(event.client);
    printLines(process.stdout, options, formatLogLines(event, host, options));
  }
  if (host === undefined || names.has(host)) return 0;
  throw new SwarmError('SW1203', `no host called ${host} took part in this run`, {
    hint: names.size === 0 ? 'No host took part.' : `Choose one of: ${[...names].join(', ')}.`,
  });
}

function formatLogLines(event: RunEvent, host: string | undefined, options: RunLogFlags): readonly string[] {
  if (!('host' in event)) return [];
  const about = event.type === 'client.failed' ? event.client : event.host;
  if (host !== undefined && about !== host) return [];
  const prefix = host === undefined ? `${about} │ ` : '';
  if (event.type === 'task.output' && options.errors !== true) return event.lines.map((line) => prefix + toDisplayText(line));
  const error = eventError(event);
  if (error === undefined) return [];
  return [
    ...formatError(withGivenOptions(error, options)).split('\n'),
    ...(event.type === 'item.failed' ? [`blame: ${describeCause(event)}`] : []),
  ].map((line) => prefix + toDisplayText(line));
}

/** The error that an event tells of; that of a task in a queue is told once, by its item. */
function eventError(event: RunEvent): ErrorJson | undefined {
  if (event.type === 'client.failed') return { host: event.client, ...event.error };
  if (event.type === 'item.failed' || event.type === 'host.unreachable' || event.type === 'host.refused' || event.type === 'host.lost')
    return { host: event.host, ...event.error };
  if (event.type !== 'task.finished' || event.item !== undefined || event.error === undefined) return undefined;
  return { host: event.host, ...event.error };
}
