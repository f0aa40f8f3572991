import type { z } from 'zod';
import { nearest, SwarmError } from '../../core/error.ts';
import type { Path, Source } from '../yaml/source-document.ts';

/** Where the checked value stands, and how its faults are called. */
export interface Place {
  readonly source: Source;
  readonly path: Path;
  /** Codes of a wrong value, a missing and an unknown key. */
  readonly codes: { readonly wrong: string; readonly missing: string; readonly unknown: string };
  /** Words of Ansible that have another form here, with that form. */
  readonly foreign?: Readonly<Record<string, string>>;
  /** The module, where the value is its args. */
  readonly module?: string;
}

export interface Checked<T> {
  readonly value: T | undefined;
  readonly problems: readonly SwarmError[];
}

/** A value against its schema; every issue becomes a problem under the exact key or value. */
export function check<S extends z.ZodType>(schema: S, value: unknown, place: Place): Checked<z.output<S>> {
  const result = schema.safeParse(value);
  if (result.success) return { value: result.data, problems: [] };
  return { value: undefined, problems: problemsIn(schema, value, result.error.issues, place) };
}

/** The same, and what is left of the value when the wrong parts are taken out, so that the rest is checked all the same. */
export function checkLeniently<S extends z.ZodType>(schema: S, value: unknown, place: Place): Checked<z.output<S>> {
  const first = check(schema, value, place);
  if (first.problems.length === 0) return first;
  let left = value;
  for (let round = 0; round < 5; round++) {
    const result = schema.safeParse(left);
    if (result.success) return { value: result.data, problems: first.problems };
    const before = left;
    for (const path of result.error.issues.flatMap((issue) => wrongPaths(issue, before))) left = without(left, path);
  }
  return first;
}

/** What has to go: the value itself, unknown keys, or the mapping that misses something. */
function wrongPaths(issue: Issue, value: unknown): readonly Path[] {
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => [...issue.path, key]);
  const missing = issue.code !== 'invalid_key' && pick(value, issue.path) === undefined;
  return [missing ? issue.path.slice(0, -1) : issue.path];
}

function without(value: unknown, path: Path): unknown {
  const [key, ...rest] = path;
  if (key === undefined || typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return value;
  const next = (value as Record<PropertyKey, unknown>)[key];
  const gone = rest.length === 0 || (Array.isArray(next) && rest.length === 1); // an entry taken out would move the others
  if (Array.isArray(value)) return gone ? value : value.map((each, i) => (i === key ? without(each, rest) : each));
  if (!gone) return { ...value, [key]: without(next, rest) };
  return Object.fromEntries(Object.entries(value).filter(([each]) => each !== String(key)));
}

type Issue = z.core.$ZodIssue;

/** Every issue in our words; a key that is misspelt is not missing as well. */
export function problemsIn(schema: z.ZodType, value: unknown, issues: readonly Issue[], place: Place): readonly SwarmError[] {
  const meant = issues.flatMap((issue) => {
    if (issue.code !== 'unrecognized_keys') return [];
    const known = keysAt(schema, issue.path);
    return issue.keys.map((key) => JSON.stringify([...issue.path, nearest(key, known)]));
  });
  const isTold = ({ path }: Issue): boolean => pick(value, path) === undefined && meant.includes(JSON.stringify(path));
  return issues.filter((issue) => !isTold(issue)).flatMap((issue) => problemsOf(schema, value, issue, place));
}

/** One issue in our words. */
function problemsOf(schema: z.ZodType, value: unknown, issue: Issue, place: Place): readonly SwarmError[] {
  const path = [...place.path, ...issue.path];
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(key, keysAt(schema, issue.path), path, place));
  if (issue.code === 'invalid_key') {
    const inner = issue.issues[0];
    const message = `\`${String(issue.path.at(-1))}\` ${phrase(inner?.message ?? 'is not a name')}`;
    return [new SwarmError(place.codes.wrong, message, { at: place.source.key(path) })];
  }
  if (issue.code === 'invalid_union' && !isPhrase(issue.message)) {
    const best = deepest(issue.errors);
    if (best.some((each) => each.path.length > 0)) {
      return best.flatMap((each) => problemsOf(schema, value, { ...each, path: [...issue.path, ...each.path] }, place));
    }
  }
  const found = pick(value, issue.path);
  if (found === undefined && issue.path.length > 0) return [missingKey(issue, path, place)];
  const at = place.source.at(path);
  return [new SwarmError(place.codes.wrong, `${subject(path, place)} ${takes(issue)}`, { at, hint: hintFor(issue, found) })];
}

function unknownKey(key: string, known: readonly string[], path: Path, place: Place): SwarmError {
  const at = place.source.key([...path, key]);
  const instead = place.foreign !== undefined && Object.hasOwn(place.foreign, key) ? place.foreign[key] : undefined;
  if (instead !== undefined) return new SwarmError('SW1105', `\`${key}\` is not supported`, { at, hint: instead });
  const near = nearest(key, known);
  const all = known.length === 0 ? 'nothing can be written here' : `known here: ${known.join(', ')}`;
  const hint = near === undefined ? all : `did you mean \`${near}\`?`;
  const message = place.module === undefined ? `unknown key \`${key}\`` : `${place.module} has no argument \`${key}\``;
  return new SwarmError(place.codes.unknown, message, { at, hint });
}

function missingKey(issue: Issue, path: Path, place: Place): SwarmError {
  const key = String(path.at(-1));
  const parent = path.slice(0, -1);
  const owner = parent.length === place.path.length && place.module !== undefined ? place.module : nameOf(parent);
  const at = place.source.key(parent);
  const form = takes(issue);
  const hint = form.startsWith('takes ') ? `\`${key}\` ${form}` : undefined;
  return new SwarmError(place.codes.missing, owner === undefined ? `\`${key}\` is missing` : `${owner} needs \`${key}\``, { at, hint });
}

const nameOf = (path: Path): string | undefined => {
  const last = path.at(-1);
  return typeof last === 'string' ? `\`${last}\`` : undefined;
};

function subject(path: Path, place: Place): string {
  const last = path.at(-1);
  if (path.length === place.path.length) return place.module ?? nameOf(path) ?? (path.length === 0 ? 'the file' : 'this entry');
  if (typeof last === 'string') return `\`${last}\``;
  const list = nameOf(path.slice(0, -1));
  return list === undefined ? 'this entry' : `an entry of ${list}`;
}

const TYPES: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping',
  record: 'a mapping',
  null: 'nothing',
};

const isPhrase = (message: string): boolean => /^(?:takes|is|needs|has|was|may|must|cannot) /.test(message);
const phrase = (message: string): string => (isPhrase(message) ? message : `is wrong: ${message}`);

function takes(issue: Issue): string {
  if (isPhrase(issue.message)) return issue.message;
  switch (issue.code) {
    case 'invalid_type':
      return `takes ${TYPES[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      return `takes ${oneOf(issue.values.map(String))}`;
    case 'invalid_union':
      return `takes ${oneOf([...new Set(issue.errors.flat().map((each) => takes(each).replace(/^takes /, '')))])}`;
    case 'too_small':
      if (issue.origin === 'string')
        return Number(issue.minimum) === 1 ? 'takes a text that is not empty' : `takes at least ${issue.minimum} characters`;
      if (issue.origin === 'array') return `takes at least ${count(Number(issue.minimum), 'entry', 'entries')}`;
      return `takes at least ${issue.minimum}`;
    case 'too_big':
      return `takes at most ${issue.maximum}${issue.origin === 'string' ? ' characters' : issue.origin === 'array' ? ' entries' : ''}`;
    default:
      return phrase(issue.message);
  }
}

const count = (n: number, one: string, many: string): string => (n === 1 ? `one ${one}` : `${n} ${many}`);
const oneOf = (words: readonly string[]): string =>
  words.length < 2 ? words.join() : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;

function hintFor(issue: Issue, found: unknown): string | undefined {
  if (issue.code === 'invalid_value' && typeof found === 'string') {
    const near = nearest(found, issue.values.map(String));
    return near === undefined ? undefined : `did you mean \`${near}\`?`;
  }
  if (issue.code !== 'invalid_type') return undefined;
  if (issue.expected === 'boolean' && typeof found === 'string' && /^(?:yes|on|no|off)\b/i.test(found)) {
    return `write ${/^(?:yes|on)/i.test(found) ? 'true' : 'false'}`;
  }
  if (issue.expected === 'string' && (typeof found === 'number' || typeof found === 'boolean')) return `put it in quotes: "${found}"`;
  if (issue.expected === 'array' && typeof found === 'string') return `write [${found}]`;
  return undefined;
}

/** Of several alternatives the one that came furthest. */
function deepest(branches: readonly (readonly Issue[])[]): readonly Issue[] {
  const depth = (issues: readonly Issue[]): number => Math.max(0, ...issues.map((issue) => issue.path.length));
  return branches.reduce((best, each) => (depth(each) > depth(best) ? each : best), branches[0] ?? []);
}

/** The value at a path, own keys only. */
export function pick(value: unknown, path: Path): unknown {
  let at = value;
  for (const key of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return undefined;
    at = (at as Record<PropertyKey, unknown>)[key];
  }
  return at;
}

/** The keys that an object schema knows at a path inside it, for "did you mean". */
function keysAt(schema: z.core.$ZodType, path: Path): readonly string[] {
  const { def } = schema._zod as { readonly def: Def };
  if (def.type === 'lazy' && def.getter) return keysAt(def.getter(), path);
  const inner = def.innerType ?? def.in;
  if (inner) return keysAt(inner, path);
  if (def.options) return [...new Set(def.options.flatMap((each) => keysAt(each, path)))];
  const [key, ...rest] = path;
  if (key === undefined) return def.shape ? Object.keys(def.shape) : [];
  const next = def.shape?.[String(key)] ?? def.element ?? def.valueType ?? def.catchall;
  return next ? keysAt(next, rest) : [];
}

/** What the definitions of zod's types have in common with those that are asked for here. */
interface Def {
  readonly type: string;
  readonly getter?: () => z.core.$ZodType;
  readonly innerType?: z.core.$ZodType;
  readonly in?: z.core.$ZodType;
  readonly options?: readonly z.core.$ZodType[];
  readonly shape?: Readonly<Record<string, z.core.$ZodType>>;
  readonly element?: z.core.$ZodType;
  readonly valueType?: z.core.$ZodType;
  readonly catchall?: z.core.$ZodType;
}
