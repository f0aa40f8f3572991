import type { RunEvent } from '../core/event.ts';

/** Reads one line of a journal. Undefined when it is not an event. */
export function parseEvent(line: string): RunEvent | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const value: unknown = JSON.parse(line);
    return isEvent(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isEvent(value: unknown): value is RunEvent {
  if (typeof value !== 'object' || value === null) return false;
  const { v, run, seq, at, type } = value as { readonly [key: string]: unknown };
  return v === 1 && typeof run === 'string' && Number.isInteger(seq) && typeof at === 'string' && typeof type === 'string';
}
