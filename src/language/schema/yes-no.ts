import type { z } from 'zod';
import { ownValue } from '../../core/own-value.ts';
import type { KeyPath } from '../yaml/source-document.ts';
import type { Issue } from './issue-text.ts';
import { valueAtPath } from './value-at-path.ts';

const YES_NO: Readonly<Record<string, boolean>> = { yes: true, on: true, no: false, off: false };

const LONGEST = 'off'.length;

/** The boolean that YAML 1.1 and Ansible read in a text: `yes`, `no`, `on` and `off`. */
export function readYesNo(value: unknown): boolean | undefined {
  const word = typeof value === 'string' && value.length <= LONGEST ? value.toLowerCase() : '';
  return ownValue(YES_NO, word);
}

/** The value with a boolean for each `yes` and `no` where the schema takes only a boolean, and the paths of those. */
export function acceptYesNo(schema: z.ZodType, value: unknown): { readonly value: unknown; readonly paths: readonly KeyPath[] } {
  if (!mayHaveYesNo(value)) return { value, paths: [] };
  const issues = schema.safeParse(value).error?.issues ?? [];
  const paths = issues.flatMap((issue) =>
    wantsBoolean(issue) && readYesNo(valueAtPath(value, issue.path)) !== undefined ? [issue.path] : [],
  );
  return { value: paths.reduce((before, path) => replaceYesNo(before, path), value), paths };
}

/** True where a boolean is what is missing, or one of the things that would do. */
const wantsBoolean = (issue: Issue): boolean =>
  issue.code === 'invalid_union'
    ? issue.errors.flat().some((each) => each.path.length === 0 && wantsBoolean(each))
    : issue.code === 'invalid_type' && issue.expected === 'boolean';

const mayHaveYesNo = (value: unknown): boolean =>
  typeof value === 'object' && value !== null ? Object.values(value).some(mayHaveYesNo) : readYesNo(value) !== undefined;

function replaceYesNo(value: unknown, [key, ...rest]: KeyPath): unknown {
  if (key === undefined) return readYesNo(value);
  if (Array.isArray(value)) return value.map((each, index) => (index === key ? replaceYesNo(each, rest) : each));
  const mapping = value as Readonly<Record<PropertyKey, unknown>>;
  return { ...mapping, [key]: replaceYesNo(mapping[key], rest) };
}
