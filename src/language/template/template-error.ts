export interface TemplateFault {
  readonly message: string;
  readonly hint?: string | undefined;
  readonly start: number;
  readonly end: number;
}

/** Throws a Fault with its offsets: SW1113 for the caller. */
export class TemplateSyntaxError extends Error {
  readonly fault: TemplateFault;
  constructor(fault: TemplateFault) {
    super(fault.message);
    this.fault = fault;
  }
}

/** What Handlebars' parser throws. */
export type HandlebarsError = Error & { readonly lineNumber?: number; readonly column?: number; readonly endColumn?: number };

/** A parser's error as a place and words. */
export function toSyntaxFault(text: string, error: HandlebarsError): TemplateFault {
  if (error.lineNumber !== undefined) {
    const start = toOffset(text, { line: error.lineNumber, column: error.column ?? 0 });
    const message = error.message.replace(/ - \d+:\d+$/, '').replace(/^(\S+) doesn't match (\S+)$/, '`{{#$1}}` is closed by `{{/$2}}`');
    return { message, start, end: start + Math.max(1, (error.endColumn ?? 0) - (error.column ?? 0)) };
  }
  const start = findErrorOffset(text, error.message);
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

/** Jison says where only by drawing: its picture has 20 characters before the caret and 20 after, without line ends. */
function findErrorOffset(text: string, message: string): number {
  const [, excerpt = '', arrow = ''] = message.split('\n');
  const caret = arrow.indexOf('^');
  const before = excerpt.slice(0, caret).replace(/^\.\.\./, '');
  const after = excerpt.slice(caret).replace(/\.\.\.$/, '');
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

/** Throws a Fault for Jinja2's statements, with the form of Handlebars. */
export function rejectJinja(text: string): void {
  const match = JINJA_STATEMENT.exec(text);
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

type Position = { readonly line: number; readonly column: number };

/** A line from 1 and a column from 0 to an offset. */
export function toOffset(text: string, { line, column }: Position): number {
  let start = 0;
  for (let n = 1; n < line; n++) start = text.indexOf('\n', start) + 1;
  return start + column;
}
