import type { GivenOptions } from '../../core/error/given-options.ts';

/** How things are drawn: taken once from the environment, the stream and the options, then handed down as a value. */
export interface TerminalStyle {
  readonly colour: boolean;
  /** No byte above 0x7E: SWARM_ASCII=1, or a locale that is not UTF-8. */
  readonly ascii: boolean;
  /** Of the terminal. Without one a table is as wide as it wants: WIDE. */
  readonly columns: number;
  readonly rows: number;
  /** -1 quiet, 0, 1 results, 2 routes and changes, 3 more. */
  readonly verbosity: number;
  /** A terminal whose cursor can be moved; a screen may be drawn. */
  readonly tty: boolean;
  /** A build service; `github` understands `::group::`. */
  readonly ci: 'github' | 'other' | undefined;
  /** What a command to type next needs too. On a screen, which has no room for it, nothing. */
  readonly given: GivenOptions;
}

/** Columns where nobody says how many there are: nothing is cut in a pipe. */
export const UNLIMITED_COLUMNS = 1000;

interface TerminalStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The look of one stream (stdout and stderr are judged each on its own). NO_COLOR: no-color.org; FORCE_COLOR: force-color.org. */
export function detectTerminalStyle(
  out: TerminalStream,
  env: Environment,
  options: { readonly color?: 'auto' | 'always' | 'never'; readonly verbosity?: number; readonly given?: GivenOptions } = {},
): TerminalStyle {
  const tty = out.isTTY === true && env['TERM'] !== 'dumb';
  return {
    colour: usesColour(env, tty, options.color ?? 'auto'),
    ascii: env['SWARM_ASCII'] === undefined ? !isUtf8Locale(env) : isEnabled(env['SWARM_ASCII']),
    columns: out.isTTY === true ? (out.columns ?? 80) || 80 : positiveIntegerOr(env['COLUMNS'], UNLIMITED_COLUMNS),
    rows: out.isTTY === true ? (out.rows ?? 24) || 24 : positiveIntegerOr(env['LINES'], 24),
    verbosity: options.verbosity ?? 0,
    tty,
    ci: isEnabled(env['GITHUB_ACTIONS']) ? 'github' : isEnabled(env['CI']) ? 'other' : undefined,
    given: options.given ?? {},
  };
}

function usesColour(env: Environment, tty: boolean, option: 'auto' | 'always' | 'never'): boolean {
  if (option !== 'auto') return option === 'always';
  if (env['NO_COLOR']) return false;
  if (isEnabled(env['FORCE_COLOR']) || isEnabled(env['CLICOLOR_FORCE'])) return true;
  return tty;
}

/** POSIX order: the first of the three that is not empty decides. None at all, or C, on Linux means ASCII; C.UTF-8 does not. */
function isUtf8Locale(env: Environment): boolean {
  return /utf-?8/i.test(env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || '');
}

const isEnabled = (value: string | undefined): boolean => value !== undefined && !['', '0', 'false', 'no'].includes(value.toLowerCase());

function positiveIntegerOr(text: string | undefined, fallback: number): number {
  const value = Number(text);
  return Number.isInteger(value) && value > 0 ? value : fallback;
}
