const TIME_UNITS = [
  { word: 'day', short: 'd', ms: 86_400_000 },
  { word: 'hour', short: 'h', ms: 3_600_000 },
  { word: 'minute', short: 'min', ms: 60_000 },
] as const;
const MINUTE = TIME_UNITS[2];

function roundDuration(ms: number): { readonly count: number; readonly unit: (typeof TIME_UNITS)[number] } {
  // two days less a second are 2 days, not 48 hours
  const unit = TIME_UNITS.find((each, index) => ms >= 2 * each.ms - (TIME_UNITS[index + 1]?.ms ?? 0) / 2) ?? MINUTE;
  return { count: Math.max(0, Math.round(ms / unit.ms)), unit };
}

/** `2 d`, `5 h`, `12 min`: a duration as a person needs it. */
export function formatRoughDuration(ms: number): string {
  const { count, unit } = roundDuration(ms);
  return `${count} ${unit.short}`;
}

/** The same in words, for sentences: `2 days`, `12 minutes`; `less than a minute`. */
export function describeRoughDuration(ms: number): string {
  if (ms < MINUTE.ms) return 'less than a minute';
  const { count, unit } = roundDuration(ms);
  return `${count} ${unit.word}${count === 1 ? '' : 's'}`;
}
