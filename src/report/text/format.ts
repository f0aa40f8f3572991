import prettyBytes from 'pretty-bytes';
import prettyMs from 'pretty-ms';
import { type Display, show } from './display-text.ts';

/** A running clock: `0:07`, `31:08`, `1:58:02`. */
export function clock(ms: number): Display {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const two = (value: number): string => String(value).padStart(2, '0');
  return hours > 0 ? show`${hours}:${two(minutes)}:${two(rest)}` : show`${minutes}:${two(rest)}`;
}

/** The time column of plain lines: `00:02`, `72:10` is 72 minutes, `1:58:02` from 100 minutes on. */
export function stamp(ms: number): Display {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds >= 6000) return clock(ms);
  return show`${String(Math.floor(seconds / 60)).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')}`;
}

/** How long something took: `350ms`, `4.2s`, `54m52s`. */
export function took(ms: number): Display {
  if (ms < 1000) return show`${Math.round(ms)}ms`;
  return show`${prettyMs(ms, { unitCount: 2, secondsDecimalDigits: ms < 10_000 ? 1 : 0 }).replaceAll(' ', '')}`;
}

/** An estimate: `~24m`, `~1h44m`, `~40s`. */
export function about(seconds: number): Display {
  if (seconds < 60) return show`~${Math.max(1, Math.round(seconds))}s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return show`~${minutes}m`;
  return minutes % 60 === 0 ? show`~${minutes / 60}h` : show`~${Math.floor(minutes / 60)}h${String(minutes % 60).padStart(2, '0')}m`;
}

/** `83 MiB`. */
export function size(bytes: number): Display {
  return show`${prettyBytes(bytes, { binary: true, maximumFractionDigits: bytes < 10 * 1024 * 1024 ? 1 : 0 })}`;
}

/** `18 211`, with a thin space that does not break words; plain digits below 10 000. */
export function count(value: number): Display {
  return value < 10_000 ? show`${value}` : show`${String(value).replace(/\B(?=(\d{3})+$)/g, '\u2009')}`;
}

/** `1 package`, `3 packages`. */
export function counted(value: number, noun: string): Display {
  return show`${count(value)} ${noun}${value === 1 ? '' : 's'}`;
}
