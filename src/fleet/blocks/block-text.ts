import type { Block, Host } from '../../core/host.ts';
import { type Display, show } from '../../report/text/display-text.ts';

/** A block counts until its end, and not one moment longer. */
export const activeBlock = (host: Host, now: Date = new Date()): boolean =>
  host.block !== undefined && endOf(host.block.until) > now.getTime();

/** The end of a block in milliseconds: a date alone means the start of that day, UTC. */
export const endOf = (until: string): number => Date.parse(/^\d{4}-\d\d-\d\d$/.test(until) ? `${until}T00:00:00Z` : until);

/** `disk being replaced, 3 h old, ends in 2 d (2026-12-01T00:00:00Z)`. */
export function blockText({ reason, until, since }: Block, now = Date.now()): Display {
  const left = endOf(until) - now;
  const age = since === undefined ? undefined : now - Date.parse(since);
  const old = age === undefined || Number.isNaN(age) ? show`` : show`, ${roughly(age)} old`;
  return show`${reason}${old}, ${left > 0 ? `ends in ${roughly(left)}` : `ended ${roughly(-left)} ago`} (${until})`;
}

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
] as const;

/** `2 d`, `5 h`, `12 min`: what a person needs to know of a span. */
export function roughly(ms: number): string {
  const [unit, size] = UNITS.find(([, each]) => ms >= 2 * each) ?? UNITS[2];
  return `${Math.max(0, Math.round(ms / size))} ${unit}`;
}
