import { rejectConversion } from '../../not-convertible.ts';

/** What is open in the words read so far. */
interface Open {
  quote: string | undefined;
  readonly depths: { '{{': number; '{%': number; '{#': number };
}

const CLOSING = { '{{': '}}', '{%': '%}', '{#': '#}' } as const;
const OPENINGS = ['{{', '{%', '{#'] as const;

/** The words of a text as Ansible splits them: quotes and templates stay together, spaces and line breaks behind a word stay with it. */
export function splitShortForm(text: string): readonly string[] {
  const words: string[] = [];
  const open: Open = { quote: undefined, depths: { '{{': 0, '{%': 0, '{#': 0 } };
  const lines = text.split('\n');
  const append = (more: string): void => void (words.length > 0 && words.push((words.pop() ?? '') + more));
  for (const [at, line] of lines.entries()) {
    const tokens = line.split(' ');
    let continues = false;
    for (const [i, token] of tokens.entries()) {
      if (token === '' && i > 0) append(' ');
      else if (token === '\\' && open.quote === undefined) continues = true;
      else readToken(token, { isFirst: i === 0, isAlone: tokens.length === 1 }, open, words, append);
    }
    if (at < lines.length - 1 && !continues) append('\n');
  }
  if (open.quote !== undefined || isInTemplate(open)) return rejectConversion('a quote or a template is not closed');
  return words;
}

const isInTemplate = ({ depths }: Open): boolean => OPENINGS.some((each) => depths[each] > 0);

function readToken(
  token: string,
  place: { readonly isFirst: boolean; readonly isAlone: boolean },
  open: Open,
  words: string[],
  append: (more: string) => void,
): void {
  const wasQuoted = open.quote !== undefined;
  const wasInTemplate = isInTemplate(open);
  open.quote = quoteAfter(token, open.quote);
  const startsQuote = open.quote !== undefined && !wasQuoted && !wasInTemplate;
  const continues = !startsQuote && (wasInTemplate || open.quote !== undefined || wasQuoted);
  if (continues) {
    const isGlued = place.isFirst && wasQuoted;
    append(`${isGlued ? '' : place.isAlone ? '\n' : place.isFirst ? '' : ' '}${token}`);
  } else if (startsQuote) words.push(token);
  let isAdded = continues || startsQuote;
  for (const each of OPENINGS) {
    const before = open.depths[each];
    open.depths[each] = Math.max(0, before + count(token, each) - count(token, CLOSING[each]));
    if (open.depths[each] !== before && !isAdded) {
      words.push(token);
      isAdded = true;
    }
  }
  if (!isAdded && token !== '') words.push(token);
}

const count = (text: string, part: string): number => text.split(part).length - 1;

/** The quote that is open after a token. One behind a backslash does not count. */
function quoteAfter(token: string, before: string | undefined): string | undefined {
  let quote = before;
  for (const [i, char] of [...token].entries()) {
    if ((char !== '"' && char !== "'") || token[i - 1] === '\\') continue;
    if (quote === undefined) quote = char;
    else if (quote === char) quote = undefined;
  }
  return quote;
}
