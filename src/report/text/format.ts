import prettyBytes from 'pretty-bytes';
import prettyMs from 'pretty-ms';
import { type DisplayText, displayText } from './display-text.ts';

/** A running clock: `0:07`, `31:08`, `1:58:02`. */
export function formatClock(ms: number): DisplayText {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const two = (value: number): string => String(value).padStart(2, '0');
  return hours > 0 ? displayText`${hours}:${two(minutes)}:${two(rest)}` : displayText`${minutes}:${two(rest)}`;
}

/** The time column of plain lines: `00:02`, `72:10` is 72 minutes, `1:58:02` from 100 minutes on. */
export function formatTimestamp(ms: number): DisplayText {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds >= 6000) return formatClock(ms);
  return displayText`${String(Math.floor(seconds / 60)).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')}`;
}

/** How long something took: `350ms`, `4.2s`, `54m52s`. */
export function formatDuration(ms: number): DisplayText {
  if (ms < 1000) return displayText`${Math.round(ms)}ms`;
  return displayText`${prettyMs(ms, { unitCount: 2, secondsDecimalDigits: ms < 10_000 ? 1 : 0 }).replaceAll(' ', '')}`;
}

/** An estimate: `~24m`, `~1h44m`, `~40s`. */
export function formatEstimate(seconds: number): DisplayText {
  if (seconds < 60) return displayText`~${Math.max(1, Math.round(seconds))}s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return displayText`~${minutes}m`;
  return minutes % 60 === 0
    ? displayText`~${minutes / 60}h`
    : displayText`~${Math.floor(minutes / 60)}h${String(minutes % 60).padStart(2, '0')}m`;
}

/** `83 MiB`. */
export function formatSize(bytes: number): DisplayText {
  return displayText`${prettyBytes(bytes, { binary: true, maximumFractionDigits: bytes < 10 * 1024 * 1024 ? 1 : 0 })}`;
}

/** `18 211`, with a thin space that does not break words; plain digits below 10 000. */
export function formatCount(value: number): DisplayText {
  return value < 10_000 ? displayText`${value}` : displayText`${String(value).replace(/\B(?=(\d{3})+$)/g, '\u2009')}`;
}

/** `1 package`, `3 packages`. */
export function formatQuantity(value: number, noun: string): DisplayText {
  return displayText`${formatCount(value)} ${noun}${value === 1 ? '' : 's'}`;
}
