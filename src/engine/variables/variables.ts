import { dirname } from 'node:path';
import type { Json, Vars } from '../../core/json-value.ts';
import type { Span } from '../../core/span.ts';
import { withBrokenNames } from '../../language/expression/broken-names.ts';
import { UNKNOWN_RESULT, withUnknownNames } from '../../language/expression/unknown-values.ts';
import { withAccess } from '../../language/functions/lookup-access.ts';
import type { HostRun } from '../host-run.ts';
import type { RunContext } from '../run-context.ts';
import type { TaskSettings } from '../task/task-settings.ts';
import { describeHost } from './host-variables.ts';
import { lookupFor } from './local-lookup.ts';
import { OMIT } from './omit.ts';
import { renderVariables } from './render-variables.ts';
import { splitTemplates } from './set-variables.ts';
import { variablesByName } from './variables-by-name.ts';

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
  const { texts, results } = splitTemplates(hostRun);
  const top: Vars = { ...results, ...given };
  const unknown = new Set(Object.keys(top).filter((name) => top[name] === UNKNOWN_RESULT));
  const vars: Vars = Object.assign(
    {},
    ...settings.defaults,
    hostRun.host.vars,
    context.playbook.vars,
    ...settings.roleVars,
    ...settings.vars,
    texts,
  );
  const base = builtInVariables(context, hostRun, settings);
  const rendered = renderVariables(vars, withUnknownNames({ ...base, ...top }, unknown), at);
  const allUnknown = new Set([...unknown, ...rendered.unknown]);
  const names: Vars = { ...base, ...rendered.done, ...top };
  const scope = withBrokenNames({ vars: variablesByName(names, allUnknown), ...names }, rendered.findBroken);
  return withUnknownNames(scope, allUnknown);
}

/** Variables that every task has. */
function builtInVariables(context: RunContext, { host, facts }: HostRun, settings: TaskSettings): Vars {
  const { play, role } = settings;
  const common = (): Vars => withAccess(commonVariables(context, play), lookupFor(context.paths));
  const hostvars = context.hostVariables.read(play, common);
  return {
    ...withAccess(commonVariables(context, play), lookupFor(context.paths, role)),
    host: describeHost(host, () => renderedVars(hostvars[host.name])),
    hostvars,
    facts,
    check_mode: settings.check ?? context.options.check,
    inventory_hostname: host.name,
    group_names: host.groups,
    ...roleVariables(role),
  };
}

const roleVariables = (role: TaskSettings['role']): Vars =>
  role === undefined
    ? {}
    : { role_name: role.name, role_path: role.path, ...(role.parents === undefined ? {} : { parent_role_names: role.parents }) };

/** `host.vars` of what `hostvars` has of a host. */
const renderedVars = (ofHost: Json | undefined): Vars => ((ofHost as Vars | undefined)?.['host'] as Vars | undefined)?.['vars'] as Vars;

/** Those that are the same on every host of a play. */
function commonVariables(context: RunContext, play: TaskSettings['play']): Vars {
  const { inventory, journal, options, groups, targetVariables } = context;
  const { path, host } = inventory.binhost;
  return {
    hosts: play.hosts,
    groups,
    ...targetVariables,
    binhost: { path, ...(host === undefined ? {} : { host }) },
    play: { name: play.name },
    playbook_dir: dirname(context.playbook.file),
    run: { id: journal.run, check: options.check },
    run_id: journal.run,
    check_mode: options.check,
    omit: OMIT,
  };
}
