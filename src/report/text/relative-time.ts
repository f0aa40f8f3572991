import { formatDay, formatMinute, twoDigits } from '../../core/time/date-text.ts';
import { formatRoughDuration } from '../../core/time/duration-text.ts';

const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;
const WEEKDAY_IS_CLEAR_MS = 6 * 86_400_000;

/** `3 min ago`; a date that cannot be read is `at an unknown time`. */
export function formatTimeAgo(time: number, now: number): string {
  if (Number.isNaN(time)) return 'at an unknown time';
  return now - time < 60_000 ? 'just now' : `${formatRoughDuration(now - time)} ago`;
}

/** `Fri 14:00 (in 2 d)` in local time; `2026-12-08 14:00` where a weekday is not clear. */
export function formatTimeAhead(time: number, now: number): string {
  return `${formatLocalTime(time, now)} (in ${formatRoughDuration(time - now)})`;
}

/** `2026-11-25 23:46, 5 min ago`, in the time zone of this machine. */
export function formatStartTime(startedAt: string, now: number): string {
  const date = new Date(startedAt);
  if (Number.isNaN(date.getTime())) return startedAt;
  return `${formatDay(date)} ${formatMinute(date)}, ${formatTimeAgo(date.getTime(), now)}`;
}

/** `14:00:05`, in the time zone of this machine. */
export const formatClockTime = (time: number): string => {
  const date = new Date(time);
  return `${formatMinute(date)}:${twoDigits(date.getSeconds())}`;
};

/** `2026-12-08 14:00:05 +01:00`: local time with the offset from UTC. */
export function formatLocalDate(time: number): string {
  const date = new Date(time);
  const offset = -date.getTimezoneOffset();
  const zone = `${offset < 0 ? '-' : '+'}${twoDigits(Math.floor(Math.abs(offset) / 60))}:${twoDigits(Math.abs(offset) % 60)}`;
  return `${formatDay(date)} ${formatClockTime(time)} ${zone}`;
}

function formatLocalTime(time: number, now: number): string {
  const date = new Date(time);
  const day = time - now < WEEKDAY_IS_CLEAR_MS ? (WEEKDAYS[date.getDay()] ?? '') : formatDay(date);
  return `${day} ${formatMinute(date)}`;
}
