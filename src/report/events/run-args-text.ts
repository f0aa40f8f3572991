import type { Json } from '../../core/json-value.ts';
import { type DisplayText, displayText } from '../text/display-text.ts';

/** Shortens a fingerprint: `SHA256:pY1…0aQ`. */
export function shortenFingerprint(fingerprint: string): DisplayText {
  const text = fingerprint.replace(/^SHA256:/, '');
  return text.length <= 10 ? displayText`SHA256:${text}` : displayText`SHA256:${text.slice(0, 3)}…${text.slice(-3)}`;
}

/** The arguments of a run that have a value, shortened. */
export function describeRunArgs(args: Json): readonly DisplayText[] {
  if (args === null || typeof args !== 'object' || Array.isArray(args)) return [];
  return Object.entries(args as Readonly<Record<string, Json>>).flatMap(([name, value]) => {
    if (value === null || value === false || value === '' || (Array.isArray(value) && value.length === 0)) return [];
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

const formatArg = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));
