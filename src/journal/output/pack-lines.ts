import type { RunEvent, RunEventData } from '../../core/event.ts';

/** A list of so many lines is for programs; a shorter one stays as a person reads it best. */
const MANY_LINES = 1000;
/** Characters. In a list a line costs two more than in a text, which is more than a tenth of a shorter one. */
const SHORT_LINE = 20;

/** The event as it stands in the file, where many short lines are one text with line breaks. `unpackLines` is the way back. */
export function packLines(event: RunEvent): RunEvent {
  if (event.type !== 'task.output' || event.lines.length < MANY_LINES) return event;
  const text = event.lines.join('\n');
  return text.length > event.lines.length * SHORT_LINE ? event : { ...event, lines: [text] };
}

/** The event with each line by itself. */
export function unpackLines<E extends RunEventData>(event: E): E {
  if (event.type !== 'task.output' || event.lines?.some((line) => line.includes('\n')) !== true) return event; // a damaged one has none
  return { ...event, lines: event.lines.flatMap((line) => line.split('\n')) };
}
