import type { LogBuffer } from './log-buffer.ts';

// what compilers, make, ninja, cargo, Portage and the kernel write when something breaks
const ERROR_PATTERN =
  /\berror\b[:[ ]|fatal error|\bERROR:|undefined reference|No space left|^FAILED:|\*\*\* .*Error \d|Killed\b|Traceback \(most|panicked at|Segmentation fault/i;
const WARNING_PATTERN = /\bwarning\b[:[ ]/i;
const FALSE_ERROR_PATTERN = /-Werror|\berror\.o\b|errors?\.(c|cc|h|cpp|rs|py)\b|0 errors|no error/i; // names of files and options that only look like it

/** Whether a line of output tells of an error, or warns. */
export function logLineSeverity(text: string): 'error' | 'warning' | undefined {
  if (ERROR_PATTERN.test(text) && !FALSE_ERROR_PATTERN.test(text)) return 'error';
  return WARNING_PATTERN.test(text) ? 'warning' : undefined;
}

/** The number of the next line with an error after `from` (before it, going back); undefined where there is none. */
export function findNextError(log: LogBuffer, from: number, step: 1 | -1 = 1): number | undefined {
  return findNextLine(log, from, step, (text) => logLineSeverity(text) === 'error');
}

/** The number of the next line that holds the text, case folded. */
export function findNextMatch(log: LogBuffer, from: number, step: 1 | -1, search: string): number | undefined {
  const wanted = search.toLowerCase();
  return wanted === '' ? undefined : findNextLine(log, from, step, (text) => text.toLowerCase().includes(wanted));
}

function findNextLine(log: LogBuffer, from: number, step: 1 | -1, matches: (text: string) => boolean): number | undefined {
  const end = log.first + log.size;
  for (let number = Math.max(log.first, Math.min(end - 1, from + step)); number >= log.first && number < end; number += step) {
    if (matches(log.line(number)?.text ?? '')) return number;
  }
  return undefined;
}
