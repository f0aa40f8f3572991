/** How things are drawn: taken once from the environment, the stream and the options, then handed down as a value. */
export interface Look {
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
}

/** Columns where nobody says how many there are: nothing is cut in a pipe. */
export const WIDE = 1000;

interface Out {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
}

type Env = Readonly<Record<string, string | undefined>>;

/** The look of one stream (stdout and stderr are judged each on its own). NO_COLOR: no-color.org; FORCE_COLOR: force-color.org. */
export function lookOf(
  out: Out,
  env: Env,
  options: { readonly color?: 'auto' | 'always' | 'never'; readonly verbosity?: number } = {},
): Look {
  const tty = out.isTTY === true && env['TERM'] !== 'dumb';
  return {
    colour: colourOf(env, tty, options.color ?? 'auto'),
    ascii: env['SWARM_ASCII'] === undefined ? !utf8(env) : isOn(env['SWARM_ASCII']),
    columns: out.isTTY === true ? (out.columns ?? 80) || 80 : number(env['COLUMNS'], WIDE),
    rows: out.isTTY === true ? (out.rows ?? 24) || 24 : number(env['LINES'], 24),
    verbosity: options.verbosity ?? 0,
    tty,
    ci: isOn(env['GITHUB_ACTIONS']) ? 'github' : isOn(env['CI']) ? 'other' : undefined,
  };
}

function colourOf(env: Env, tty: boolean, asked: 'auto' | 'always' | 'never'): boolean {
  if (asked !== 'auto') return asked === 'always';
  if (env['NO_COLOR']) return false;
  if (isOn(env['FORCE_COLOR']) || isOn(env['CLICOLOR_FORCE'])) return true;
  return tty;
}

/** POSIX order: the first of the three that is not empty decides. None at all, or C, on Linux means ASCII; C.UTF-8 does not. */
function utf8(env: Env): boolean {
  return /utf-?8/i.test(env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || '');
}

const isOn = (value: string | undefined): boolean => value !== undefined && !['', '0', 'false', 'no'].includes(value.toLowerCase());

function number(text: string | undefined, otherwise: number): number {
  const value = Number(text);
  return Number.isInteger(value) && value > 0 ? value : otherwise;
}
