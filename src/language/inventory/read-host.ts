import { SwarmError } from '../../core/error/swarm-error.ts';
import type { Host } from '../../core/inventory/host.ts';
import type { HostName } from '../../core/inventory/host-name.ts';
import type { Vars } from '../../core/json-value.ts';
import { parseByteSize } from '../schema/parse-units.ts';
import { valueAtPath } from '../schema/value-at-path.ts';
import { readHeal } from './heal/read-heal.ts';
import type { InventoryContext } from './inventory-context.ts';
import type { HostEntry } from './inventory-schema.ts';
import { isWritten, type Located } from './merge-inventory.ts';
import { mergeLogins, readLogin, readTimeouts } from './read-login.ts';
import { readRoute } from './read-route.ts';

/** A host with the login, routes and variables of its groups. Undefined where it has no route; its problems say why. */
export function readHost(context: InventoryContext, name: string, { source, path, value }: Located<HostEntry>): Host | undefined {
  const { from, groups, defaults, problems } = context;
  if (name === 'localhost') {
    const hint = 'Remove it. Write its variables in host_vars/localhost.yml.';
    problems.push(new SwarmError('SW1306', '`localhost` is always this machine', { at: source.keySpan(path), hint }));
    return undefined;
  }
  const memberOf = groups.groupsOfHost(name);
  const login = mergeLogins([defaults, ...groups.loginLayers(name), value]);
  const timeouts = readTimeouts(login);
  const heal = readHeal(login);
  const routeEntries = value.routes ?? [];
  const routes = routeEntries.flatMap((_, i) => readRoute(context, routeEntries[i] ?? {}, source, [...path, 'routes', i], login.port));
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
    login: readLogin(from, login),
    protected: value.protected ?? false,
    vars: groups.mergeVars(name, (value.vars ?? {}) as Vars),
    ...(timeouts === undefined ? {} : { timeouts }),
    ...(heal === undefined ? {} : { heal }),
    ...(identity === undefined ? {} : { identity }),
    ...(value.block === undefined ? {} : { block: toBlock(value.block) }),
    ...(value.cores === undefined ? {} : { cores: value.cores }),
    ...(memory === undefined ? {} : { memory }),
  };
}

const toBlock = ({ reason, until, since }: NonNullable<HostEntry['block']>): NonNullable<Host['block']> => ({
  reason,
  until,
  ...(since === undefined ? {} : { since }),
});
