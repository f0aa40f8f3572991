import { type Operator, type SwarmExpression, typeOf } from '../swarm-expression.ts';

const STRENGTH: Readonly<Record<Operator, number>> = {
  ...{ '||': 2, '&&': 3, '==': 4, '!=': 4, '<': 4, '<=': 4, '>': 4, '>=': 4, in: 4 },
  ...{ '+': 5, '-': 5, '*': 6, '/': 6, '%': 6 },
};
const RESERVED = new Set(
  'as break const continue else false for function if import in let loop namespace null package return true var void while'.split(' '),
);

/** An expression as CEL. */
export function printCel(expression: SwarmExpression): string {
  return print(expression, 0);
}

function print(expression: SwarmExpression, outer: number): string {
  const [text, strength] = write(expression);
  return strength < outer ? `(${text})` : text;
}

/** The text and how strongly its parts hold together; 9 for what needs no parentheses anywhere. */
function write(expression: SwarmExpression): readonly [text: string, strength: number] {
  switch (expression.kind) {
    case 'literal':
      return [expression.isDouble && Number.isInteger(expression.value) ? `${expression.value}.0` : printLiteral(expression.value), 9];
    case 'name':
      return [expression.name, 9];
    case 'field':
      return isFieldName(expression.name)
        ? [`${print(expression.of, 8)}.${expression.name}`, 8]
        : [`${print(expression.of, 8)}[${JSON.stringify(expression.name)}]`, 8];
    case 'index':
      return writeIndex(expression.of, expression.key);
    case 'call':
      if (expression.name === 'substring')
        return [
          `${print(expression.args[0] ?? expression, 8)}.substring(${expression.args
            .slice(1)
            .map((arg) => print(arg, 0))
            .join(', ')})`,
          8,
        ];
      return [`${expression.name}(${expression.args.map((arg) => print(arg, 0)).join(', ')})`, 9];
    case 'operation': {
      const strength = STRENGTH[expression.op];
      const right = print(expression.right, strength + 1);
      return [`${print(expression.left, strength)} ${expression.op} ${right}`, strength];
    }
    case 'not':
      return [`!${print(expression.of, 7)}`, 7];
    case 'negative':
      return [`-${print(expression.of, 7)}`, 7];
    case 'choice':
      return [`${print(expression.test, 2)} ? ${print(expression.yes, 2)} : ${print(expression.no, 1)}`, 1];
    case 'list':
      return [`[${expression.items.map((item) => print(item, 0)).join(', ')}]`, 9];
    case 'mapping':
      return [`{${expression.entries.map(([key, value]) => `${print(key, 0)}: ${print(value, 0)}`).join(', ')}}`, 9];
    case 'each':
      return [`${print(expression.list, 8)}.${expression.how}(${expression.name}, ${print(expression.body, 0)})`, 8];
    default:
      return ['null', 9];
  }
}

/** CEL counts from the beginning only: `-1` is the last entry. */
function writeIndex(of: SwarmExpression, key: SwarmExpression): readonly [string, number] {
  const list = print(of, 8);
  if (key.kind === 'negative' && key.of.kind === 'literal') return [`${list}[size(${print(of, 0)}) - ${key.of.value}]`, 8];
  return [`${list}[${print(key, 0)}]`, 8];
}

const isFieldName = (name: string): boolean => /^[A-Za-z_]\w*$/.test(name) && !RESERVED.has(name);

/** Strings as CEL reads them: its escapes are those of JSON, except that it has no `\/`. */
const printLiteral = (value: string | number | boolean | null): string =>
  typeof value === 'string' ? printText(value) : typeof value === 'number' ? String(value) : String(value);

/** A regular expression with many backslashes is easier to read as a raw string. */
function printText(text: string): string {
  if (text.includes('\\') && !/["\n\r]/.test(text) && !text.endsWith('\\')) return `r"${text}"`;
  return JSON.stringify(text);
}

/** A condition may be written as one text, or as the parts that must all be true. */
export function splitConditions(expression: SwarmExpression): readonly SwarmExpression[] {
  return expression.kind === 'operation' && expression.op === '&&' && typeOf(expression) === 'bool'
    ? [...splitConditions(expression.left), ...splitConditions(expression.right)]
    : [expression];
}
