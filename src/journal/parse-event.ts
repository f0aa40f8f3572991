import type { RunEvent } from '../core/event.ts';
import { isOrchestrator } from '../core/program/orchestrator.ts';
import { unpackLines } from './output/pack-lines.ts';

/** Reads one line of a journal. Undefined when it is not an event. */
export function parseEvent(line: string): RunEvent | undefined {
  const fields = parseFields(line);
  return isEvent(fields) ? unpackLines(fields) : undefined;
}

/** The fields of a line, whatever they are. Undefined where it is not an object of JSON. */
export function parseFields(line: string): { readonly [key: string]: unknown } | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line) as { readonly [key: string]: unknown };
  } catch {
    return undefined;
  }
}

type Test = (value: unknown) => boolean;
const isText: Test = (value) => typeof value === 'string';
const isNumber: Test = Number.isFinite;
const isTime: Test = (value) => typeof value === 'string' && !Number.isNaN(Date.parse(value));
const isTexts: Test = (value) => Array.isArray(value) && value.every(isText);
const isList: Test = Array.isArray;
const isError: Test = (value) =>
  typeof value === 'object' && value !== null && 'code' in value && 'message' in value && isText(value.message);
/** A signal to 0 or to a negative number goes to many processes. */
const isPid: Test = (value) => Number.isSafeInteger(value) && (value as number) > 0;

/** What every event has. */
const ENVELOPE: readonly (readonly [string, Test])[] = [
  ['v', (value) => value === 1],
  ['run', isText],
  ['seq', Number.isInteger],
  ['at', isTime],
  ['type', isText],
];
/** Fields that mean the same in each event that has them. What shows a run relies on them. */
const FIELDS: readonly (readonly [string, Test])[] = [
  ...['host', 'task', 'item', 'name', 'module', 'playbook', 'play', 'outcome', 'route', 'subject', 'because', 'text'].map(
    (name) => [name, isText] as const,
  ),
  ...['ms', 'exit', 'cores', 'attempt'].map((name) => [name, isNumber] as const),
  ['hosts', isTexts],
  ['lines', isTexts],
  ['items', isList],
  ['error', isError],
  ['pid', isPid],
  ['orchestrator', isOrchestrator],
];

function isEvent(value: unknown): value is RunEvent {
  if (typeof value !== 'object' || value === null) return false;
  const fields = value as { readonly [key: string]: unknown };
  return (
    ENVELOPE.every(([name, test]) => test(fields[name])) && FIELDS.every(([name, test]) => fields[name] === undefined || test(fields[name]))
  );
}
