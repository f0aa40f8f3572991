import type { SwarmError } from '../../core/error/swarm-error.ts';
import type { KeyPath, SourceDocument } from '../yaml/source-document.ts';
import { findTemplateProblems } from './template.ts';

/** What `swarm convert` left in the variables of a file.
 *  Their other templates are judged where they are used: no file shows what a variable is for. */
export function findNotConverted(source: SourceDocument, value: unknown = source.value, path: KeyPath = []): readonly SwarmError[] {
  if (typeof value === 'string')
    return /\{\{[^}]*\bnot_converted\b/.test(value)
      ? findTemplateProblems(value, false, (start, end) => source.textSpan(path, start, end)).filter(({ code }) => code === 'SW1113')
      : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) =>
    findNotConverted(source, each, [...path, Array.isArray(value) ? Number(key) : key]),
  );
}
