import { createRequire } from 'node:module';
import { nearest } from '../../core/error.ts';
import { Fault, offsetOf, type ParserError, refuseJinja, syntaxFault } from './template-error.ts';
import { HELPERS } from './template-helpers.ts';

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
