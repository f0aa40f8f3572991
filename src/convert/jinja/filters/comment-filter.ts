import { ownValue } from '../../../core/own-value.ts';
import { rejectConversion } from '../../not-convertible.ts';
import { call, literal, operation, pathOf, type SwarmExpression } from '../swarm-expression.ts';
import { literalText, literalValue, type Translation } from '../translation.ts';
import type { FilterRule } from './filter-rule.ts';

/** What `comment` writes around the text and before each of its lines. */
interface CommentStyle {
  readonly beginning: string;
  readonly prefix: string;
  readonly prefix_count: number;
  readonly decoration: string;
  readonly postfix: string;
  readonly postfix_count: number;
  readonly end: string;
  readonly newline: string;
}

const STYLES: Readonly<Record<string, Partial<CommentStyle>>> = {
  plain: { decoration: '# ' },
  erlang: { decoration: '% ' },
  c: { decoration: '// ' },
  cblock: { beginning: '/*', decoration: ' * ', end: ' */' },
  xml: { beginning: '<!--', decoration: ' - ', end: '-->' },
};

/** `text | comment`: each line behind a mark, between two lines with the mark alone, where nothing else is said. */
export const commentFilter: FilterRule = (input, { args, named }, translation) => {
  const name = literalText(args[0] ?? named['style']) ?? 'plain';
  const known = ownValue(STYLES, name);
  if (known === undefined) return rejectConversion(`the filter comment with ${name}`);
  const given: Record<string, string | number> = {};
  for (const [key, value] of Object.entries(named)) {
    const written = literalValue(value);
    if (key === 'style') continue;
    if (typeof written !== 'string' && typeof written !== 'number') return rejectConversion(`the filter comment with a computed ${key}`);
    given[key] = written;
  }
  const mark = String(given['decoration'] ?? known.decoration).trimEnd();
  const style = {
    ...{ beginning: '', prefix: mark, prefix_count: 1, postfix: mark, postfix_count: 1, end: '', newline: '\n' },
    ...known,
    ...given,
  };
  return writeComment(input, style as CommentStyle, translation);
};

function writeComment(input: SwarmExpression, style: CommentStyle, translation: Translation): SwarmExpression {
  const { beginning, prefix, newline, decoration, end } = style;
  const before = [
    beginning === '' ? '' : `${beginning}${newline}`,
    prefix === '' ? '' : `${prefix}${prefix === newline ? '' : newline}`.repeat(Number(style.prefix_count)),
  ].join('');
  const after = `${`${newline}${style.postfix}`.repeat(Number(style.postfix_count))}${end === '' ? '' : `${newline}${end}`}`;
  return [literal(before), markLines(input, decoration, newline, translation), literal(after)].reduce(join);
}

/** Two texts as one; literals become one literal. */
function join(left: SwarmExpression, right: SwarmExpression): SwarmExpression {
  const [one, other] = [literalText(left), literalText(right)];
  if (one === '') return right;
  if (other === '') return left;
  return one !== undefined && other !== undefined ? literal(one + other) : operation('+', left, right);
}

function markLines(input: SwarmExpression, decoration: string, newline: string, { lines }: Translation): SwarmExpression {
  const text = literalText(input);
  const bare = `${decoration.trimEnd()}${newline}`;
  if (text !== undefined)
    return literal(`${decoration}${text.replaceAll(newline, `${newline}${decoration}`)}`.replaceAll(`${decoration}${newline}`, bare));
  const isLine = lines.has(pathOf(input) ?? '');
  const marked = isLine ? input : call('replace', [input, literal(newline), literal(`${newline}${decoration}`)], 'text');
  return join(literal(decoration), marked);
}
