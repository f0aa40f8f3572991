import { SwarmError } from '../../core/error/swarm-error.ts';

const UNIT_BYTES: Readonly<Record<string, number>> = { '': 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3, T: 1024 ** 4 };
const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `32G`, `512MiB` or a number of bytes to bytes; undefined where it is none. */
export function parseByteSize(value: string | number): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*([KMGT]?)(?:i?B)?$/i.exec(String(value));
  if (match === null) return undefined;
  const bytes = Math.round(Number(match[1]) * (UNIT_BYTES[(match[2] ?? '').toUpperCase()] ?? 1));
  return bytes > 0 && Number.isSafeInteger(bytes) ? bytes : undefined;
}

/** `30s`, `4h`, `1h30m` or a number of seconds to milliseconds; undefined where it is none. */
export function parseMilliseconds(value: string | number): number | undefined {
  const text = String(value).trim();
  if (/^\d+(?:\.\d+)?$/.test(text)) return Math.round(Number(text) * 1000);
  if (!/^(?:\d+(?:\.\d+)?\s*(?:ms|s|m|h|d)\s*)+$/.test(text)) return undefined;
  let total = 0;
  for (const [, count, unit] of text.matchAll(/(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)/g)) total += Number(count) * (UNIT_MS[unit ?? ''] ?? 0);
  return Math.round(total);
}

/** The duration that an option of the command line has, `30s`, `1h30m` or a number of seconds, in milliseconds; throws SW1202. */
export function parseDuration(option: string, text: string): number {
  const ms = parseMilliseconds(text);
  if (ms !== undefined && ms > 0) return ms;
  const wrong = ms === undefined ? 'is not a duration' : 'is not longer than 0';
  throw new SwarmError('SW1202', `${option} ${text} ${wrong}`, { hint: 'Write for example 30s, 5m, 4h or 2d.' });
}
