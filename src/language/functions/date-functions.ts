import { ownValue } from '../../core/own-value.ts';
import { parseMilliseconds } from '../schema/parse-units.ts';
import { declareFunction, FunctionFault } from './language-function.ts';

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = [
  ...['January', 'February', 'March', 'April', 'May', 'June'],
  ...['July', 'August', 'September', 'October', 'November', 'December'],
];
const DAY_MS = 86_400_000;

const pad = (number: number, width = 2): string => String(number).padStart(width, '0');

/** The letters of strftime that swarm knows, in UTC. */
const FORMATS: Readonly<Record<string, (date: Date) => string>> = {
  Y: (date) => String(date.getUTCFullYear()),
  y: (date) => pad(date.getUTCFullYear() % 100),
  m: (date) => pad(date.getUTCMonth() + 1),
  d: (date) => pad(date.getUTCDate()),
  e: (date) => String(date.getUTCDate()).padStart(2),
  H: (date) => pad(date.getUTCHours()),
  M: (date) => pad(date.getUTCMinutes()),
  S: (date) => pad(date.getUTCSeconds()),
  j: (date) => pad(Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / DAY_MS) + 1, 3),
  a: (date) => (DAYS[date.getUTCDay()] ?? '').slice(0, 3),
  A: (date) => DAYS[date.getUTCDay()] ?? '',
  b: (date) => (MONTHS[date.getUTCMonth()] ?? '').slice(0, 3),
  B: (date) => MONTHS[date.getUTCMonth()] ?? '',
  u: (date) => String(date.getUTCDay() || 7),
  w: (date) => String(date.getUTCDay()),
  s: (date) => String(Math.floor(date.getTime() / 1000)),
  F: (date) => date.toISOString().slice(0, 10),
  T: (date) => date.toISOString().slice(11, 19),
  z: () => '+0000',
  Z: () => 'UTC',
  '%': () => '%',
};

function formatDate(date: Date, format: string): string {
  return format.replace(/%(.?)/g, (whole, letter: string) => {
    const write = ownValue(FORMATS, letter);
    if (write === undefined)
      throw new FunctionFault(
        `knows ${Object.keys(FORMATS)
          .map((each) => `%${each}`)
          .join(' ')}, not ${whole}`,
      );
    return write(date);
  });
}

/** A date as text, or seconds since 1970. A text without a zone is UTC. */
function readDate(text: string): Date {
  const zoned = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?$/.test(text) ? `${text.replace(' ', 'T')}Z` : text;
  const date = new Date(/^-?\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : /^\d{4}-\d\d-\d\d/.test(text) ? zoned : Number.NaN);
  if (Number.isNaN(date.getTime()))
    throw new FunctionFault(`takes a date such as 2026-12-01 or 2026-12-01T08:00:00Z, not ${JSON.stringify(text)}`);
  return date;
}

function addDuration(date: Date, duration: string): Date {
  const ms = parseMilliseconds(duration.replace(/^[-+]/, ''));
  if (ms === undefined) throw new FunctionFault(`takes a duration such as 3d or -1h30m, not ${JSON.stringify(duration)}`);
  const moved = new Date(date.getTime() + (duration.startsWith('-') ? -ms : ms));
  if (Number.isNaN(moved.getTime())) throw new FunctionFault('would leave the calendar');
  return moved;
}

const toIso = (date: Date): string => date.toISOString().replace('.000Z', 'Z');

/** Functions of dates, all in UTC. */
export const dateFunctions = [
  declareFunction('now', {
    params: { format: 'text' },
    does: 'the time of this machine in UTC, in a format of strftime: `%F`, `%Y-%m-%dT%H:%M:%SZ`, `%s`',
    example: [['%%'], '%'],
    call: ({ format }) => formatDate(new Date(), format),
  }),
  declareFunction('date', {
    params: { date: 'text', format: 'text' },
    does: 'a date or seconds since 1970 in a format of strftime, in UTC',
    example: [['2026-12-01T08:30:00Z', '%d %b %Y %H:%M'], '01 Dec 2026 08:30'],
    call: ({ date, format }) => formatDate(readDate(date), format),
  }),
  declareFunction('date_add', {
    params: { date: 'text', duration: 'text' },
    does: 'the date that is so much later; with - earlier',
    example: [['2026-12-31', '1d12h'], '2027-01-01T12:00:00Z'],
    call: ({ date, duration }) => toIso(addDuration(readDate(date), duration)),
  }),
  declareFunction('date_diff', {
    params: { date: 'text', other: 'text' },
    does: 'the seconds from the other date to the first one',
    example: [['2026-12-02', '2026-12-01'], 86_400],
    call: ({ date, other }) => (readDate(date).getTime() - readDate(other).getTime()) / 1000,
  }),
];
