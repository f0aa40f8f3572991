import { type Operator, type SwarmExpression, typeOf } from './target-tree.ts';

const STRENGTH: Readonly<Record<Operator, number>> = {
  ...{ '||': 2, '&&': 3, '==': 4, '!=': 4, '<': 4, '<=': 4, '>': 4, '>=': 4, in: 4 },
  ...{ '+': 5, '-': 5, '*': 6, '/': 6, '%': 6 },
};
const RESERVED = new Set(
  'as break const continue else false for function if import in let loop namespace null package return true var void while'.split(' '),
);

/** An expression as CEL. */
export function printCel(target: SwarmExpression): string {
  return print(target, 0);
}

function print(target: SwarmExpression, outer: number): string {
  const [text, strength] = write(target);
  return strength < outer ? `(${text})` : text;
}

/** The text and how strongly its parts hold together; 9 for what needs no parentheses anywhere. */
function write(target: SwarmExpression): readonly [text: string, strength: number] {
  switch (target.kind) {
    case 'literal':
      return [target.isDouble && Number.isInteger(target.value) ? `${target.value}.0` : printLiteral(target.value), 9];
    case 'name':
      return [target.name, 9];
    case 'field':
      return isFieldName(target.name)
        ? [`${print(target.of, 8)}.${target.name}`, 8]
        : [`${print(target.of, 8)}[${JSON.stringify(target.name)}]`, 8];
    case 'index':
      return writeIndex(target.of, target.key);
    case 'call':
      if (target.name === 'substring')
        return [
          `${print(target.args[0] ?? target, 8)}.substring(${target.args
            .slice(1)
            .map((arg) => print(arg, 0))
            .join(', ')})`,
          8,
        ];
      return [`${target.name}(${target.args.map((arg) => print(arg, 0)).join(', ')})`, 9];
    case 'operation': {
      const strength = STRENGTH[target.op];
      const right = print(target.right, strength + 1);
      return [`${print(target.left, strength)} ${target.op} ${right}`, strength];
    }
    case 'not':
      return [`!${print(target.of, 7)}`, 7];
    case 'negative':
      return [`-${print(target.of, 7)}`, 7];
    case 'choice':
      return [`${print(target.test, 2)} ? ${print(target.yes, 2)} : ${print(target.no, 1)}`, 1];
    case 'list':
      return [`[${target.items.map((item) => print(item, 0)).join(', ')}]`, 9];
    case 'mapping':
      return [`{${target.entries.map(([key, value]) => `${print(key, 0)}: ${print(value, 0)}`).join(', ')}}`, 9];
    case 'each':
      return [`${print(target.list, 8)}.${target.how}(${target.name}, ${print(target.body, 0)})`, 8];
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
export function splitConditions(target: SwarmExpression): readonly SwarmExpression[] {
  return target.kind === 'operation' && target.op === '&&' && typeOf(target) === 'bool'
    ? [...splitConditions(target.left), ...splitConditions(target.right)]
    : [target];
}
