import type { z } from 'zod';
import { closestName } from '../../core/closest-name.ts';
import { SwarmError } from '../../core/error/swarm-error.ts';
import type { ErrorCode } from '../../core/error-codes.ts';
import type { KeyPath, SourceDocument } from '../yaml/source-document.ts';
import { issuesOfClosestForm } from './closest-form.ts';
import { type ExampleSource, exampleHint, homeHint } from './example-hint.ts';
import { describeExpectation, findHint, type Issue, isPhrase, toPhrase } from './issue-text.ts';
import { dropIssuesOfMisspelt } from './misspelt-keys.ts';
import { findMeantWord } from './other-words.ts';
import { findWrongPaths, removePath } from './remove-wrong-parts.ts';
import { listKeysAt } from './schema-keys.ts';
import { valueAtPath } from './value-at-path.ts';

/** The position of the checked value, and the codes of its errors. */
export interface CheckContext extends ExampleSource {
  readonly source: SourceDocument;
  readonly path: KeyPath;
  /** Codes of a wrong value, a missing and an unknown key. */
  readonly codes: FaultCodes;
  /** Keys of Ansible that swarm does not have, with what to write instead. */
  readonly ansibleHints?: Readonly<Record<string, string>>;
  /** Other names of keys, with the one that the schema has. */
  readonly aliases?: Readonly<Record<string, string>>;
  /** What to do with a key that belongs to another place. */
  readonly elsewhere?: (key: string) => string | undefined;
}

export interface CheckResult<T> {
  readonly value: T | undefined;
  readonly problems: readonly SwarmError[];
}

/** The codes of a wrong value, of a missing key and of an unknown key. */
export interface FaultCodes {
  readonly wrong: ErrorCode;
  readonly missing: ErrorCode;
  readonly unknown: ErrorCode;
}

/** A value against its schema; every issue becomes a problem under the exact key or value. */
export function checkSchema<S extends z.ZodType>(schema: S, value: unknown, context: CheckContext): CheckResult<z.output<S>> {
  const result = schema.safeParse(value);
  if (result.success) return { value: result.data, problems: [] };
  return { value: undefined, problems: toSchemaProblems(schema, value, result.error.issues, context) };
}

/** Like checkSchema, and returns the value without its wrong parts, so that the caller can check the rest. */
export function checkSchemaLeniently<S extends z.ZodType>(schema: S, value: unknown, context: CheckContext): CheckResult<z.output<S>> {
  const first = checkSchema(schema, value, context);
  if (first.problems.length === 0) return first;
  let left = value;
  for (let round = 0; round < 5; round++) {
    const result = schema.safeParse(left);
    if (result.success) return { value: result.data, problems: first.problems };
    const before = left;
    for (const path of result.error.issues.flatMap((issue) => findWrongPaths(issue, before))) left = removePath(left, path);
  }
  return first;
}

/** The problems of all issues. A value of the wrong type is not too short as well. */
export function toSchemaProblems(
  schema: z.ZodType,
  value: unknown,
  issues: readonly Issue[],
  context: CheckContext,
): readonly SwarmError[] {
  const wrongTypes = issues.filter(({ code }) => code === 'invalid_type').map(({ path }) => JSON.stringify(path));
  const isRepeated = ({ code, path }: Issue): boolean => code !== 'invalid_type' && wrongTypes.includes(JSON.stringify(path));
  return dropIssuesOfMisspelt(schema, value, issues, (key, known) => nearestKey(key, known, context))
    .filter((issue) => !isRepeated(issue))
    .flatMap((issue) => toIssueProblems(schema, value, issue, context));
}

/** The problems of one issue. */
function toIssueProblems(schema: z.ZodType, value: unknown, issue: Issue, context: CheckContext): readonly SwarmError[] {
  const path = [...context.path, ...issue.path];
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) =>
      unknownKeyError(key, { known: listKeysAt(schema, issue.path), beside: keysBeside(value, issue) }, path, context),
    );
  if (issue.code === 'invalid_key') {
    const [inner] = issue.issues;
    const name = String(issue.path.at(-1));
    const example = inner?.code === 'invalid_format' ? findExampleName(name, inner.pattern) : undefined;
    const hint = example === undefined ? undefined : `For example: ${example}`;
    const message = `\`${name}\` ${toPhrase(inner?.message ?? 'is not a name')}`;
    return [new SwarmError(context.codes.wrong, message, { at: context.source.keySpan(path), hint })];
  }
  if (issue.code === 'invalid_union' && !isPhrase(issue.message)) {
    const closest = issuesOfClosestForm(issue, value);
    if (closest[0] !== issue) return closest.flatMap((each) => toIssueProblems(schema, value, each, context));
  }
  const found = valueAtPath(value, issue.path);
  if (found === undefined && issue.path.length > 0) return [missingKeyError(issue, path, context)];
  const at = context.source.valueSpan(path);
  const expectation = describeExpectation(issue);
  const hasExample = context.module === undefined && expectation.includes(': ');
  const hint =
    findHint(issue, found, at.text.slice(at.column - 1, at.column - 1 + at.length)) ??
    homeHint(found, expectation, context) ??
    (hasExample ? undefined : exampleHint(path, context));
  return [new SwarmError(context.codes.wrong, `${describeSubject(path, context)} ${expectation}`, { at, hint })];
}

/** What is left of a text that is not a name, in the form of names: of hosts with dashes, of variables with `_`. */
function findExampleName(text: string, pattern = ''): string | undefined {
  const start = text.replace(/^[^A-Za-z0-9]+/, '');
  const names = [start.replace(/[^\w.-]+/g, '-'), start.replace(/\W+/g, '_')];
  return names.find((name) => name !== '' && new RegExp(pattern.replace(/^\/|\/\w*$/g, '')).test(name));
}

const nearestKey = (key: string, known: readonly string[], { aliases = {}, module }: CheckContext): string | undefined => {
  const meant = Object.hasOwn(aliases, key) ? aliases[key] : module === undefined ? undefined : findMeantWord(key, known);
  return meant !== undefined && known.includes(meant) ? meant : closestName(key, known);
};

/** The keys beside those that are unknown. */
function keysBeside(value: unknown, { path, keys }: Extract<Issue, { readonly code: 'unrecognized_keys' }>): readonly string[] {
  return Object.keys(Object(valueAtPath(value, path))).filter((key) => !keys.includes(key));
}

function unknownKeyError(
  key: string,
  { known, beside }: { readonly known: readonly string[]; readonly beside: readonly string[] },
  path: KeyPath,
  context: CheckContext,
): SwarmError {
  const at = context.source.keySpan([...path, key]);
  const replacement =
    context.ansibleHints !== undefined && Object.hasOwn(context.ansibleHints, key) ? context.ansibleHints[key] : undefined;
  if (replacement !== undefined) return new SwarmError('SW1105', `\`${key}\` is not supported`, { at, hint: replacement });
  if (known.includes(key) && beside.length > 0) {
    const others = beside.map((each) => `\`${each}\``).join(' and ');
    return new SwarmError(context.codes.unknown, `\`${key}\` does not go with ${others}`, {
      at,
      hint: 'Remove one of them, or write two entries.',
    });
  }
  const near = nearestKey(key, known, context);
  const all = known.length === 0 ? 'Remove it.' : `Use one of: ${known.join(', ')}`;
  const hint = context.elsewhere?.(key) ?? (near === undefined ? all : `Did you mean \`${near}\`?`);
  const isArgument = path.length === context.path.length;
  const owner = isArgument ? `${context.module} has no argument` : `${describeSubject(path, context)} of ${context.module} has no`;
  const message = context.module === undefined ? `unknown key \`${key}\`` : `${owner} \`${key}\``;
  return new SwarmError(context.codes.unknown, message, { at, hint });
}

function missingKeyError(issue: Issue, path: KeyPath, context: CheckContext): SwarmError {
  const key = String(path.at(-1));
  const parent = path.slice(0, -1);
  const owner = parent.length === context.path.length && context.module !== undefined ? context.module : quoteLastKey(parent);
  const at = context.source.keySpan(parent);
  const expectation = describeExpectation(issue);
  const hint = expectation.startsWith('takes ') ? `Add ${key}: with ${expectation.slice('takes '.length)}.` : undefined;
  return new SwarmError(context.codes.missing, owner === undefined ? `\`${key}\` is missing` : `${owner} needs \`${key}\``, { at, hint });
}

const quoteLastKey = (path: KeyPath): string | undefined => {
  const last = path.at(-1);
  return typeof last === 'string' ? `\`${last}\`` : undefined;
};

function describeSubject(path: KeyPath, context: CheckContext): string {
  const last = path.at(-1);
  if (path.length === context.path.length) return context.module ?? quoteLastKey(path) ?? (path.length === 0 ? 'the file' : 'this entry');
  if (typeof last === 'string') return `\`${last}\``;
  const list = quoteLastKey(path.slice(0, -1));
  return list === undefined ? 'this entry' : `an entry of ${list}`;
}
