import type { Json } from '../../core/json-value.ts';
import { type DisplayText, displayText } from '../text/display-text.ts';

/** Shortens a fingerprint: `SHA256:pY1…0aQ`. */
export function shortenFingerprint(fingerprint: string): DisplayText {
  const text = fingerprint.replace(/^SHA256:/, '');
  return text.length <= 10 ? displayText`SHA256:${text}` : displayText`SHA256:${text.slice(0, 3)}…${text.slice(-3)}`;
}

/** The arguments of a run, shortened. Those of `defaults` only where they have a value; an older journal has no `defaults`, and then this holds for all. */
export function describeRunArgs(args: Json, defaults?: readonly string[]): readonly DisplayText[] {
  if (args === null || typeof args !== 'object' || Array.isArray(args)) return [];
  return Object.entries(args as Readonly<Record<string, Json>>).flatMap(([name, value]) => {
    if (isEmpty(value))
      return (defaults?.includes(name) ?? true) ? [] : [displayText`${name} ${value === '' ? "''" : JSON.stringify(value)}`];
    if (!Array.isArray(value)) return [displayText`${name} ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`];
    const more = value.length > 4 ? ` +${value.length - 3} more` : '';
    return [
      displayText`${name} ${value
        .slice(0, more === '' ? 4 : 3)
        .map(formatArg)
        .join(' ')}${more}`,
    ];
  });
}

const isEmpty = (value: Json): boolean => value === null || value === false || value === '' || (Array.isArray(value) && value.length === 0);

const formatArg = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));
