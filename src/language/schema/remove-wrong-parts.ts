import type { KeyPath } from '../yaml/source-document.ts';
import type { Issue } from './issue-text.ts';
import { valueAtPath } from './value-at-path.ts';

/** What to remove: the value itself, unknown keys, or the mapping in which a key is missing. */
export function findWrongPaths(issue: Issue, value: unknown): readonly KeyPath[] {
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => [...issue.path, key]);
  const missing = issue.code !== 'invalid_key' && valueAtPath(value, issue.path) === undefined;
  return [missing ? issue.path.slice(0, -1) : issue.path];
}

/** The value without what is at the path. An entry of a list goes with what holds the list, because the others would move. */
export function removePath(value: unknown, path: KeyPath): unknown {
  const [key, ...rest] = path;
  if (key === undefined || typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return value;
  const next = (value as Record<PropertyKey, unknown>)[key];
  const removable = rest.length === 0 || (Array.isArray(next) && rest.length === 1); // to remove an entry would move the others
  if (Array.isArray(value)) return removable ? value : value.map((each, i) => (i === key ? removePath(each, rest) : each));
  if (!removable) return { ...value, [key]: removePath(next, rest) };
  return Object.fromEntries(Object.entries(value).filter(([each]) => each !== String(key)));
}
