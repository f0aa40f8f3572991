import type { Json, Vars } from '../../../core/json-value.ts';
import { findSecretSource } from '../../../language/schema/secret-source.ts';
import { listNamesInValue } from '../../../language/template/names-in-value.ts';

/** What is known of the variables at a task before the run. */
export interface KnownVars {
  /** From the weakest to the strongest. They are merged only where a task needs the values: a role may have a thousand. */
  readonly layers: readonly Vars[];
  /** Those of a block or a task, which are stronger than the variables of a role. */
  readonly strong: ReadonlySet<string>;
  readonly secrets: ReadonlySet<string>;
  readonly conditional: boolean;
}

/** No variable. `secrets`: the names of those of the hosts that are secrets. */
export const nothingKnown = (secrets: readonly string[]): KnownVars => ({
  layers: [],
  strong: new Set(),
  secrets: new Set(secrets),
  conditional: false,
});

/** The variables in one mapping. */
export const mergeVars = ({ layers }: Pick<KnownVars, 'layers'>): Vars => Object.assign({}, ...layers) as Vars;

/** The defaults of a role are weaker than all other variables. */
export const addDefaults = (known: KnownVars, defaults: Vars): KnownVars =>
  Object.keys(defaults).length === 0 ? known : { ...known, layers: [defaults, ...known.layers] };

/** Variables of a block or a task. */
export const addStrongVars = (known: KnownVars, more: Vars): KnownVars =>
  Object.keys(more).length === 0 ? known : { ...addVars(known, more), strong: new Set([...known.strong, ...Object.keys(more)]) };

/** Inner variables replace outer ones. */
export const addVars = (known: KnownVars, more: Vars): KnownVars =>
  Object.keys(more).length === 0 ? known : { ...known, layers: [...known.layers, more], secrets: addSecrets(known.secrets, more) };

/** The names that are secret among these variables too; the same set where they change nothing. */
function addSecrets(secrets: ReadonlySet<string>, more: Vars): ReadonlySet<string> {
  const inner = new Set(secrets);
  for (const name of Object.keys(more)) inner.delete(name);
  const removed = inner.size < secrets.size;
  const left = inner.size;
  for (let before = -1; before !== inner.size; ) {
    before = inner.size;
    for (const [name, value] of Object.entries(more)) if (isSecret(value, inner)) inner.add(name);
  }
  return removed || inner.size > left ? inner : secrets;
}

/** The names and values that a run is given. */
export interface GivenNames {
  readonly args: Vars;
  readonly secretArgs: readonly string[];
  readonly given?: readonly string[];
}

/** What one task knows. */
export interface TaskView extends Pick<KnownVars, 'secrets' | 'conditional'> {
  /** The variables with a value that is the same in each run. */
  readonly vars: () => Vars;
}

/** What the tasks of a play know, from the variables around them. Arguments of the run are stronger than variables; what a task of the play
 *  registers, a loop or a queue sets (`set`) is not known. Tasks beside each other have the same variables, so what these say is found out once. */
export function createTaskView(set: ReadonlySet<string>, { args, secretArgs, given = [] }: GivenNames): (known: KnownVars) => TaskView {
  const unknown = new Set([...set, ...given, 'item']);
  const isPlain = (name: string, value: Json | undefined, secrets: ReadonlySet<string>): boolean =>
    !unknown.has(name) && !secretArgs.includes(name) && !traitsOf(value).template && !isSecret(value, secrets);
  const findVars = (known: KnownVars): Vars =>
    Object.fromEntries(
      Object.entries({ ...mergeVars(known), ...args }).filter(([name, value]) => isPlain(name, value, known.secrets)),
    ) as Vars;
  const findSecrets = (secrets: ReadonlySet<string>): ReadonlySet<string> =>
    new Set([...[...secrets].filter((name) => !Object.hasOwn(args, name) && !unknown.has(name)), ...secretArgs]);
  const vars = new WeakMap<readonly Vars[], Vars>(); // the layers decide the secrets too
  const secrets = new WeakMap<ReadonlySet<string>, ReadonlySet<string>>();
  return (known) => ({
    conditional: known.conditional,
    secrets: remember(secrets, known.secrets, () => findSecrets(known.secrets)),
    vars: () => remember(vars, known.layers, () => findVars(known)),
  });
}

function remember<K extends object, V>(known: WeakMap<K, V>, key: K, find: () => V): V {
  const before = known.get(key);
  if (before !== undefined) return before;
  const found = find();
  known.set(key, found);
  return found;
}

/** What a value says of itself, whatever the variables are. */
interface ValueTraits {
  /** It is filled in only while the playbook runs, also where no other variable is in it, such as `{{ lookup "env" "HOME" }}`. */
  readonly template: boolean;
  /** It is `{ secret: ... }`, or has one in it. */
  readonly secret: boolean;
  /** The names in its templates. */
  readonly names: readonly string[];
}

const PLAIN: ValueTraits = { template: false, secret: false, names: [] };

/** Those of lists and mappings, which many tasks see. */
const traits = new WeakMap<object, ValueTraits>();

function traitsOf(value: Json | undefined): ValueTraits {
  if (typeof value === 'string') return value.includes('{{') ? { template: true, secret: false, names: listNamesInValue(value) } : PLAIN;
  if (typeof value !== 'object' || value === null) return PLAIN;
  return remember(traits, value, () => {
    const inner = Object.values(value).map((each: Json) => traitsOf(each));
    return {
      template: inner.some(({ template }) => template) || Object.keys(value).some((key) => key.includes('{{')),
      secret: findSecretSource(value) !== undefined || inner.some(({ secret }) => secret),
      names: inner.flatMap(({ names }) => names),
    };
  });
}

/** Whether a value is a secret, or has one of these names in it. */
export function isSecret(value: Json | undefined, secrets: ReadonlySet<string>): boolean {
  const { secret, names } = traitsOf(value);
  return secret || names.some((name) => secrets.has(name));
}
