import { closestName } from '../../core/closest-name.ts';
import { SwarmError } from '../../core/error/swarm-error.ts';
import type { Host } from '../../core/inventory/host.ts';
import { addressOf } from '../../core/inventory/host-address.ts';
import type { Json, Vars } from '../../core/json-value.ts';
import type { Playbook } from '../../core/playbook/playbook-model.ts';
import type { Span } from '../../core/span.ts';
import { lazyMapping } from '../../language/expression/lazy-mapping.ts';
import { ANY_NAME, UNKNOWN_RESULT, unknownValueError, withUnknownNames } from '../../language/expression/unknown-values.ts';
import { listNamesInValue } from '../../language/template/names-in-value.ts';
import type { HostRun } from '../host-run.ts';
import { renderVariables } from './render-variables.ts';
import { splitTemplates } from './set-variables.ts';

/** What tasks set on a host, and its facts, as other hosts see them. */
type SharedValues = Readonly<Pick<HostRun, 'registered' | 'templates' | 'facts'>>;

const NOTHING: SharedValues = { registered: new Map(), templates: new Set(), facts: {} };

/** What `hostvars` gives: for each host of the inventory, its variables. */
export interface HostVariables {
  /** Shows the other hosts what each host has now. Only while no task runs, so that all hosts of a task read the same. */
  share(): void;
  /** `common` makes the names that mean the same on every host of a play. */
  read(play: object, common: () => Vars): Vars;
}

/** What counts on every host of a run. */
interface RunValues {
  readonly playbook: Playbook;
  readonly args: Vars;
}

/** `hostvars` of a run, in which nothing is shared yet. */
export function createHostVariables(runs: ReadonlyMap<string, HostRun>, parts: RunValues): HostVariables {
  let shared = new Map<string, SharedValues>();
  let made = new WeakMap<object, Vars>();
  const rendering = new Set<string>();
  const readHost = (name: string, common: Vars): Vars => {
    const host = runs.get(name)?.host;
    if (host === undefined) return {};
    return hostVariables(host, shared.get(name) ?? NOTHING, { ...parts, common, rendering });
  };
  const describeUnknown = (name: string): { readonly message: string; readonly hint: string } => ({
    message: `the inventory has no host \`${name}\``,
    hint: describeNearHost(name, runs.keys()),
  });
  return {
    share() {
      shared = new Map([...runs].map(([name, { registered, templates, facts }]) => [name, { registered, templates, facts }]));
      made = new WeakMap();
    },
    read(play, common) {
      const known = made.get(play);
      if (known !== undefined) return known;
      const names: { [name: string]: Json } = { ...common() };
      const all = lazyMapping(runs.keys(), (name) => readHost(name, names), describeUnknown);
      names['hostvars'] = all;
      made.set(play, all);
      return all;
    },
  };
}

function describeNearHost(name: string, known: Iterable<string>): string {
  const near = closestName(name, known);
  return near === undefined ? 'To see the hosts, run: swarm hosts list' : `Did you mean \`${near}\`?`;
}

interface HostParts extends RunValues {
  readonly common: Vars;
  /** The variables that are being rendered, as `HOST.NAME`. */
  readonly rendering: Set<string>;
}

/** The variables of one host. Each is rendered when something reads it, with those alone that it uses: one may read another host.
 *  `ofInventory`: those alone that the inventory has, with the values that it has. */
function hostVariables(host: Host, shared: SharedValues, parts: HostParts, ofInventory = false): Vars {
  const { playbook, args, common, rendering } = parts;
  const { facts } = shared;
  const isKnown = Object.keys(facts ?? {}).length > 0;
  const inventoryVars = (): Vars => hostVariables(host, shared, parts, true);
  const own: Vars = { ...hostNames(host, ofInventory ? undefined : inventoryVars), ...(isKnown ? { facts } : {}) };
  const { texts, results } = splitTemplates(shared);
  const vars: Vars = ofInventory ? { ...playbook.vars, ...texts, ...host.vars } : { ...host.vars, ...playbook.vars, ...texts };
  const top: Vars = withoutKeys({ ...results, ...args }, ofInventory ? host.vars : {});
  const unknown = new Set(Object.keys(top).filter((name) => top[name] === UNKNOWN_RESULT));
  const read = (name: string): Json => {
    if (unknown.has(name)) throw unknownValueError(`hostvars.${host.name}.${name}`);
    if (Object.hasOwn(top, name)) return top[name] ?? null;
    return Object.hasOwn(vars, name) ? render(name) : (own[name] ?? null);
  };
  const render = (name: string): Json => {
    const key = `${host.name}${ofInventory ? '.host.vars' : ''}.${name}`;
    if (rendering.has(key)) throw new SwarmError('SW6014', `the variable \`${name}\` of ${host.name} uses itself by way of hostvars`);
    rendering.add(key);
    try {
      const scope = withUnknownNames({ ...common, ...own, ...top }, unknown);
      const used = Object.fromEntries(listNeeded(name, vars).map((each) => [each, vars[each] ?? null]));
      const rendered = renderVariables(used, scope, NOWHERE);
      if (rendered.unknown.includes(name)) throw unknownValueError(`hostvars.${key}`);
      const broken = rendered.findBroken?.(name);
      if (broken !== undefined) throw new SwarmError('SW6014', `${host.name}: ${broken.message}`, { hint: broken.hint });
      return rendered.done[name] ?? null;
    } finally {
      rendering.delete(key);
    }
  };
  const all = ofInventory ? Object.keys(host.vars) : [...Object.keys(own), ...Object.keys(vars), ...Object.keys(top)];
  const names = new Set(all.filter((name) => name !== ANY_NAME));
  return lazyMapping(names, read, (name) => {
    if (unknown.has(ANY_NAME)) return unknownValueError(`hostvars.${host.name}.${name}`);
    if (name === 'facts') return { message: `swarm does not know the facts of ${host.name} in this run`, hint: FACTS_HINT };
    const near = closestName(name, names);
    return { message: `${host.name} has no variable \`${name}\``, hint: near === undefined ? SET_HINT : `Did you mean \`${near}\`?` };
  });
}

const FACTS_HINT = 'Put the host in this play or in one before it. With strategy: free, and in a queue, only an earlier play counts.';
const SET_HINT =
  'hostvars has the variables of the inventory and what tasks before this one set. With strategy: free, and in a queue, only an earlier play counts.';

/** A variable of the inventory has its place in an error of the task that uses it. */
const NOWHERE: Span = { file: '', line: 1, column: 1, length: 1, text: '' };

const withoutKeys = (values: Vars, keys: Vars): Vars =>
  Object.fromEntries(Object.entries(values).filter(([name]) => !Object.hasOwn(keys, name)));

const hostNames = (host: Host, renderVars: (() => Vars) | undefined): Vars => ({
  inventory_hostname: host.name,
  group_names: host.groups,
  host: describeHost(host, renderVars),
});

const withTemplates = new WeakMap<Host, boolean>();

/** Whether a variable of the inventory has to be rendered. */
function hasTemplates(host: Host): boolean {
  const known = withTemplates.get(host);
  if (known !== undefined) return known;
  const found = Object.values(host.vars).some((value) => JSON.stringify(value)?.includes('{{') === true);
  withTemplates.set(host, found);
  return found;
}

/** `host` of a task. `renderVars` gives the variables of the inventory with the values of their templates, when something reads them. */
export function describeHost(host: Host, renderVars?: () => Vars): Vars {
  const plain: Vars = {
    name: host.name,
    address: addressOf(host),
    groups: host.groups,
    vars: host.vars,
    ...(host.cores === undefined ? {} : { cores: host.cores }),
    protected: host.protected,
  };
  if (renderVars === undefined || !hasTemplates(host)) return plain;
  return lazyMapping(
    Object.keys(plain),
    (name) => (name === 'vars' ? renderVars() : (plain[name] ?? null)),
    () => undefined,
  );
}

/** A variable and those that it uses. */
function listNeeded(name: string, vars: Vars): readonly string[] {
  const needed = new Set([name]);
  for (const each of needed) for (const used of listNamesInValue(vars[each] ?? null)) if (Object.hasOwn(vars, used)) needed.add(used);
  return [...needed];
}
