import { readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { isProbedFact } from '../../core/facts/fact-table.ts';
import type { Json } from '../../core/json-value.ts';
import { listTemplateNames } from '../template/list-template-names.ts';
import { hasTemplate } from '../template/template.ts';

/** Its name may be computed, so it may use any fact. */
const LOOKUP_OF_TEMPLATE = /\blookup\b[\s(]*["']template["']/;

/** True where a template in the value uses a fact that swarm asks the host for. */
export function usesProbedFacts(value: Json): boolean {
  if (typeof value === 'string')
    return LOOKUP_OF_TEMPLATE.test(value) || (value.includes('facts') && hasTemplate(value) && namesProbedFact(value));
  return typeof value === 'object' && value !== null && Object.values(value).some(usesProbedFacts);
}

/** True where a template in the value may read `hostvars`. */
export function usesHostVariables(value: Json): boolean {
  if (typeof value === 'string') return value.includes('hostvars') && hasTemplate(value);
  return typeof value === 'object' && value !== null && Object.values(value).some(usesHostVariables);
}

/** Whether a template file uses such a fact, with those that it includes. A file that cannot be read uses none: the task reports it.
 *  `seen`: the files that are read already. */
export function templateFileUsesFacts(file: string, seen: Set<string> = new Set()): boolean {
  if (seen.has(file) || statSync(file, { throwIfNoEntry: false })?.isFile() !== true) return false;
  seen.add(file);
  const text = readFileSync(file, 'utf8');
  const included = [...text.matchAll(/\{\{~?>\s*["']?([^\s}~"']+)/g)].map(([, name = '']) => resolve(dirname(file), name));
  return usesProbedFacts(text) || included.some((each) => templateFileUsesFacts(each, seen));
}

function namesProbedFact(text: string): boolean {
  try {
    return listTemplateNames(text).some(({ name, fields }) => name === 'hostvars' || (name === 'facts' && isProbedFact(fields)));
  } catch {
    return false; // a template that does not parse is reported where it is read
  }
}
