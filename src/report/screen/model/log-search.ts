import type { Ring } from './log-buffer.ts';

// what compilers, make, ninja, cargo, Portage and the kernel write when something breaks
const ERROR =
  /\berror\b[:[ ]|fatal error|\bERROR:|undefined reference|No space left|^FAILED:|\*\*\* .*Error \d|Killed\b|Traceback \(most|panicked at|Segmentation fault/i;
const WARNING = /\bwarning\b[:[ ]/i;
const MEANT = /-Werror|\berror\.o\b|errors?\.(c|cc|h|cpp|rs|py)\b|0 errors|no error/i; // names of files and options that only look like it

/** Whether a line of output tells of an error, or warns. */
export function gravity(text: string): 'error' | 'warning' | undefined {
  if (ERROR.test(text) && !MEANT.test(text)) return 'error';
  return WARNING.test(text) ? 'warning' : undefined;
}

/** The number of the next line with an error after `from` (before it, going back); undefined where there is none. */
export function nextError(log: Ring, from: number, step: 1 | -1 = 1): number | undefined {
  return nextLine(log, from, step, (text) => gravity(text) === 'error');
}

/** The number of the next line that holds the text, case folded. */
export function nextMatch(log: Ring, from: number, step: 1 | -1, search: string): number | undefined {
  const wanted = search.toLowerCase();
  return wanted === '' ? undefined : nextLine(log, from, step, (text) => text.toLowerCase().includes(wanted));
}

function nextLine(log: Ring, from: number, step: 1 | -1, fits: (text: string) => boolean): number | undefined {
  const end = log.first + log.size;
  for (let number = Math.max(log.first, Math.min(end - 1, from + step)); number >= log.first && number < end; number += step) {
    if (fits(log.line(number)?.text ?? '')) return number;
  }
  return undefined;
}
