import { closestName } from '../../core/closest-name.ts';
import { formatAsHelper, readFilterCall } from '../expression/jinja-form.ts';
import { FUNCTIONS, formatHelper } from '../functions/function-table.ts';
import { type HandlebarsNode, type HandlebarsProgram, toOffset } from './handlebars-parser.ts';
import { findHandlebarsHint, type TemplateFault, TemplateSyntaxError } from './template-error.ts';
import type { TemplateOperand } from './template-node.ts';

/** A template that Handlebars has parsed, while its nodes are built. */
export interface TemplateBuild {
  readonly text: string;
  readonly program: HandlebarsProgram;
  /** Gets what is wrong with a value. Without it that is thrown. */
  readonly addFault?: (fault: TemplateFault) => void;
}

/** The names with @ that blocks give, and @root. */
const BLOCK_NAMES = ['root', 'index', 'key', 'first', 'last'];

const HELPERS_HINT = 'Use a function of docs/functions.md.';

/** Where a node stands in the text. */
export const rangeOf = ({ text }: TemplateBuild, { loc }: HandlebarsNode): { readonly start: number; readonly end: number } => ({
  start: toOffset(text, loc.start),
  end: toOffset(text, loc.end),
});

/** Throws what is wrong with a node. */
export function reject(build: TemplateBuild, node: HandlebarsNode, message: string, hint?: string): never {
  throw new TemplateSyntaxError({ message, hint, ...rangeOf(build, node) });
}

function hintForHelper(build: TemplateBuild, name: string, path: HandlebarsNode, args: readonly HandlebarsNode[]): string {
  const words = args.map((arg) => build.text.slice(rangeOf(build, arg).start, rangeOf(build, arg).end));
  const filter = readFilterCall(name, words);
  if (filter !== undefined) return `Write: {{ ${formatAsHelper(filter)} }}`;
  const near = closestName(name, FUNCTIONS.keys());
  if (near !== undefined) return `Did you mean \`${near}\`?`;
  return findHandlebarsHint(build.text, rangeOf(build, path).start) ?? HELPERS_HINT;
}

/** Adds what is wrong with a value and goes on with an empty text, or throws it. */
function rejectValue(build: TemplateBuild, node: HandlebarsNode, message: string, hint?: string): TemplateOperand {
  if (build.addFault === undefined) return reject(build, node, message, hint);
  build.addFault({ message, hint, ...rangeOf(build, node) });
  return { kind: 'literal', value: '' };
}

/** `{{ name }}`, `{{ helper value }}` or `(helper value)`. */
export function convertExpression(build: TemplateBuild, node: HandlebarsNode): TemplateOperand {
  const path = node.path as HandlebarsNode;
  const name = String(path.original);
  if (node.hash !== undefined) return rejectValue(build, node.hash, 'helpers take values in order, not name=value');
  const args = node.params ?? [];
  const helper = FUNCTIONS.get(name);
  const isCall = args.length > 0 || (node.type === 'SubExpression' && helper?.minArgs === 0); // (list) is an empty list
  if (!isCall && path.type === 'PathExpression') return convertOperand(build, path);
  if (name === 'not_converted') {
    const [, reason] = args;
    return rejectValue(build, node, `not converted from Jinja: ${String(reason?.value ?? '')}`, 'Write it by hand in its place.');
  }
  if (helper === undefined) {
    const hint = hintForHelper(build, name, path, args);
    return rejectValue(build, path, `unknown helper \`${name}\``, hint);
  }
  if (args.length < helper.minArgs || args.length > helper.maxArgs)
    return rejectValue(build, path, `helper \`${name}\` is written {{ ${formatHelper(helper)} }}`);
  return { kind: 'call', helper: name, args: args.map((arg) => convertOperand(build, arg)), ...rangeOf(build, node) };
}

/** A value: a name, a literal or a call in parentheses. */
export function convertOperand(build: TemplateBuild, node: HandlebarsNode): TemplateOperand {
  if (node.type === 'SubExpression') return convertExpression(build, node);
  if (node.type === 'PathExpression') {
    const original = String(node.original);
    const { data = false, depth = 0, parts = [] } = node;
    if (data && !BLOCK_NAMES.includes(parts[0] ?? ''))
      return rejectValue(build, node, `there is no \`${original}\``, `Use one of: ${BLOCK_NAMES.map((name) => `@${name}`).join(', ')}`);
    return { kind: 'reference', data, levelsUp: depth, fromThis: /^(?:this\b|\.\/|\.$)/.test(original), parts, ...rangeOf(build, node) };
  }
  if (node.type === 'UndefinedLiteral') return rejectValue(build, node, '`undefined` is not a value', 'Write null or "".');
  return { kind: 'literal', value: (node.value ?? null) as string | number | boolean | null };
}
