import type { Block, Host } from '../../core/host.ts';
import { type DisplayText, displayText } from '../../report/text/display-text.ts';

/** A block counts until its end, and not one moment longer. */
export const hasActiveBlock = (host: Host, now: Date = new Date()): boolean =>
  host.block !== undefined && parseBlockEnd(host.block.until) > now.getTime();

/** The end of a block in milliseconds: a date alone means the start of that day, UTC. */
export const parseBlockEnd = (until: string): number => Date.parse(/^\d{4}-\d\d-\d\d$/.test(until) ? `${until}T00:00:00Z` : until);

/** `disk being replaced, 3 h old, ends in 2 d (2026-12-01T00:00:00Z)`. */
export function formatBlock({ reason, until, since }: Block, now = Date.now()): DisplayText {
  const remainingMs = parseBlockEnd(until) - now;
  const age = since === undefined ? undefined : now - Date.parse(since);
  const ageText = age === undefined || Number.isNaN(age) ? displayText`` : displayText`, ${formatRoughDuration(age)} old`;
  return displayText`${reason}${ageText}, ${remainingMs > 0 ? `ends in ${formatRoughDuration(remainingMs)}` : `ended ${formatRoughDuration(-remainingMs)} ago`} (${until})`;
}

const TIME_UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
] as const;

/** `2 d`, `5 h`, `12 min`: what a person needs to know of a span. */
export function formatRoughDuration(ms: number): string {
  const [unit, size] = TIME_UNITS.find(([, each]) => ms >= 2 * each) ?? TIME_UNITS[2];
  return `${Math.max(0, Math.round(ms / size))} ${unit}`;
}
