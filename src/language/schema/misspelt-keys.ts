import type { z } from 'zod';
import type { KeyPath } from '../yaml/source-document.ts';
import type { Issue } from './issue-text.ts';
import { listKeysAt } from './schema-keys.ts';
import { valueAtPath } from './value-at-path.ts';

interface MisspeltKey {
  readonly parent: KeyPath;
  readonly written: string;
  readonly meant: string;
}

/** The issues without those that a misspelt key causes: the right key is missing, or a rule is broken that is not broken with the right key. */
export function dropIssuesOfMisspelt(
  schema: z.ZodType,
  value: unknown,
  issues: readonly Issue[],
  findMeant: (key: string, known: readonly string[]) => string | undefined,
): readonly Issue[] {
  const misspelt = issues.flatMap((issue): readonly MisspeltKey[] => {
    if (issue.code !== 'unrecognized_keys') return [];
    const known = listKeysAt(schema, issue.path);
    return issue.keys.flatMap((written) => {
      const meant = findMeant(written, known);
      return meant === undefined ? [] : [{ parent: issue.path, written, meant }];
    });
  });
  if (misspelt.length === 0) return issues;
  const missing = new Set(misspelt.map(({ parent, meant }) => JSON.stringify([...parent, meant])));
  const left = schema.safeParse(misspelt.reduce(renameKey, value)).error?.issues ?? [];
  return issues.filter((issue) => {
    if (issue.code === 'custom') return left.some((each) => isSameIssue(each, issue));
    return valueAtPath(value, issue.path) !== undefined || !missing.has(JSON.stringify(issue.path));
  });
}

const isSameIssue = (one: Issue, other: Issue): boolean =>
  one.code === other.code && one.message === other.message && JSON.stringify(one.path) === JSON.stringify(other.path);

/** The value with the key that was meant in place of the misspelt one. Where both are written, it stays as it is. */
function renameKey(value: unknown, { parent, written, meant }: MisspeltKey): unknown {
  const [step, ...rest] = parent;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((each, i) => (i === step ? renameKey(each, { parent: rest, written, meant }) : each));
  const entries = Object.entries(value);
  if (step === undefined)
    return Object.hasOwn(value, meant) ? value : Object.fromEntries(entries.map(([key, each]) => [key === written ? meant : key, each]));
  return Object.fromEntries(
    entries.map(([key, each]) => [key, key === String(step) ? renameKey(each, { parent: rest, written, meant }) : each]),
  );
}
