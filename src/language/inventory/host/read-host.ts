import { SwarmError } from '../../../core/error/swarm-error.ts';
import type { Host } from '../../../core/inventory/host.ts';
import type { HostName } from '../../../core/inventory/host-name.ts';
import type { Vars } from '../../../core/json-value.ts';
import type { Span } from '../../../core/span.ts';
import { parseByteSize } from '../../schema/parse-units.ts';
import { valueAtPath } from '../../schema/value-at-path.ts';
import { readAnsibleConnection } from '../ansible/ansible-connection.ts';
import type { GroupTree } from '../group-tree.ts';
import { readHeal } from '../heal/read-heal.ts';
import type { InventoryContext } from '../inventory-context.ts';
import { type HostEntry, readByteRate } from '../inventory-schema.ts';
import { isWritten, type Located, type MergedInventory } from '../merge-inventory.ts';
import { mergeSettings } from '../merge-settings.ts';
import { readLogin, readTimeouts } from './read-login.ts';
import { readRoute } from './read-route.ts';

/** A host with the login, routes and variables of its groups. Undefined where it has no route; its problems say why. */
export function readHost(context: InventoryContext, name: string, located: Located<HostEntry>): Host | undefined {
  const { from, groups, defaults, problems, merged } = context;
  const { source, path } = located;
  const value = merged.ansibleSources.has(source) ? readAnsibleHost(context, name, located.value) : located.value;
  if (value === undefined) return undefined;
  if (name === 'localhost') {
    const hint = 'Remove it. Write its variables in host_vars/localhost.yml.';
    problems.push(new SwarmError('SW1306', '`localhost` is always this machine', { at: source.keySpan(path), hint }));
    return undefined;
  }
  const memberOf = groups.groupsOfHost(name);
  const settings = mergeSettings([defaults, ...groups.settingsOfGroups(name), value]);
  const timeouts = readTimeouts(settings);
  const leastRate = readByteRate(settings.least_rate ?? '');
  const heal = readHeal(settings);
  const routeEntries = value.routes ?? [];
  const routes = routeEntries.flatMap((_, i) => readRoute(context, routeEntries[i] ?? {}, source, [...path, 'routes', i], settings.port));
  const [first, ...more] = routes;
  if (first === undefined) {
    const hint = 'Write: routes: [ { local: 10.0.0.1 } ]';
    const written = Array.isArray(valueAtPath(source.value, [...path, 'routes'])) ? ['routes', 0] : ['routes'];
    const isMapping = typeof valueAtPath(source.value, path) === 'object';
    if (isMapping && routeEntries.length === 0 && !isWritten({ source, path }, ...written)) {
      problems.push(new SwarmError('SW1101', `${name} has no route`, { at: source.keySpan(path), hint }));
    }
    return undefined;
  }
  const identity = from.identities.get(name);
  const memory = value.memory === undefined ? undefined : parseByteSize(value.memory);
  return {
    name: name as HostName,
    groups: memberOf,
    routes: [first, ...more],
    login: readLogin(from, settings, context.defaultKeys),
    protected: value.protected ?? false,
    vars: groups.mergeVars(name, (value.vars ?? {}) as Vars),
    ...(timeouts === undefined ? {} : { timeouts }),
    ...(leastRate === undefined ? {} : { leastRate }),
    ...(heal === undefined ? {} : { heal }),
    ...(identity === undefined ? {} : { identity }),
    ...(value.block === undefined ? {} : { block: toBlock(value.block) }),
    ...(value.cores === undefined ? {} : { cores: value.cores }),
    ...(memory === undefined ? {} : { memory }),
  };
}

/** The entry that the connection variables of a host amount to. Undefined for a host that swarm cannot reach, which a warning names. */
function readAnsibleHost(context: InventoryContext, name: string, value: HostEntry): HostEntry | undefined {
  const { groups, merged, warnings, problems, findJumpHost } = context;
  const { entry, unreachable, wrong, untaken } = readAnsibleConnection(name, groups.mergeVars(name, (value.vars ?? {}) as Vars));
  for (const { name: variable, message, hint } of [...untaken, ...(unreachable === undefined ? [] : [unreachable])])
    warnings.push(new SwarmError('SW1311', `${name}: ${message}`, { at: findVariable(merged, groups, name, variable), hint }));
  if (unreachable !== undefined) return undefined;
  if (wrong !== undefined)
    problems.push(
      new SwarmError('SW1306', `${name}: ${wrong.message}`, { at: findVariable(merged, groups, name, wrong.name), hint: wrong.hint }),
    );
  const [route] = entry.routes ?? [];
  if (route?.jump === undefined) return { ...entry, ...value };
  const via = findJumpHost(route.jump.via);
  return { ...entry, ...value, routes: [via === name ? { local: route.jump.address } : { jump: { via, address: route.jump.address } }] };
}

/** Where the variable of a host is written: the strongest that has it. */
function findVariable(merged: MergedInventory, groups: GroupTree, host: string, name: string): Span | undefined {
  const inFiles = (kind: 'host' | 'group', of: string) =>
    merged.vars
      .filter((each) => each.kind === kind && each.name === of && Object.hasOwn(each.vars, name))
      .map(({ source }) => source.valueSpan([name]));
  const own = merged.hosts.get(host);
  const inGroup = (group: string) => [
    ...inFiles('group', group),
    ...(merged.groups.get(group) ?? [])
      .filter(({ value }) => Object.hasOwn(value.vars ?? {}, name))
      .map(({ source, path }) => source.valueSpan([...path, 'vars', name])),
  ];
  const ownSpan = own !== undefined && Object.hasOwn(own.value.vars ?? {}, name) ? [own.source.valueSpan([...own.path, 'vars', name])] : [];
  return [...inFiles('host', host), ...ownSpan, ...[...groups.groupsOfHost(host), 'all'].flatMap(inGroup)][0];
}

const toBlock = ({ reason, until, since }: NonNullable<HostEntry['block']>): NonNullable<Host['block']> => ({
  reason,
  until,
  ...(since === undefined ? {} : { since }),
});
