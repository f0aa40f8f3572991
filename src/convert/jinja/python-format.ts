import { ownValue } from '../../core/own-value.ts';
import { rejectConversion } from '../not-convertible.ts';
import { call, literal, operation, type SwarmExpression, typeOf } from './swarm-expression.ts';
import type { SwarmArgs } from './translation.ts';

/** A brace of its own, which Python writes twice, or a value: its number or name, and how it is written. */
const PIECES = /(\{\{|\}\}|\{[^{}]*\})/;
const VALUE = /^\{(?<name>\w*)(?::(?<align>[<>]?)(?<zero>0?)(?<width>\d*)(?<digits>\.\d+)?(?<type>[sdfxo]?))?\}$/;

/** `"{}-{name:>5}".format(a, name=b)` of Python. */
export function formatBraces(format: string | undefined, given: SwarmArgs): SwarmExpression {
  if (format === undefined) return rejectConversion('.format() of a text that is not written out');
  let next = 0;
  const parts = format.split(PIECES).map((piece) => {
    if (piece === '{{' || piece === '}}') return literal(piece.slice(1));
    if (!piece.startsWith('{')) return literal(piece);
    const found = VALUE.exec(piece)?.groups ?? rejectConversion(`.format() with ${piece}`);
    const { name = '' } = found;
    return writeValue(findValue(name === '' ? String(next++) : name, given), found);
  });
  const written = parts.filter((part) => part.kind !== 'literal' || part.value !== '');
  return written.length === 0 ? literal('') : written.reduce((left, right) => operation('+', left, right));
}

const findValue = (name: string, { args, named }: SwarmArgs): SwarmExpression =>
  (/^\d+$/.test(name) ? args[Number(name)] : ownValue(named, name)) ?? rejectConversion(`.format() without a value for {${name}}`);

/** Python puts a text to the left of its columns, and a number to the right. */
function writeValue(
  value: SwarmExpression,
  { align = '', zero = '', width = '', digits = '', type = '' }: Record<string, string>,
): SwarmExpression {
  const isNumber = type !== '' && type !== 's';
  if (zero !== '' && (align !== '' || !isNumber)) return rejectConversion('.format() that fills a text with 0');
  if (digits !== '' && type !== 'f') return rejectConversion('.format() with a number of digits for other than {:f}');
  if (width === '' && !isNumber) return typeOf(value) === 'text' ? value : call('string', [value], 'text');
  if (align === '' && !isNumber && typeOf(value) !== 'text') return rejectConversion('.format() with columns for a text or a number');
  const isLeft = align === '<' || (align === '' && !isNumber);
  return call(
    'format',
    [literal(`%${isLeft && width !== '' ? '-' : ''}${zero}${width}${digits}${type === '' ? 's' : type}`), value],
    'text',
  );
}
