import { listTemplateNames } from '../../template/list-template-names.ts';
import { findTemplateProblems, hasTemplate } from '../../template/template.ts';
import { addPendingName } from './pending-names.ts';
import type { PlaybookReader } from './playbook-reader.ts';
import { childContext, type ReadContext } from './read-context.ts';

/** The templates in a value: syntax now, names when everything is read. `shell`: keys of the value whose text a shell reads. */
export function checkTemplates(
  reader: PlaybookReader,
  context: ReadContext,
  value: unknown,
  shellKeys: readonly string[] = [],
  inShell = false,
): void {
  if (typeof value === 'string') {
    if (!hasTemplate(value)) return;
    const at = (start: number, end: number) => context.source.textSpan(context.path, start, end);
    const templateProblems = findTemplateProblems(value, inShell, at);
    reader.problems.push(...templateProblems);
    if (templateProblems.some(({ code }) => code === 'SW1113')) return;
    for (const use of listTemplateNames(value)) addPendingName(reader, context, use, value, () => at(use.start, use.end));
  } else if (Array.isArray(value)) {
    for (const [i, each] of value.entries()) checkTemplates(reader, childContext(context, i), each, [], inShell);
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, each] of Object.entries(value))
      checkTemplates(reader, childContext(context, key), each, [], inShell || shellKeys.includes(key));
  }
}

/** Checks the templates in the values of these keys. */
export function checkKeyTemplates<K extends string>(
  reader: PlaybookReader,
  context: ReadContext,
  mapping: { readonly [key in K]?: unknown },
  keys: readonly K[],
): void {
  for (const key of keys) if (mapping[key] !== undefined) checkTemplates(reader, childContext(context, key), mapping[key]);
}
