import { basename } from 'node:path';
import { hasTemplate } from '../../template/template.ts';
import type { SourceDocument } from '../../yaml/source-document.ts';
import { toModuleName } from './module-name.ts';
import { asList, isRecord } from './raw-step.ts';

/**
 * The files that a name with a template can mean, of those that its pattern finds: no playbook, and, where the whole name is a template,
 * no file of another form. A name without a template means what it names.
 */
export function filterByShape(
  files: readonly string[],
  name: string,
  wanted: 'tasks' | 'vars',
  sources: ReadonlyMap<string, SourceDocument>,
): readonly string[] {
  if (!hasTemplate(name)) return files;
  const isAnyName = /^(?:\{\{.*?\}\})+$/s.test(basename(name).replace(/\.ya?ml$/, ''));
  return files.filter((file) => {
    const value: unknown = sources.get(file)?.value;
    if (value === undefined || value === null) return true; // its own problems are reported
    return !isPlaybook(value) && (!isAnyName || (wanted === 'tasks' ? Array.isArray(value) : isRecord(value)));
  });
}

function isPlaybook(value: unknown): boolean {
  if (isRecord(value)) return Array.isArray(value['plays']);
  return asList(value).some(
    (each) => isRecord(each) && Object.keys(each).some((key) => ['hosts', 'import_playbook'].includes(toModuleName(key))),
  );
}
