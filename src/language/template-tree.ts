import { createRequire } from 'node:module';
import { nearest } from '../core/error.ts';
import { HELPERS } from './helpers.ts';

/** A template as swarm runs it: Handlebars' grammar, none of its code generation, partials or prototypes. */
export type Piece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'value'; readonly of: Operand; readonly start: number; readonly end: number }
  | Block;

export interface Block {
  readonly kind: 'if' | 'unless' | 'each' | 'with';
  readonly of: Operand;
  /** `as |item index|` */
  readonly names: readonly string[];
  readonly then: readonly Piece[];
  readonly otherwise: readonly Piece[];
}

export type Operand = Reference | Call | { readonly kind: 'literal'; readonly value: string | number | boolean | null };

export interface Reference {
  readonly kind: 'reference';
  /** `@index`, `@root`: not from the scope. */
  readonly data: boolean;
  /** How many `../`. */
  readonly up: number;
  /** `this.x`: never the name of a block's parameter. */
  readonly own: boolean;
  readonly parts: readonly string[];
  readonly start: number;
  readonly end: number;
}

export interface Call {
  readonly kind: 'call';
  readonly helper: string;
  readonly args: readonly Operand[];
  readonly start: number;
  readonly end: number;
}

export interface TemplateFault {
  readonly message: string;
  readonly hint?: string | undefined;
  readonly start: number;
  readonly end: number;
}

/** Throws a Fault with its offsets: SW1113 for the caller. */
export class Fault extends Error {
  readonly fault: TemplateFault;
  constructor(fault: TemplateFault) {
    super(fault.message);
    this.fault = fault;
  }
}

const MAX_CACHED = 2000;
const cache = new Map<string, readonly Piece[]>();

/** The pieces of a template text; throws Fault. Parsed once. */
export function parseTemplate(text: string): readonly Piece[] {
  const known = cache.get(text);
  if (known !== undefined) return known;
  refuseJinja(text);
  const pieces = text.includes('{{') ? build(text, parse(text)) : [{ kind: 'text' as const, text }];
  if (cache.size >= MAX_CACHED) cache.clear();
  cache.set(text, pieces);
  return pieces;
}

/** Only what is read of Handlebars' tree. */
interface Node {
  readonly type: string;
  readonly loc: { readonly start: Position; readonly end: Position };
  readonly value?: unknown;
  readonly path?: Node;
  readonly params?: readonly Node[];
  readonly hash?: Node;
  readonly program?: Program;
  readonly inverse?: Program;
  readonly data?: boolean;
  readonly depth?: number;
  readonly parts?: readonly string[];
  readonly original?: unknown;
}
type Position = { readonly line: number; readonly column: number };
type Program = { readonly body: readonly Node[]; readonly blockParams?: readonly string[] };

let parser: ((text: string) => Program) | undefined;

/** Loaded when the first template occurs; only the parser, a third of the library's start-up. */
function parse(text: string): Program {
  if (parser === undefined) {
    const require = createRequire(import.meta.url);
    parser = (require('handlebars/dist/cjs/handlebars/compiler/base.js') as { parse: (text: string) => Program }).parse;
  }
  try {
    return parser(text);
  } catch (thrown) {
    throw new Fault(syntaxFault(text, thrown as ParserError));
  }
}

type ParserError = Error & { readonly lineNumber?: number; readonly column?: number; readonly endColumn?: number };

function syntaxFault(text: string, error: ParserError): TemplateFault {
  if (error.lineNumber !== undefined) {
    const start = offsetOf(text, { line: error.lineNumber, column: error.column ?? 0 });
    const message = error.message.replace(/ - \d+:\d+$/, '').replace(/^(\S+) doesn't match (\S+)$/, '`{{#$1}}` is closed by `{{/$2}}`');
    return { message, start, end: start + Math.max(1, (error.endColumn ?? 0) - (error.column ?? 0)) };
  }
  const start = failedAt(text, error.message);
  const open = text.lastIndexOf('{{', start);
  if (open >= 0 && !text.includes('}}', open))
    return { message: '`{{` is not closed', start: open, end: open + 2, hint: 'write {{ name }}' };
  const rest = text.slice(start).trimStart();
  if (rest === '') return unclosedBlock(text);
  const word = /^(?:[\w.]+|\}\}|\{\{[/#^]?\w*|==|.)/.exec(rest)?.[0] ?? '';
  const at = start + text.slice(start).indexOf(word);
  return { message: `\`${word}\` cannot stand here`, hint: foreignHint(text, at), start: at, end: at + word.length };
}

function unclosedBlock(text: string): TemplateFault {
  const blocks: { readonly name: string; readonly start: number; readonly end: number }[] = [];
  for (const { 0: tag, 1: mark, 2: name = '', index } of text.matchAll(/\{\{~?([#/])\s*(\w+)[^}]*\}\}/g)) {
    if (mark === '/') blocks.pop();
    else blocks.push({ name, start: index, end: index + tag.length });
  }
  const last = blocks.at(-1);
  if (last === undefined) return { message: 'the template ends too early', start: Math.max(0, text.length - 1), end: text.length };
  const { name, start, end } = last;
  return { message: `\`{{#${name}}}\` is not closed`, hint: `{{/${name}}} is missing`, start, end };
}

/** Jison says where only by drawing: its picture has 20 characters before the caret and 20 after, without line ends. */
function failedAt(text: string, message: string): number {
  const [, drawn = '', arrow = ''] = message.split('\n');
  const caret = arrow.indexOf('^');
  const before = drawn.slice(0, caret).replace(/^\.\.\./, '');
  const after = drawn.slice(caret).replace(/\.\.\.$/, '');
  const offsets: number[] = [];
  let flat = '';
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '\n' || text[i] === '\r') continue;
    flat += text[i];
    offsets.push(i);
  }
  const found = flat.indexOf(before + after);
  return found < 0 ? Math.max(0, text.indexOf('{{')) : (offsets[found + before.length] ?? text.length);
}

function foreignHint(text: string, at: number): string | undefined {
  const inner = text.slice(text.lastIndexOf('{{', at), text.indexOf('}}', at) + 2 || undefined);
  const filter = /\{\{\s*([\w.]+)\s*\|\s*(\w+)(?:\(([^)]*)\))?/.exec(inner);
  if (filter !== null) return `a filter is a helper here: {{ ${[filter[2], filter[1], filter[3]].filter(Boolean).join(' ')} }}`;
  if (/[=!<>]=|[<>]| (?:and|or|not|in) /.test(inner)) return 'templates do not compare: put the condition into when:, or use {{#if x}}';
  const index = /([\w.]+)\[(['"]?)([^\]'"]+)\2\]/.exec(inner);
  if (index !== null) return `write {{ ${index[1]}.[${index[3]}] }}`;
  if (/\.\d/.test(inner)) return 'the first entry of a list is {{ list.[0] }}';
  if (/\w\(/.test(inner)) return 'a helper is called {{ helper value }}, without parentheses';
  return undefined;
}

const JINJA = /\{%[-+]?\s*(if|elif|else|endif|for|endfor|set|include|macro|block|raw|endraw)\b([^%]*)%\}/;

function refuseJinja(text: string): void {
  const match = JINJA.exec(text);
  if (match === null) return;
  const [whole, word = '', more = ''] = match;
  const condition = more.replace(/[-+]$/, '').trim();
  const loop = /^(\w+)\s+in\s+(.+)$/.exec(condition);
  const forms: Readonly<Record<string, string>> = {
    if: `{{#if ${condition}}}`,
    elif: `{{else if ${condition}}}`,
    else: '{{else}}',
    endif: '{{/if}}',
    for: loop === null ? '{{#each list as |x|}}' : `{{#each ${loop[2]} as |${loop[1]}|}}`,
    endfor: '{{/each}}',
  };
  const form = forms[word];
  const hint = form === undefined ? 'templates have {{#if}}, {{#each}}, {{#with}} and {{#unless}}' : `write ${form}`;
  throw new Fault({ message: '`{% %}` is Jinja2; templates are Handlebars', hint, start: match.index, end: match.index + whole.length });
}

function offsetOf(text: string, { line, column }: Position): number {
  let start = 0;
  for (let n = 1; n < line; n++) start = text.indexOf('\n', start) + 1;
  return start + column;
}

function build(text: string, program: Program): readonly Piece[] {
  const range = (node: Node) => ({ start: offsetOf(text, node.loc.start), end: offsetOf(text, node.loc.end) });
  const refuse = (node: Node, message: string, hint?: string): never => {
    throw new Fault({ message, hint, ...range(node) });
  };
  const pieces = (of: Program | undefined): readonly Piece[] => (of?.body ?? []).flatMap((node) => piece(node) ?? []);

  function piece(node: Node): Piece | undefined {
    switch (node.type) {
      case 'ContentStatement':
        return node.value === '' ? undefined : { kind: 'text', text: String(node.value) };
      case 'CommentStatement':
        return undefined;
      case 'MustacheStatement':
        return { kind: 'value', of: callOrValue(node), ...range(node) };
      case 'BlockStatement':
        return block(node);
      default:
        return refuse(node, 'partials and decorators are not supported', 'put the text here, or use a second template');
    }
  }

  function block(node: Node): Piece {
    const name = String(node.path?.original ?? '');
    if (name !== 'if' && name !== 'unless' && name !== 'each' && name !== 'with') {
      const near = nearest(name, ['if', 'unless', 'each', 'with']);
      const hint = near === undefined ? `write {{#if ${name}}} or {{#each ${name}}}` : `did you mean \`{{#${near}}}\`?`;
      return refuse(node.path ?? node, `unknown block \`{{#${name}}}\``, hint);
    }
    const [over, extra] = node.params ?? [];
    if (over === undefined || extra !== undefined || node.hash !== undefined) refuse(node.path ?? node, `\`{{#${name}}}\` takes one value`);
    const names = node.program?.blockParams ?? [];
    const then = pieces(node.program);
    return { kind: name, of: operand(over as Node), names, then, otherwise: pieces(node.inverse) };
  }

  function callOrValue(node: Node): Operand {
    const path = node.path as Node;
    const name = String(path.original);
    if (node.hash !== undefined) refuse(node.hash, 'helpers take values in order, not name=value');
    const args = node.params ?? [];
    const helper = HELPERS.get(name);
    if (helper === undefined) {
      if (args.length === 0) return operand(path);
      const near = nearest(name, HELPERS.keys());
      refuse(
        path,
        `unknown helper \`${name}\``,
        near === undefined ? `helpers: ${[...HELPERS.keys()].join(', ')}` : `did you mean \`${near}\`?`,
      );
    } else if (args.length < helper.least || args.length > helper.most) {
      refuse(path, `helper \`${name}\` is written {{ ${helper.form} }}`);
    }
    return { kind: 'call', helper: name, args: args.map(operand), ...range(node) };
  }

  function operand(node: Node): Operand {
    if (node.type === 'SubExpression') return callOrValue(node);
    if (node.type === 'PathExpression') {
      const original = String(node.original);
      const { data = false, depth = 0, parts = [] } = node;
      return { kind: 'reference', data, up: depth, own: /^(?:this\b|\.\/|\.$)/.test(original), parts, ...range(node) };
    }
    if (node.type === 'UndefinedLiteral') return refuse(node, '`undefined` is no value', 'write null or ""');
    return { kind: 'literal', value: (node.value ?? null) as string | number | boolean | null };
  }

  return pieces(program);
}
