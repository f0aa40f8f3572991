import type { Json, Vars } from '../../../core/json-value.ts';
import { findSecretSource } from '../../../language/schema/secret-source.ts';
import { listNamesInValue } from '../../../language/template/names-in-value.ts';

/** What is known of the variables at a task before the run. */
export interface KnownVars {
  readonly vars: Vars;
  /** Those of a block or a task, which are stronger than the variables of a role. */
  readonly strong: ReadonlySet<string>;
  readonly secrets: ReadonlySet<string>;
  readonly conditional: boolean;
}

/** No variable. `secrets`: the names of those of the hosts that are secrets. */
export const nothingKnown = (secrets: readonly string[]): KnownVars => ({
  vars: {},
  strong: new Set(),
  secrets: new Set(secrets),
  conditional: false,
});

/** The defaults of a role are weaker than all other variables. */
export const addDefaults = (known: KnownVars, defaults: Vars): KnownVars => ({ ...known, vars: { ...defaults, ...known.vars } });

/** Variables of a block or a task. */
export const addStrongVars = (known: KnownVars, more: Vars): KnownVars =>
  Object.keys(more).length === 0 ? known : { ...addVars(known, more), strong: new Set([...known.strong, ...Object.keys(more)]) };

/** Inner variables replace outer ones. */
export function addVars({ vars, strong, secrets, conditional }: KnownVars, more: Vars): KnownVars {
  const inner = new Set(secrets);
  for (const name of Object.keys(more)) inner.delete(name);
  for (let before = -1; before !== inner.size; ) {
    before = inner.size;
    for (const [name, value] of Object.entries(more)) if (isSecret(value, inner)) inner.add(name);
  }
  return { vars: { ...vars, ...more }, strong, secrets: inner, conditional };
}

/** The names and values that a run is given. */
export interface GivenNames {
  readonly args: Vars;
  readonly secretArgs: readonly string[];
  readonly given?: readonly string[];
}

/** What the tasks of a play know, from the variables around them. Arguments of the run are stronger than variables; what a task of the play
 *  registers, a loop or a queue sets (`set`) is not known. Tasks beside each other have the same variables, so what these say is found out once. */
export function createTaskView(set: ReadonlySet<string>, { args, secretArgs, given = [] }: GivenNames): (known: KnownVars) => KnownVars {
  const unknown = new Set([...set, ...given, 'item']);
  const isPlain = (name: string, value: Json | undefined, secrets: ReadonlySet<string>): boolean =>
    !unknown.has(name) && !secretArgs.includes(name) && !hasTemplateInside(value) && !isSecret(value, secrets);
  const views = new WeakMap<Vars, { readonly of: ReadonlySet<string>; readonly vars: Vars; readonly secrets: ReadonlySet<string> }>();
  return (known) => {
    const before = views.get(known.vars);
    if (before?.of === known.secrets) return { ...known, vars: before.vars, secrets: before.secrets };
    const plain = Object.entries({ ...known.vars, ...args }).filter(([name, value]) => isPlain(name, value, known.secrets));
    const hidden = [...known.secrets].filter((name) => !Object.hasOwn(args, name) && !unknown.has(name));
    const view = { vars: Object.fromEntries(plain) as Vars, secrets: new Set([...hidden, ...secretArgs]) };
    views.set(known.vars, { of: known.secrets, ...view });
    return { ...known, ...view };
  };
}

/** Whether a variable is filled in only while the playbook runs, also where no other variable is in it, such as `{{ lookup "env" "HOME" }}`. */
const hasTemplateInside = (value: Json | undefined): boolean => JSON.stringify(value ?? null).includes('{{');

/** Whether a value is a secret, or has one of these names in it. */
export function isSecret(value: Json | undefined, secrets: ReadonlySet<string>): boolean {
  if (value === undefined || value === null) return false;
  if (findSecretSource(value) !== undefined) return true;
  if (secrets.size > 0 && listNamesInValue(value).some((name) => secrets.has(name))) return true;
  return typeof value === 'object' && Object.values(value).some((each: Json) => isSecret(each, secrets));
}
