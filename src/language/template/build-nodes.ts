import { closestName } from '../../core/closest-name.ts';
import { convertExpression, convertOperand, rangeOf, reject, type TemplateBuild } from './build-operands.ts';
import type { HandlebarsNode, HandlebarsProgram } from './handlebars-parser.ts';
import { findHandlebarsHint } from './template-error.ts';
import type { TemplateInclude, TemplateNode, TemplatePart } from './template-node.ts';

/** The nodes of a whole template. Throws TemplateSyntaxError. */
export const buildNodes = (build: TemplateBuild): readonly TemplateNode[] => convertProgram(build, build.program);

const convertProgram = (build: TemplateBuild, of: HandlebarsProgram | undefined): readonly TemplateNode[] =>
  (of?.body ?? []).flatMap((node) => convertStatement(build, node) ?? []);

function convertStatement(build: TemplateBuild, node: HandlebarsNode): TemplateNode | undefined {
  switch (node.type) {
    case 'ContentStatement':
      return node.value === '' ? undefined : { kind: 'text', text: String(node.value) };
    case 'CommentStatement':
      return undefined;
    case 'MustacheStatement':
      return { kind: 'value', of: convertExpression(build, node), ...rangeOf(build, node) };
    case 'BlockStatement':
      return convertBlock(build, node);
    case 'PartialStatement':
      return convertInclude(build, node);
    case 'DecoratorBlock':
      return convertPart(build, node);
    default:
      return reject(
        build,
        node,
        'decorators and blocks of partials are not supported',
        'Write {{> other.hbs}} to put in another template.',
      );
  }
}

function convertPart(build: TemplateBuild, node: HandlebarsNode): TemplatePart {
  const [name, extra] = (node.params ?? []).map(({ value }) => value);
  if (node.path?.original !== 'inline' || typeof name !== 'string' || extra !== undefined)
    return reject(build, node.path ?? node, 'this is not an inline part of a template', 'Write: {{#*inline "name"}}…{{/inline}}');
  if (!build.program.body.includes(node))
    return reject(build, node, `the part ${name} is inside another block`, 'Put it at the beginning of the file.');
  return { kind: 'part', name, body: convertProgram(build, node.program) };
}

function convertInclude(build: TemplateBuild, node: HandlebarsNode): TemplateInclude {
  const name = node.name?.type === 'PathExpression' ? node.name.original : node.name?.value;
  if (typeof name !== 'string') return reject(build, node, '`{{> }}` takes the name of a file', 'Write: {{> other.hbs}}');
  if ((node.params ?? []).length > 0)
    reject(build, node, 'an included template takes values by their names', `Write: {{> ${name} name=value}}`);
  const values = (node.hash?.pairs ?? []).map(({ key, value }) => [key, convertOperand(build, value)] as const);
  return { kind: 'include', name, values, indent: node.indent ?? '', ...rangeOf(build, node) };
}

function convertBlock(build: TemplateBuild, node: HandlebarsNode): TemplateNode {
  const name = String(node.path?.original ?? '');
  if (name === 'raw') return { kind: 'text', text: (node.program?.body ?? []).map(({ value }) => String(value)).join('') };
  if (name === 'end_line') return convertEndLine(build, node);
  if (name !== 'if' && name !== 'unless' && name !== 'each' && name !== 'with') {
    const near = closestName(name, ['if', 'unless', 'each', 'with']);
    const hint = near === undefined ? `Write {{#if ${name}}} or {{#each ${name}}}.` : `Did you mean \`{{#${near}}}\`?`;
    return reject(build, node.path ?? node, `unknown block \`{{#${name}}}\``, hint);
  }
  const [subject, extra] = node.params ?? [];
  if (subject === undefined || extra !== undefined || node.hash !== undefined)
    reject(
      build,
      node.path ?? node,
      `\`{{#${name}}}\` takes one value`,
      findHandlebarsHint(build.text, rangeOf(build, node.path ?? node).start),
    );
  const params = node.program?.blockParams ?? [];
  const then = convertProgram(build, node.program);
  return { kind: name, of: convertOperand(build, subject as HandlebarsNode), params, then, otherwise: convertProgram(build, node.inverse) };
}

function convertEndLine(build: TemplateBuild, node: HandlebarsNode): TemplateNode {
  const [count, extra] = (node.params ?? []).map(({ value }) => value);
  const breaks = (node.params ?? []).length === 0 ? 1 : count;
  if (typeof breaks !== 'number' || !(breaks >= 1 && breaks <= 100) || extra !== undefined || node.inverse !== undefined)
    return reject(build, node.path ?? node, '`{{#end_line}}` takes a number of line breaks at most', 'Write: {{#end_line}}…{{/end_line}}');
  const then = convertProgram(build, node.program);
  return { kind: 'end_line', of: { kind: 'literal', value: breaks }, params: [], then, otherwise: [] };
}
