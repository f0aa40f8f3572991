import { closestName } from '../../core/closest-name.ts';
import { FUNCTIONS, formatHelper } from '../functions/function-table.ts';
import { type HandlebarsNode, type HandlebarsProgram, parseHandlebars, toOffset } from './handlebars-parser.ts';
import { findHandlebarsHint, rejectJinja, type TemplateFault, TemplateSyntaxError, toSyntaxFault } from './template-error.ts';
import { findDeepTemplate, MAX_TEMPLATE_LEVELS } from './template-nesting.ts';
import type { TemplateInclude, TemplateNode, TemplateOperand, TemplatePart } from './template-node.ts';

const HELPERS_HINT = 'Use a function of docs/functions.md.';
const MAX_CACHED = 2000;
const templateCache = new Map<string, readonly TemplateNode[]>();

/** The nodes of a template; throws TemplateSyntaxError. Each text is parsed once. */
export function parseTemplate(text: string): readonly TemplateNode[] {
  const cached = templateCache.get(text);
  if (cached !== undefined) return cached;
  rejectJinja(text);
  const nodes = text.includes('{{') ? buildNodes(text, parseProgram(text)) : [{ kind: 'text' as const, text }];
  if (templateCache.size >= MAX_CACHED) templateCache.clear();
  templateCache.set(text, nodes);
  return nodes;
}

/** All that is wrong in a template: each value, or the first error that the grammar of Handlebars refuses. */
export function listTemplateFaults(text: string): readonly TemplateFault[] {
  const faults: TemplateFault[] = [];
  try {
    rejectJinja(text);
    if (text.includes('{{')) buildNodes(text, parseProgram(text), (fault) => void faults.push(fault));
  } catch (thrown) {
    if (!(thrown instanceof TemplateSyntaxError)) throw thrown;
    faults.push(thrown.fault);
  }
  return faults;
}

function parseProgram(text: string): HandlebarsProgram {
  const deep = findDeepTemplate(text);
  if (deep !== undefined) {
    const message = `nested deeper than ${MAX_TEMPLATE_LEVELS} levels`;
    const hint = 'Put a part of it into a variable, or into a template of its own.';
    throw new TemplateSyntaxError({ message, hint, start: deep, end: deep + 1 });
  }
  const parsed = parseHandlebars(text);
  if ('body' in parsed) return parsed;
  throw new TemplateSyntaxError(toSyntaxFault(text, parsed));
}

/** `addFault`: gets what is wrong with a value, which is thrown without it. */
function buildNodes(text: string, program: HandlebarsProgram, addFault?: (fault: TemplateFault) => void): readonly TemplateNode[] {
  const rangeOf = (node: HandlebarsNode) => ({ start: toOffset(text, node.loc.start), end: toOffset(text, node.loc.end) });
  const reject = (node: HandlebarsNode, message: string, hint?: string): never => {
    throw new TemplateSyntaxError({ message, hint, ...rangeOf(node) });
  };
  const rejectValue = (node: HandlebarsNode, message: string, hint?: string): TemplateOperand => {
    if (addFault === undefined) return reject(node, message, hint);
    addFault({ message, hint, ...rangeOf(node) });
    return { kind: 'literal', value: '' };
  };
  const convertProgram = (of: HandlebarsProgram | undefined): readonly TemplateNode[] =>
    (of?.body ?? []).flatMap((node) => convertStatement(node) ?? []);

  function convertStatement(node: HandlebarsNode): TemplateNode | undefined {
    switch (node.type) {
      case 'ContentStatement':
        return node.value === '' ? undefined : { kind: 'text', text: String(node.value) };
      case 'CommentStatement':
        return undefined;
      case 'MustacheStatement':
        return { kind: 'value', of: convertExpression(node), ...rangeOf(node) };
      case 'BlockStatement':
        return convertBlock(node);
      case 'PartialStatement':
        return convertInclude(node);
      case 'DecoratorBlock':
        return convertPart(node);
      default:
        return reject(node, 'decorators and blocks of partials are not supported', 'Write {{> other.hbs}} to put in another template.');
    }
  }

  function convertPart(node: HandlebarsNode): TemplatePart {
    const [name, extra] = (node.params ?? []).map(({ value }) => value);
    if (node.path?.original !== 'inline' || typeof name !== 'string' || extra !== undefined)
      return reject(node.path ?? node, 'this is not an inline part of a template', 'Write: {{#*inline "name"}}…{{/inline}}');
    if (!program.body.includes(node))
      return reject(node, `the part ${name} is inside another block`, 'Put it at the beginning of the file.');
    return { kind: 'part', name, body: convertProgram(node.program) };
  }

  function convertInclude(node: HandlebarsNode): TemplateInclude {
    const name = node.name?.type === 'PathExpression' ? node.name.original : node.name?.value;
    if (typeof name !== 'string') return reject(node, '`{{> }}` takes the name of a file', 'Write: {{> other.hbs}}');
    if ((node.params ?? []).length > 0) reject(node, 'an included template takes values by their names', `Write: {{> ${name} name=value}}`);
    const values = (node.hash?.pairs ?? []).map(({ key, value }) => [key, convertOperand(value)] as const);
    return { kind: 'include', name, values, indent: node.indent ?? '', ...rangeOf(node) };
  }

  function convertBlock(node: HandlebarsNode): TemplateNode {
    const name = String(node.path?.original ?? '');
    if (name === 'raw') return { kind: 'text', text: (node.program?.body ?? []).map(({ value }) => String(value)).join('') };
    if (name === 'end_line') return convertEndLine(node);
    if (name !== 'if' && name !== 'unless' && name !== 'each' && name !== 'with') {
      const near = closestName(name, ['if', 'unless', 'each', 'with']);
      const hint = near === undefined ? `Write {{#if ${name}}} or {{#each ${name}}}.` : `Did you mean \`{{#${near}}}\`?`;
      return reject(node.path ?? node, `unknown block \`{{#${name}}}\``, hint);
    }
    const [subject, extra] = node.params ?? [];
    if (subject === undefined || extra !== undefined || node.hash !== undefined)
      reject(node.path ?? node, `\`{{#${name}}}\` takes one value`, findHandlebarsHint(text, rangeOf(node.path ?? node).start));
    const params = node.program?.blockParams ?? [];
    const then = convertProgram(node.program);
    return { kind: name, of: convertOperand(subject as HandlebarsNode), params, then, otherwise: convertProgram(node.inverse) };
  }

  function convertEndLine(node: HandlebarsNode): TemplateNode {
    const [count, extra] = (node.params ?? []).map(({ value }) => value);
    const breaks = (node.params ?? []).length === 0 ? 1 : count;
    if (typeof breaks !== 'number' || !(breaks >= 1 && breaks <= 100) || extra !== undefined || node.inverse !== undefined)
      return reject(node.path ?? node, '`{{#end_line}}` takes a number of line breaks at most', 'Write: {{#end_line}}…{{/end_line}}');
    const then = convertProgram(node.program);
    return { kind: 'end_line', of: { kind: 'literal', value: breaks }, params: [], then, otherwise: [] };
  }

  function convertExpression(node: HandlebarsNode): TemplateOperand {
    const path = node.path as HandlebarsNode;
    const name = String(path.original);
    if (node.hash !== undefined) return rejectValue(node.hash, 'helpers take values in order, not name=value');
    const args = node.params ?? [];
    const helper = FUNCTIONS.get(name);
    const isCall = args.length > 0 || (node.type === 'SubExpression' && helper?.minArgs === 0); // (list) is an empty list
    if (!isCall && path.type === 'PathExpression') return convertOperand(path);
    if (name === 'not_converted') {
      const [, reason] = args;
      return rejectValue(node, `not converted from Jinja: ${String(reason?.value ?? '')}`, 'Write it by hand in its place.');
    }
    if (helper === undefined) {
      const near = closestName(name, FUNCTIONS.keys());
      const hint = near === undefined ? (findHandlebarsHint(text, rangeOf(path).start) ?? HELPERS_HINT) : `Did you mean \`${near}\`?`;
      return rejectValue(path, `unknown helper \`${name}\``, hint);
    }
    if (args.length < helper.minArgs || args.length > helper.maxArgs)
      return rejectValue(path, `helper \`${name}\` is written {{ ${formatHelper(helper)} }}`);
    return { kind: 'call', helper: name, args: args.map(convertOperand), ...rangeOf(node) };
  }

  function convertOperand(node: HandlebarsNode): TemplateOperand {
    if (node.type === 'SubExpression') return convertExpression(node);
    if (node.type === 'PathExpression') {
      const original = String(node.original);
      const { data = false, depth = 0, parts = [] } = node;
      return { kind: 'reference', data, levelsUp: depth, fromThis: /^(?:this\b|\.\/|\.$)/.test(original), parts, ...rangeOf(node) };
    }
    if (node.type === 'UndefinedLiteral') return rejectValue(node, '`undefined` is not a value', 'Write null or "".');
    return { kind: 'literal', value: (node.value ?? null) as string | number | boolean | null };
  }

  return convertProgram(program);
}
