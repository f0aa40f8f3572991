/** `2026-12-08 14:00` in local time, of a time as the journal has it. A date without a time, and what cannot be read, stays as it is. */
export function formatDateTime(time: string): string {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) || !time.includes('T') ? time : `${formatDay(date)} ${formatMinute(date)}`;
}

/** `2026-12-08` in local time. */
export const formatDay = (date: Date): string => `${date.getFullYear()}-${twoDigits(date.getMonth() + 1)}-${twoDigits(date.getDate())}`;

/** `14:00` in local time. */
export const formatMinute = (date: Date): string => `${twoDigits(date.getHours())}:${twoDigits(date.getMinutes())}`;

/** `07`. */
export const twoDigits = (value: number): string => String(value).padStart(2, '0');
