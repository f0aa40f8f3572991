import { SwarmError } from '../../core/error/swarm-error.ts';
import { ownValue } from '../../core/own-value.ts';
import type { Span } from '../../core/span.ts';
import { SAME_FACTS } from '../expression/ansible-variables.ts';
import { formatAsHelper, readFilters } from '../expression/jinja-form.ts';
import type { ParseFailure } from './handlebars-parser.ts';
import { readAsHelper } from './jinja-helper.ts';

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

/** A name or a field that is not there, for which `default` has another value. */
export class MissingValueError extends TemplateValueError {}

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

/** A longer text is read by nobody as a hint. */
const MAX_HINT_SOURCE = 1000;

/** How to write the braces at an offset, where they have a form of Jinja2 or of an expression. */
export function findHandlebarsHint(text: string, at: number): string | undefined {
  const inner = text.slice(text.lastIndexOf('{{', at), text.indexOf('}}', at) + 2 || undefined);
  if (inner.length > MAX_HINT_SOURCE) return undefined;
  const filters = readFilters(inner.replace(/^\{\{\{?~?/, ''));
  if (filters?.call !== undefined) return `Write a helper instead of a filter: {{ ${formatAsHelper(filters.call)} }}`;
  if (filters?.unknown !== undefined) return 'Use a function of docs/functions.md.';
  const [, block = '', written = ''] = /^\{\{\{?~?\s*(#if\s+|#unless\s+|else if\s+)?([\s\S]*?)\s*~?(?:\}\}\}?)?$/.exec(inner) ?? [];
  const helper = readAsHelper(written, readIndexedPath);
  if (helper !== undefined && helper.words !== written)
    return block === '' ? `Write: {{ ${helper.words} }}` : `Write: {{${block}${helper.isCall ? `(${helper.words})` : helper.words}}}`;
  if (/[=!<>]=|[<>]| (?:and|or|not|in|is) /.test(inner)) return CONDITION_HINT;
  const path = PATH_WITH_INDEX.exec(inner)?.[0];
  if (path !== undefined) return `Write: {{ ${readIndexedPath(path)} }}`;
  if (/\.\d/.test(inner)) return 'Write the first entry of a list as {{ list.[0] }}.';
  if (/\w\(/.test(inner)) return 'Write {{ helper value }}, without parentheses.';
  return undefined;
}

const CONDITION_HINT = 'Compare with eq, ne, lt, lte, gt or gte, and join with and, or or not: {{#if (and (gt a 1) (not b))}}';

const INDEX = String.raw`\[(?:'[^'\]]*'|"[^"\]]*"|\w+)\]`;
const PATH_WITH_INDEX = new RegExp(String.raw`[A-Za-z_]\w*(?:\.\w+)*${INDEX}(?:\.\w+|${INDEX})*`);

/** `a[0].b['c']` as `a.[0].b.[c]`; an index that is a variable needs `get`. */
function readIndexedPath(path: string): string {
  let read = '';
  for (const [part] of path.matchAll(new RegExp(`${INDEX}|[^.[]+`, 'g'))) {
    const key = /^\[(['"]?)(.*)\1\]$/.exec(part);
    if (key === null) read = read.startsWith('get ') ? `get (${read}) "${part}"` : `${read}${read === '' ? '' : '.'}${part}`;
    else if (key[1] === '' && !/^\d+$/.test(key[2] ?? '')) read = `get ${read.startsWith('get ') ? `(${read})` : read} ${key[2]}`;
    else read = read.startsWith('get ') ? `get (${read}) "${key[2]}"` : `${read}.[${key[2]}]`;
  }
  const fact = /^ansible_facts\.\[?(\w+)\]?$/.exec(read)?.[1];
  return fact !== undefined && Object.hasOwn(SAME_FACTS, fact) ? `facts.${SAME_FACTS[fact]}` : read;
}

/** A condition of Jinja2 as what stands in `{{#if …}}`. */
function readCondition(text: string): string | undefined {
  const helper = readAsHelper(text, readIndexedPath);
  return helper?.isCall === true ? `(${helper.words})` : helper?.words;
}

const JINJA_STATEMENT = /\{%[-+]?\s*(if|elif|else|endif|for|endfor|set|include|macro|block|raw|endraw)\b([^%]*)%\}/;

/** What stands in a raw block is text, whatever it looks like. */
const RAW_BLOCK = /\{\{\{\{raw\}\}\}\}[\s\S]*?\{\{\{\{\/raw\}\}\}\}/g;

/** Throws TemplateSyntaxError for a statement of Jinja2, with the form of Handlebars as hint. */
export function rejectJinja(text: string): void {
  const match = JINJA_STATEMENT.exec(text.replace(RAW_BLOCK, (raw) => ' '.repeat(raw.length)));
  if (match === null) return;
  const [whole, word = '', more = ''] = match;
  const hint = hintForStatement(word, more.replace(/[-+]$/, '').trim());
  throw new TemplateSyntaxError({
    message: '`{% %}` is Jinja2; templates are Handlebars',
    hint,
    start: match.index,
    end: match.index + whole.length,
  });
}

function hintForStatement(word: string, rest: string): string {
  const condition = readCondition(rest);
  const loop = /^(\w+)\s+in\s+([\w.]+)$/.exec(rest);
  const included = /^["']([^"']+?)(?:\.j2)?["']/.exec(rest)?.[1];
  const forms: Readonly<Record<string, string | undefined>> = {
    if: condition && `{{#if ${condition}}}`,
    elif: condition && `{{else if ${condition}}}`,
    else: '{{else}}',
    endif: '{{/if}}',
    for: loop === null ? undefined : `{{#each ${loop[2]} as |${loop[1]}|}}`,
    endfor: '{{/each}}',
    include: included === undefined ? undefined : `{{> ${included}.hbs}}`,
    raw: '{{{{raw}}}}',
    endraw: '{{{{/raw}}}}',
  };
  const form = ownValue(forms, word);
  if (form !== undefined) return `Write: ${form}`;
  if (word === 'set') return 'Put the variable into vars: of the task.';
  if (word === 'for') return 'Put the list into vars: of the task, and write {{#each NAME as |x|}}.';
  if (word === 'if' || word === 'elif') return CONDITION_HINT;
  return 'Use {{#if}}, {{#each}}, {{#with}}, {{#unless}} or {{> other.hbs}}.';
}
