import { SwarmError } from '../../core/error/swarm-error.ts';
import type { Span } from '../../core/span.ts';
import type { ParseFailure } from './handlebars-parser.ts';

export interface TemplateFault {
  readonly message: string;
  readonly hint?: string | undefined;
  readonly start: number;
  readonly end: number;
}

/** An error in the syntax of a template, with its offsets. The caller makes SW1113 of it. */
export class TemplateSyntaxError extends Error {
  readonly fault: TemplateFault;
  constructor(fault: TemplateFault) {
    super(fault.message);
    this.fault = fault;
  }
}

/** Thrown for an undefined name or a value of the wrong type, with offsets. */
export class TemplateValueError extends Error {
  readonly fault: TemplateFault;
  constructor(fault: TemplateFault) {
    super(fault.message);
    this.fault = fault;
  }
}

/** SW1113 or SW6014 for an error of a template; `at` knows the position of an offset. Any other error is handed back. */
export function addPosition(thrown: unknown, at: (start: number, end: number) => Span): unknown {
  if (!(thrown instanceof TemplateSyntaxError || thrown instanceof TemplateValueError)) return thrown;
  const { message, hint, start, end } = thrown.fault;
  return new SwarmError(thrown instanceof TemplateSyntaxError ? 'SW1113' : 'SW6014', message, { at: at(start, end), hint });
}

/** What is wrong with a template that Handlebars' parser refuses, and how to correct it. */
export function toSyntaxFault(text: string, { start, end, message }: ParseFailure): TemplateFault {
  if (message !== undefined) return { message, start, end };
  const open = text.lastIndexOf('{{', start);
  if (open >= 0 && !text.includes('}}', open))
    return { message: '`{{` is not closed', start: open, end: open + 2, hint: 'Write: {{ name }}' };
  const rest = text.slice(start).trimStart();
  if (rest === '') return findUnclosedBlock(text);
  const word = /^(?:[\w.]+|\}\}|\{\{[/#^]?\w*|==|.)/.exec(rest)?.[0] ?? '';
  const at = start + text.slice(start).indexOf(word);
  return { message: `unexpected \`${word}\``, hint: findHandlebarsHint(text, at), start: at, end: at + word.length };
}

function findUnclosedBlock(text: string): TemplateFault {
  const blocks: { readonly name: string; readonly start: number; readonly end: number }[] = [];
  for (const { 0: tag, 1: mark, 2: name = '', index } of text.matchAll(/\{\{~?([#/])\s*(\w+)[^}]*\}\}/g)) {
    if (mark === '/') blocks.pop();
    else blocks.push({ name, start: index, end: index + tag.length });
  }
  const last = blocks.at(-1);
  if (last === undefined) return { message: 'the template ends too early', start: Math.max(0, text.length - 1), end: text.length };
  const { name, start, end } = last;
  return { message: `\`{{#${name}}}\` is not closed`, hint: `Add {{/${name}}}.`, start, end };
}

function findHandlebarsHint(text: string, at: number): string | undefined {
  const inner = text.slice(text.lastIndexOf('{{', at), text.indexOf('}}', at) + 2 || undefined);
  const filter = /\{\{\s*([\w.]+)\s*\|\s*(\w+)(?:\(([^)]*)\))?/.exec(inner);
  if (filter !== null) return `Write a helper instead of a filter: {{ ${[filter[2], filter[1], filter[3]].filter(Boolean).join(' ')} }}`;
  if (/[=!<>]=|[<>]| (?:and|or|not|in) /.test(inner)) return 'Put the condition into when: of the task, or write {{#if x}}.';
  const index = /([\w.]+)\[(['"]?)([^\]'"]+)\2\]/.exec(inner);
  if (index !== null) return `Write: {{ ${index[1]}.[${index[3]}] }}`;
  if (/\.\d/.test(inner)) return 'Write the first entry of a list as {{ list.[0] }}.';
  if (/\w\(/.test(inner)) return 'Write {{ helper value }}, without parentheses.';
  return undefined;
}

const JINJA_STATEMENT = /\{%[-+]?\s*(if|elif|else|endif|for|endfor|set|include|macro|block|raw|endraw)\b([^%]*)%\}/;

/** What stands in a raw block is text, whatever it looks like. */
const RAW_BLOCK = /\{\{\{\{raw\}\}\}\}[\s\S]*?\{\{\{\{\/raw\}\}\}\}/g;

/** Throws TemplateSyntaxError for a statement of Jinja2, with the form of Handlebars as hint. */
export function rejectJinja(text: string): void {
  const match = JINJA_STATEMENT.exec(text.replace(RAW_BLOCK, (raw) => ' '.repeat(raw.length)));
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
  const hint = form === undefined ? 'Use {{#if}}, {{#each}}, {{#with}} or {{#unless}}.' : `Write: ${form}`;
  throw new TemplateSyntaxError({
    message: '`{% %}` is Jinja2; templates are Handlebars',
    hint,
    start: match.index,
    end: match.index + whole.length,
  });
}
