import type { z } from 'zod';
import { SwarmError } from '../../core/error.ts';
import type { Become, Inventory, Json } from '../../core/host.ts';
import type { Expr } from '../../core/playbook-model.ts';
import type { Span } from '../../core/span.ts';
import { expressionNames, parseExpr } from '../expression/expression.ts';
import { type Use, unknownName } from '../expression/scope-names.ts';
import { checkLeniently } from '../schema/check-schema.ts';
import { hasTemplate, templateNames, templateProblems } from '../template/template.ts';
import type { Path, Source } from '../yaml/source-document.ts';
import { FOREIGN } from './ansible-keywords.ts';
import type { Sources } from './playbook-files.ts';
import type { BecomeEntry } from './playbook-schema.ts';

/** A place in the playbook where names are asked for, checked when all definitions are known. */
interface Asked {
  readonly use: Use;
  readonly locals: ReadonlySet<string>;
  at(): Span;
}

/** A handler that a task asks for. */
export interface Notified {
  readonly name: string;
  readonly at: Span;
}

/** What is gathered while a playbook is read. */
export interface Reader {
  readonly sources: Sources;
  readonly inventory: Inventory | undefined;
  readonly problems: SwarmError[];
  readonly registers: Set<string>;
  /** Of the play that is being read. */
  readonly notified: Notified[];
  readonly asked: Asked[];
}

/** Where a mapping stands and which names are in sight there. */
export interface Here {
  readonly source: Source;
  /** The file, absolute: what it imports is beside it. */
  readonly file: string;
  readonly path: Path;
  readonly locals: ReadonlySet<string>;
  readonly become?: Become | undefined;
}

export const below = (here: Here, ...keys: PropertyKey[]): Here => ({ ...here, path: [...here.path, ...keys] });
export const seeing = (here: Here, names: Iterable<string>): Here => ({ ...here, locals: new Set([...here.locals, ...names]) });

const codes = { wrong: 'SW1109', missing: 'SW1101', unknown: 'SW1104' };

/** A mapping against its schema. What is wrong is told and left out, so that the rest is read all the same. */
export function checkMapping<S extends z.ZodType>(
  { problems }: Reader,
  here: Here,
  schema: S,
  value: unknown,
  foreign: Readonly<Record<string, string>> = FOREIGN,
  wrong = codes,
): z.output<S> | undefined {
  const { value: left, problems: found } = checkLeniently(schema, value, { source: here.source, path: here.path, codes: wrong, foreign });
  problems.push(...found);
  return left;
}

/** The templates in a value: syntax now, names when everything is read. `shell`: keys of the value whose text a shell reads. */
export function checkTemplates(reader: Reader, here: Here, value: unknown, shell: readonly string[] = [], inShell = false): void {
  if (typeof value === 'string') {
    if (!hasTemplate(value)) return;
    const at = (start: number, end: number) => here.source.inside(here.path, start, end);
    const faults = templateProblems(value, inShell, at);
    reader.problems.push(...faults);
    if (faults.some(({ code }) => code === 'SW1113')) return;
    for (const use of templateNames(value)) reader.asked.push({ use, locals: here.locals, at: () => at(use.start, use.end) });
  } else if (Array.isArray(value)) {
    for (const [i, each] of value.entries()) checkTemplates(reader, below(here, i), each, [], inShell);
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, each] of Object.entries(value)) checkTemplates(reader, below(here, key), each, [], inShell || shell.includes(key));
  }
}

/** The expression of a text that stands at `here`; undefined when it is wrong, which is told. */
export function readExpr(reader: Reader, here: Here, value: string | boolean, condition = false): Expr | undefined {
  const text = String(value);
  const locate = (start: number, end: number) =>
    typeof value === 'string' ? here.source.inside(here.path, start, end) : here.source.at(here.path);
  try {
    const expr = parseExpr(text, locate(0, text.length), locate, condition);
    for (const use of expressionNames(expr)) reader.asked.push({ use, locals: here.locals, at: () => locate(use.start, use.end) });
    return expr;
  } catch (thrown) {
    if (!(thrown instanceof SwarmError)) throw thrown;
    reader.problems.push(thrown);
    return undefined;
  }
}

/** Conditions as one text, true, false, or a list that must all hold. */
export function readConditions(
  reader: Reader,
  here: Here,
  value: string | boolean | readonly (string | boolean)[] | undefined,
): readonly Expr[] {
  if (value === undefined) return [];
  if (typeof value !== 'object') return [readExpr(reader, here, value, true) ?? []].flat();
  return value.flatMap((each, i) => readExpr(reader, below(here, i), each, true) ?? []);
}

/** false: explicitly without; undefined: nothing is said here. */
export function readBecome(entry: BecomeEntry, outer: Become | undefined): Become | false | undefined {
  const { become, become_user: user, become_method: method } = entry;
  if (become === false) return false;
  if (become === undefined && user === undefined && method === undefined) return undefined;
  return { method: method ?? outer?.method ?? 'sudo', user: user ?? outer?.user ?? 'root' };
}

export const tagsOf = (tags: string | readonly string[] | undefined): readonly string[] =>
  [tags ?? []].flat().flatMap((each) => each.split(',').map((tag) => tag.trim()));

export const textsOf = (value: string | readonly string[] | undefined): readonly string[] => [value ?? []].flat();

export const environmentOf = (value: Readonly<Record<string, Json>> | undefined): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(value ?? {}).map(([name, each]) => [name, String(each)]));

/** SW1108 for every name that nothing defines: neither the playbook nor, where it is known, the inventory. A file that could not be
 *  read may define any. */
export function checkNames(reader: Reader, roots: Iterable<string>): void {
  const inventory = reader.inventory?.hosts.flatMap(({ vars }) => Object.keys(vars)) ?? [];
  const shared = [...roots, ...reader.registers, ...inventory];
  const broken = [...reader.sources.files.values()].some(({ value }) => value === undefined);
  const open = broken || reader.inventory === undefined;
  const known = new Map<ReadonlySet<string>, ReadonlySet<string>>();
  for (const { use, locals, at } of reader.asked) {
    const all = known.get(locals) ?? new Set([...locals, ...shared]);
    known.set(locals, all);
    const problem = unknownName(use, all, open, at());
    if (problem !== undefined) reader.problems.push(problem);
  }
}
