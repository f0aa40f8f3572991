import { SwarmError } from '../core/error.ts';

const UNITS: Readonly<Record<string, number>> = { s: 1e3, m: 60e3, h: 3600e3, d: 86400e3 };

/** `30s`, `5m`, `4h`, `2d` in milliseconds; throws SW1202. */
export function parseDuration(text: string): number {
  const [, number, unit = 's'] = /^(\d+(?:\.\d+)?)([smhd])?$/.exec(text) ?? [];
  const ms = Number(number) * (UNITS[unit] ?? 0);
  if (ms > 0) return ms;
  throw new SwarmError('SW1202', `${text} is not a duration`, { hint: 'for example: 30s, 5m, 4h, 2d' });
}
