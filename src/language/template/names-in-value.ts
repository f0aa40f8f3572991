import type { Json } from '../../core/json-value.ts';
import { listTemplateNames } from './list-template-names.ts';
import { hasTemplate } from './template.ts';

/** The names of the scope that the templates in a value use. One that does not parse uses none here: it is reported where it is read. */
export function listNamesInValue(value: Json | undefined): readonly string[] {
  if (typeof value === 'string') return hasTemplate(value) ? listNamesInText(value) : [];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap((each: Json) => listNamesInValue(each)) : [];
}

function listNamesInText(text: string): readonly string[] {
  try {
    return listTemplateNames(text).map(({ name }) => name);
  } catch {
    return [];
  }
}
