import { SwarmError } from '../../core/error/swarm-error.ts';
import type { Json, Vars } from '../../core/json-value.ts';
import type { Span } from '../../core/span.ts';
import { isUnknownValueError, UNKNOWN_RESULT, withUnknownNames } from '../../language/expression/unknown-values.ts';
import { withAccess } from '../../language/functions/lookup-access.ts';
import { renderTemplates } from '../../language/template/template.ts';
import type { HostRun } from '../host-run.ts';
import type { RunContext } from '../run-context.ts';
import { lookupFor } from './local-lookup.ts';
import { OMIT } from './omit.ts';
import type { TaskSettings } from './task-settings.ts';

/**
 * The variables of a task. Precedence, lowest first: defaults of a role, host, playbook, play, role, block, task, results and what
 * set_fact and include_vars set, arguments of the run, item, loop variable.
 */
export function collectVariables(context: RunContext, hostRun: HostRun, settings: TaskSettings, at: Span, extra: Vars = {}): Vars {
  const given: Vars = {
    ...context.args,
    ...(hostRun.item === undefined ? {} : { item: hostRun.item.value }),
    ...settings.loopVars,
    ...extra,
  };
  const { templates, registered } = hostRun;
  const [texts, results] = [true, false].map((isText) =>
    Object.fromEntries([...registered].filter(([name]) => templates.has(name) === isText)),
  );
  const top: Vars = { ...results, ...given };
  const unknown = new Set(Object.keys(top).filter((name) => top[name] === UNKNOWN_RESULT));
  const vars: Vars = Object.assign({}, ...settings.defaults, hostRun.host.vars, context.playbook.vars, ...settings.vars, texts);
  const base = withAccess(builtInVariables(context, hostRun, settings), lookupFor(context.paths));
  const rendered = renderVariables(vars, withUnknownNames({ ...base, ...top }, unknown), at);
  return withUnknownNames({ ...base, ...rendered.done, ...top }, new Set([...unknown, ...rendered.unknown]));
}

/** Gives variables to a host, for the rest of the run. They count as much as registered results: the last one wins. Those of a file of
 *  `include_vars` are templates; what a host or a command printed never is. */
export function setVariables({ registered, templates }: HostRun, vars: Vars | undefined, module?: string): void {
  for (const [name, value] of Object.entries(vars ?? {})) {
    registered.set(name, value);
    if (module === 'include_vars') templates.add(name);
    else templates.delete(name);
  }
}

/** Variables that every task has. */
function builtInVariables(context: RunContext, { host, facts }: HostRun, settings: TaskSettings): Vars {
  const { inventory, journal, options } = context;
  const { name, groups, vars } = host;
  const { play } = settings;
  return {
    host: { name, groups, vars, ...(host.cores === undefined ? {} : { cores: host.cores }), protected: host.protected },
    facts,
    hosts: play.hosts,
    groups: context.groups,
    ...context.targetVariables,
    binhost: { path: inventory.binhost.path, ...(inventory.binhost.host === undefined ? {} : { host: inventory.binhost.host }) },
    play: { name: play.name },
    run: { id: journal.run, check: options.check },
    run_id: journal.run,
    check_mode: settings.check ?? options.check,
    inventory_hostname: name,
    group_names: groups,
    omit: OMIT,
    ...(settings.role === undefined ? {} : { role_name: settings.role.name, role_path: settings.role.path }),
  };
}

/** Variables can use each other in any order. One that cannot be rendered is left out, and is an error where a task uses it. In a dry run
 *  one that depends on an unknown result is unknown too. */
function renderVariables(vars: Vars, scope: Vars, at: Span): { readonly done: Vars; readonly unknown: readonly string[] } {
  const done: Record<string, Json> = {};
  const unknown = new Set<string>();
  let open = Object.entries(vars);
  for (let before = open.length + 1; open.length > 0 && open.length < before; ) {
    before = open.length;
    open = open.filter(([name, value]) => {
      const text = hasTemplate(value) ? tryRender(value, withUnknownNames({ ...done, ...scope }, unknown), at) : value;
      if (text === undefined) return true;
      if (text === UNKNOWN_RESULT) unknown.add(name);
      else done[name] = text;
      return false;
    });
  }
  return { done, unknown: [...unknown].filter((name) => !Object.hasOwn(scope, name)) };
}

function tryRender(value: Json, scope: Vars, at: Span): Json | undefined {
  try {
    return renderTemplates(value, scope, { at });
  } catch (error) {
    if (isUnknownValueError(error)) return UNKNOWN_RESULT;
    if (error instanceof SwarmError) return undefined;
    throw error;
  }
}

function hasTemplate(value: Json): boolean {
  if (typeof value === 'string') return value.includes('{{');
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).some(hasTemplate);
}
