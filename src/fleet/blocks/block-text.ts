import { type Block, blockEnd } from '../../core/host.ts';
import { type DisplayText, displayText } from '../../report/text/display-text.ts';

/** `disk being replaced, 3 h old, ends in 2 d (2026-12-01T00:00:00Z)`. */
export function formatBlock(block: Block, now = Date.now()): DisplayText {
  const { reason, until, since } = block;
  const remainingMs = blockEnd(block) - now;
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
