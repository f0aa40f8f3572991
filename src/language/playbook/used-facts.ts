import { readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { isLocalFact, isProbedFact } from '../../core/facts/fact-table.ts';
import type { Json } from '../../core/json-value.ts';
import { listTemplateNames } from '../template/list-template-names.ts';
import { hasTemplate } from '../template/template.ts';

/** Which facts are looked for: those that swarm asks the host for, or of these those in files of the host. */
export type FactKind = 'probed' | 'local';

const IS_KIND = { probed: isProbedFact, local: isLocalFact } as const;

const LOOKUP_OF_TEMPLATE = /\blookup\b[\s(]*["']template["']/;

/** True where something in the value looks up a template. Its name may be computed, so it may use any fact. */
export function usesTemplateLookup(value: Json): boolean {
  if (typeof value === 'string') return LOOKUP_OF_TEMPLATE.test(value);
  return typeof value === 'object' && value !== null && Object.values(value).some(usesTemplateLookup);
}

/** True where a template in the value uses a fact of this kind. */
export function usesFacts(value: Json, kind: FactKind): boolean {
  if (typeof value === 'string')
    return usesTemplateLookup(value) || (value.includes('facts') && hasTemplate(value) && namesFact(value, kind));
  return typeof value === 'object' && value !== null && Object.values(value).some((each) => usesFacts(each, kind));
}

/** Whether the use of a name in a text may be one of a fact of this kind. */
export const isFactUse = (
  { name, fields }: { readonly name: string; readonly fields: readonly string[] },
  text: string,
  kind: FactKind,
): boolean => (name === 'hostvars' ? text.includes(kind === 'local' ? 'local' : 'facts') : name === 'facts' && IS_KIND[kind](fields));

/** True where a template in the value may read `hostvars`. */
export function usesHostVariables(value: Json): boolean {
  if (typeof value === 'string') return value.includes('hostvars') && hasTemplate(value);
  return typeof value === 'object' && value !== null && Object.values(value).some(usesHostVariables);
}

/** Whether a template file uses a fact of this kind, with those that it includes. A file that cannot be read uses none: the task reports it.
 *  `seen`: the files that are read already. */
export function templateFileUsesFacts(file: string, kind: FactKind, seen: Set<string> = new Set()): boolean {
  if (seen.has(file) || statSync(file, { throwIfNoEntry: false })?.isFile() !== true) return false;
  seen.add(file);
  const text = readFileSync(file, 'utf8');
  const included = [...text.matchAll(/\{\{~?>\s*["']?([^\s}~"']+)/g)].map(([, name = '']) => resolve(dirname(file), name));
  return usesFacts(text, kind) || included.some((each) => templateFileUsesFacts(each, kind, seen));
}

function namesFact(text: string, kind: FactKind): boolean {
  try {
    return listTemplateNames(text).some((use) => isFactUse(use, text, kind));
  } catch {
    return false; // a template that does not parse is reported where it is read
  }
}
