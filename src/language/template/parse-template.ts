import { buildNodes } from './build-nodes.ts';
import { type HandlebarsProgram, parseHandlebars } from './handlebars-parser.ts';
import { rejectJinja, type TemplateFault, TemplateSyntaxError, toSyntaxFault } from './template-error.ts';
import { findDeepTemplate, MAX_TEMPLATE_LEVELS } from './template-nesting.ts';
import type { TemplateNode } from './template-node.ts';

const MAX_CACHED = 2000;
const templateCache = new Map<string, readonly TemplateNode[]>();

/** The nodes of a template; throws TemplateSyntaxError. Each text is parsed once. */
export function parseTemplate(text: string): readonly TemplateNode[] {
  const cached = templateCache.get(text);
  if (cached !== undefined) return cached;
  rejectJinja(text);
  const nodes = text.includes('{{') ? buildNodes({ text, program: parseProgram(text) }) : [{ kind: 'text' as const, text }];
  if (templateCache.size >= MAX_CACHED) templateCache.clear();
  templateCache.set(text, nodes);
  return nodes;
}

/** All that is wrong in a template: each value, or the first error that the grammar of Handlebars refuses. */
export function listTemplateFaults(text: string): readonly TemplateFault[] {
  if (findFirstFault(() => parseTemplate(text)) === undefined) return []; // most texts: parsed once
  const faults: TemplateFault[] = [];
  const last = findFirstFault(() => {
    rejectJinja(text);
    buildNodes({ text, program: parseProgram(text), addFault: (fault) => void faults.push(fault) });
  });
  return last === undefined ? faults : [...faults, last];
}

function findFirstFault(parse: () => void): TemplateFault | undefined {
  try {
    parse();
    return undefined;
  } catch (thrown) {
    if (thrown instanceof TemplateSyntaxError) return thrown.fault;
    throw thrown;
  }
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
