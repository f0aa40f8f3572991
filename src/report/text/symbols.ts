import type { Outcome } from '../../core/event.ts';

export type Colour = 'red' | 'green' | 'yellow' | 'cyan' | 'magenta' | 'blue';

export interface TextStyle {
  readonly colour?: Colour;
  readonly bold?: boolean;
  readonly dim?: boolean;
  readonly inverse?: boolean;
}

export type DisplayStatus =
  | 'queued'
  | 'proving'
  | 'running'
  | 'ok'
  | 'changed'
  | 'skipped'
  | 'failed'
  | 'unreachable'
  | 'refused'
  | 'unknown'
  | 'reattach'
  | 'aside';

/** Symbol, word and colour always together: colour never carries meaning alone, and red is failed and refused only. */
export const statusSymbols: Readonly<Record<DisplayStatus, { readonly symbol: string; readonly word: string; readonly style: TextStyle }>> =
  {
    queued: { symbol: '·', word: 'wait', style: { dim: true } },
    proving: { symbol: '◌', word: 'prove', style: { dim: true } },
    running: { symbol: '►', word: 'run', style: { colour: 'cyan' } },
    ok: { symbol: '✓', word: 'ok', style: { colour: 'green' } },
    changed: { symbol: '~', word: 'changed', style: { colour: 'yellow' } },
    skipped: { symbol: '-', word: 'skipped', style: { dim: true } },
    failed: { symbol: '✗', word: 'failed', style: { colour: 'red' } },
    unreachable: { symbol: '!', word: 'unreachable', style: { colour: 'magenta' } },
    refused: { symbol: '⊘', word: 'refused', style: { colour: 'red', bold: true, inverse: true } },
    unknown: { symbol: '?', word: 'unknown', style: { colour: 'yellow' } },
    reattach: { symbol: '↻', word: 'reattach', style: { colour: 'cyan' } },
    aside: { symbol: '■', word: 'aside', style: { colour: 'yellow', dim: true } },
  };

/** Outcomes in the order of recap lines. */
export const outcomeOrder = ['ok', 'changed', 'failed', 'unreachable', 'refused', 'skipped'] as const satisfies readonly Outcome[];

/** The same of a dry run, which has outcomes that it does not know. */
export const checkOutcomeOrder: readonly Outcome[] = [...outcomeOrder, 'unknown'];

/** The word of an outcome. A dry run changes nothing: it says what would change. */
export const outcomeWord = (outcome: Outcome, check: boolean): string => (check && outcome === 'changed' ? 'would change' : outcome);

const ANSI_COLOURS: Readonly<Record<Colour, number>> = { red: 31, green: 32, yellow: 33, blue: 34, magenta: 35, cyan: 36 };

/** SGR with the 16 colours; nothing else is ever sent. */
export function applyAnsiStyle(text: string, style: TextStyle | undefined): string {
  if (style === undefined || text === '') return text;
  const codes = [
    ...(style.bold ? [1] : []),
    ...(style.dim ? [2] : []),
    ...(style.inverse ? [7] : []),
    ...(style.colour ? [ANSI_COLOURS[style.colour]] : []),
  ];
  return codes.length === 0 ? text : `\x1b[${codes.join(';')}m${text}\x1b[0m`;
}

const ASCII_FORMS: Readonly<Record<string, string>> = {
  '·': '.',
  '◌': 'o',
  '►': '>',
  '✓': '+',
  '✗': 'x',
  '⊘': '#',
  '↻': '@',
  '■': '=',
  '█': '#',
  '▓': '+',
  '░': '-',
  '─': '-',
  '│': '|',
  '…': '~',
  '↑': '^',
  '↓': 'v',
  '←': '<',
  '→': '>',
  '—': '-',
  '\u2009': ' ',
};
for (const [index, bar] of [...'▁▂▃▄▅▆▇'].entries()) (ASCII_FORMS as Record<string, string>)[bar] = '_.:-=+*'[index] ?? '*';

/** The ASCII form, column for column: our symbols by the table, anything else above 0x7E as `?`. */
export function toAscii(text: string, widthOf: (character: string) => number): string {
  if (/^[\x00-\x7e]*$/.test(text)) return text;
  let ascii = '';
  for (const character of text) ascii += character <= '~' ? character : (ASCII_FORMS[character] ?? '?'.repeat(widthOf(character)));
  return ascii;
}
