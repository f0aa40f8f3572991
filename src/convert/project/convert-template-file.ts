import { reportLeft } from '../conversion-report.ts';
import { NotConvertible } from '../not-convertible.ts';
import type { TaskContext } from '../tasks/task-context.ts';
import { convertTemplate } from '../template/convert-template.ts';
import { hasJinja } from '../template/convert-text.ts';
import { ANSIBLE_WHITESPACE } from '../template/template-segments.ts';

const MAX_CHARACTERS = 1024 * 1024;

/** A template file as Handlebars. What cannot be converted stays as a helper that `swarm check` refuses. */
export function convertTemplateFile(original: string, context: TaskContext): string {
  const text = original.replace(/\r\n?/g, '\n'); // Jinja writes every line break as \n
  const { report, file } = context;
  if (!hasJinja(text)) return text;
  const [header, rules, body] = readHeader(text);
  const before = text.split('\n').length - body.split('\n').length;
  const leave = (part: string, reason: string, line = 1): undefined =>
    reportLeft(report, { file, line: before + line, text: part, reason });
  if (text.length > MAX_CHARACTERS) return refuse(text, 'a template of more than 1 MiB', leave);
  try {
    const own = { ...context.translation, keepsBackslashes: false, changes: new Set<string>() };
    const { text: converted, left, changes } = convertTemplate(body, own, false, rules);
    for (const each of left) leave(each.text, each.reason, each.line);
    for (const [reason, line] of changes) report.changed.push({ file, line: before + line, reason });
    return header + converted;
  } catch (thrown) {
    if (!(thrown instanceof NotConvertible)) throw thrown;
    return refuse(text, thrown.message, leave);
  }
}

/** A template whose tags cannot be told apart stands as text behind a helper that `swarm check` refuses. */
function refuse(text: string, reason: string, leave: (original: string, reason: string) => void): string {
  leave(text.slice(0, 200), reason);
  return `{{ not_converted "the whole template" "${reason.replaceAll('"', "'")}" }}\n{{{{raw}}}}\n${text.replaceAll('{{{{', '{ { { {')}\n{{{{/raw}}}}\n`;
}

/** `#jinja2: lstrip_blocks: True` in the first line sets how white space is read. */
function readHeader(text: string): readonly [header: string, rules: typeof ANSIBLE_WHITESPACE, body: string] {
  const [line, settings] = /^#jinja2:(.*)\r?\n/.exec(text) ?? [];
  if (line === undefined || settings === undefined) return ['', ANSIBLE_WHITESPACE, text];
  const setting = (name: string, otherwise: boolean): boolean => {
    const value = new RegExp(`${name}\\s*[:=]\\s*["']?(\\w+)`, 'i').exec(settings)?.[1];
    return value === undefined ? otherwise : /^(?:true|yes|1)$/i.test(value);
  };
  return ['', { trimBlocks: setting('trim_blocks', true), lstripBlocks: setting('lstrip_blocks', false) }, text.slice(line.length)];
}
