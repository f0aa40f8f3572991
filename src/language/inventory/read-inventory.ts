import { existsSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { closestName } from '../../core/closest-name.ts';
import { SwarmError } from '../../core/error/swarm-error.ts';
import type { Host } from '../../core/inventory/host.ts';
import type { Identity } from '../../core/inventory/host-identity.ts';
import type { HostName } from '../../core/inventory/host-name.ts';
import type { Inventory } from '../../core/inventory/inventory.ts';
import type { Become, Key, Login } from '../../core/inventory/login.ts';
import type { Route } from '../../core/inventory/route.ts';
import type { BinhostLocation } from '../../core/inventory/target.ts';
import type { Vars } from '../../core/json-value.ts';
import type { Span } from '../../core/span.ts';
import { valueAtPath } from '../schema/check-schema.ts';
import { parseByteSize } from '../schema/parse-units.ts';
import { throwIfProblems } from '../schema/throw-problems.ts';
import type { KeyPath, SourceDocument } from '../yaml/source-document.ts';
import { isNetwork, parseAddress } from './address.ts';
import { checkRoutes } from './check-routes.ts';
import { buildGroupTree, type GroupTree } from './group-tree.ts';
import { type InventoryFiles, parseInventoryPart, readInventoryFiles } from './inventory-files.ts';
import type { HostEntry, LoginEntry } from './inventory-schema.ts';
import { type Located, mergeInventoryFiles } from './merge-inventory.ts';
import { readTargets } from './read-targets.ts';

/** The files of an inventory, and what is known of its hosts. */
export interface InventorySource {
  /** The project's folder, absolute. */
  readonly dir: string;
  /** Files and folders of -i instead of inventory/; relative ones are below `dir`. */
  readonly paths?: readonly string[];
  readonly home: string;
  /** The login where the inventory names none. */
  readonly user: string;
  /** What each host must prove, from inventory/known_hosts. */
  readonly identities: ReadonlyMap<string, Identity>;
}

/** The inventory of a project, whole and checked; throws ValidationError with all problems of all files. */
export function readInventory(source: InventorySource): Inventory {
  return buildInventory(source, readInventoryFiles(source.dir, source.paths));
}

/** Like readInventory, from the text of one file. */
export function parseInventory(source: InventorySource, file: string, text: string | Uint8Array): Inventory {
  const problems: SwarmError[] = [];
  const part = parseInventoryPart(text, file, problems);
  return buildInventory(source, { parts: part === undefined ? [] : [part], vars: [], incomplete: part === undefined, problems });
}

function buildInventory(source: InventorySource, files: InventoryFiles): Inventory {
  const problems = [...files.problems];
  const merged = mergeInventoryFiles(files, problems);
  if (files.incomplete) throwIfProblems(problems); // each name that this file defines would be reported as unknown
  const groups = buildGroupTree(merged, problems);
  const context: InventoryContext = { from: source, groups, problems, defaults: merged.defaults };
  const hosts = [...merged.hosts].map(([name, located]) => readHost(context, name, located));
  const routedHosts = hosts.filter((host) => host !== undefined);
  const warnings: SwarmError[] = [];
  checkRoutes(routedHosts, merged.hosts, problems, warnings);
  checkHostKeys(routedHosts, merged.hosts, warnings);
  const binhost = readBinhost(context, merged.binhost, [...merged.hosts.keys()]);
  const discover = readDiscover(context, merged.discover);
  const inventory = {
    ...{ dir: source.dir, groups: groups.names, binhost, discover },
    hosts: [...routedHosts, createLocalhost(source, groups)],
  };
  const names = [...merged.hosts.keys()];
  const targets = readTargets(
    { inventory, problems, warnings, readBinhost: (entry) => readBinhost(context, entry, names) },
    merged.targets,
  );
  throwIfProblems(problems);
  const binhosts = [binhost, ...targets.map((target) => target.binhost)].map(({ host }) => host);
  return {
    ...inventory,
    hosts: inventory.hosts.map((host) => applyProtection(host, merged.hosts.get(host.name)?.value.protected, routedHosts, binhosts)),
    targets,
    warnings: warnings.map((each) => each.toJSON()),
  };
}

/** The binhost and every jump host are protected, unless the inventory has `protected: false`. */
function applyProtection(
  host: Host,
  setting: boolean | undefined,
  hosts: readonly Host[],
  binhosts: readonly (HostName | undefined)[],
): Host {
  if (host.routes[0].kind === 'here') return host;
  if (setting !== undefined) return setting ? host : { ...host, protection: 'lifted' };
  if (binhosts.includes(host.name)) return { ...host, protected: true, protection: 'the binhost' };
  const jumped = hosts.some(({ routes }) => routes.some((route) => route.kind === 'jump' && route.via === host.name));
  return jumped ? { ...host, protected: true, protection: 'a jump host' } : host;
}

interface InventoryContext {
  readonly from: InventorySource;
  readonly groups: GroupTree;
  readonly problems: SwarmError[];
  readonly defaults: LoginEntry;
}

function readHost(context: InventoryContext, name: string, { source, path, value }: Located<HostEntry>): Host | undefined {
  const { from, groups, defaults, problems } = context;
  if (name === 'localhost') {
    const hint = 'Remove it. Write its variables in host_vars/localhost.yml.';
    problems.push(new SwarmError('SW1306', '`localhost` is always this machine', { at: source.keySpan(path), hint }));
    return undefined;
  }
  const memberOf = groups.groupsOfHost(name);
  const login = Object.assign({}, ...[defaults, ...groups.loginLayers(name), value].map(selectLogin)) as LoginEntry;
  const routeEntries = value.routes ?? [];
  const routes = routeEntries.flatMap((_, i) =>
    readRoute(context, routeEntries[i] ?? {}, source, [...path, 'routes', i], login.port ?? 22),
  );
  const [first, ...more] = routes;
  if (first === undefined) {
    const hint = 'Write: routes: [ { local: 10.0.0.1 } ]';
    if (routeEntries.length === 0 && !hasValueAt(source, [...path, 'routes', 0])) {
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

const LOGIN_KEYS = ['user', 'port', 'identity_file', 'identity_files', 'become', 'become_user', 'become_method'] as const;

/** The login keys that a layer sets; either spelling of the identity files replaces both of the layers below. */
function selectLogin(entry: LoginEntry): LoginEntry {
  const defined = Object.fromEntries(LOGIN_KEYS.flatMap((key) => (entry[key] === undefined ? [] : [[key, entry[key]]])));
  return 'identity_file' in defined || 'identity_files' in defined
    ? { identity_file: undefined, identity_files: undefined, ...defined }
    : defined;
}

const DEFAULT_KEY_FILES = ['id_ed25519', 'id_ecdsa', 'id_rsa'];

function readLogin({ user, home, dir }: InventorySource, entry: LoginEntry): Login {
  const become = toBecome(entry);
  const files = [entry.identity_file ?? [], entry.identity_files ?? []].flat().map((path) => expandPath(path, home, dir));
  const defaultFiles = DEFAULT_KEY_FILES.map((name) => join(home, '.ssh', name)).filter((path) => existsSync(path));
  const fromFiles = (paths: readonly string[]): Key[] => paths.map((path) => ({ from: 'file', path }));
  const keys: Key[] = files.length > 0 ? [...fromFiles(files), { from: 'agent' }] : [{ from: 'agent' }, ...fromFiles(defaultFiles)];
  return { user: entry.user ?? user, keys, ...(become === undefined ? {} : { become }) };
}

const expandPath = (path: string, home: string, dir: string): string => resolve(dir, path.replace(/^~(?=\/|$)/, home));

function toBecome({ become, become_user, become_method }: LoginEntry): Become | undefined {
  if (become !== true) return undefined;
  return { method: become_method ?? 'sudo', user: become_user ?? 'root' };
}

/** True if the file has a value at the path, right or wrong. A wrong one is already reported. */
const hasValueAt = (source: SourceDocument, path: KeyPath): boolean => valueAtPath(source.value, path) !== undefined;

type RouteEntry = NonNullable<HostEntry['routes']>[number];

function readRoute(
  { problems }: InventoryContext,
  entry: RouteEntry,
  source: SourceDocument,
  path: KeyPath,
  port: number,
): readonly Route[] {
  const kinds = (Object.keys(entry) as (keyof RouteEntry)[]).filter((kind) => entry[kind] !== undefined);
  const [kind, extra] = kinds;
  const wrongKey = Object.keys(valueAtPath(source.value, path) ?? {})[0];
  if (kind === undefined && wrongKey !== undefined) return []; // already reported
  if (kind === undefined || extra !== undefined) {
    const hint = 'Write one of: { local: A }, { tailscale: A }, { jump: { via: HOST, address: A } }, { command: [PROGRAM, ...] }';
    const at = extra === undefined ? source.valueSpan(path) : source.keySpan([...path, extra]);
    problems.push(new SwarmError('SW1306', 'a route must have exactly one kind', { at, hint }));
    return [];
  }
  if (entry.command !== undefined) return [{ kind: 'command', argv: entry.command as [string, ...string[]] }];
  const addressPath = kind === 'jump' ? [...path, kind, 'address'] : [...path, kind];
  const addressText = entry.jump?.address ?? entry.local ?? entry.tailscale ?? '';
  const parsed = parseAddress(typeof addressText === 'number' ? sliceSpan(source.valueSpan(addressPath)) : addressText);
  if (typeof parsed === 'string') {
    problems.push(
      new SwarmError('SW1303', parsed, {
        at: source.valueSpan(addressPath),
        hint: 'Write ADDRESS, ADDRESS:PORT, or "[v6]:PORT" in quotes.',
      }),
    );
    return [];
  }
  const endpoint = { address: parsed.address, port: parsed.port ?? port };
  if (kind === 'jump') return [{ kind, via: (entry.jump?.via ?? '') as HostName, ...endpoint }];
  return kind === 'local' || kind === 'tailscale' ? [{ kind, ...endpoint }] : [];
}

/** `100.64` as it was written, not as the number it is. */
const sliceSpan = ({ text, column, length }: Span): string => text.slice(column - 1, column - 1 + length);

/** The same key on two hosts is a warning. A connection to one of them is refused, unless their machine-ids differ. */
function checkHostKeys(hosts: readonly Host[], entries: ReadonlyMap<string, Located<HostEntry>>, warnings: SwarmError[]): void {
  const owners = new Map<string, Host>();
  for (const host of hosts) {
    for (const { type, blob } of host.identity?.hostKeys ?? []) {
      const owner = owners.get(blob);
      if (owner === undefined) owners.set(blob, host);
      else if (owner !== host) {
        const entry = entries.get(host.name);
        const hint = 'If one is a clone, make new keys on it: rm /etc/ssh/ssh_host_*; ssh-keygen -A';
        const message = `${owner.name} and ${host.name} have the same pinned ${type} key`;
        warnings.push(new SwarmError('SW1302', message, { at: entry?.source.keySpan(entry.path), hint }));
        break;
      }
    }
  }
}

function readBinhost(
  { from, problems }: InventoryContext,
  entry: Located<{ readonly host?: string | undefined; readonly path?: string | undefined }> | undefined,
  names: readonly string[],
): BinhostLocation {
  const { host, path } = entry?.value ?? {};
  if (entry === undefined || host === undefined || host === 'localhost')
    return { path: expandPath(path ?? 'binhost', from.home, from.dir) };
  if (!names.includes(host)) {
    const near = closestName(host, names);
    const hint = near === undefined ? `Use one of the hosts: ${names.join(', ')}` : `Did you mean \`${near}\`?`;
    problems.push(new SwarmError('SW1306', `no host is called \`${host}\``, { at: entry.source.valueSpan([...entry.path, 'host']), hint }));
  }
  if (path === undefined || !isAbsolute(path)) {
    const at = path === undefined ? entry.source.keySpan(entry.path) : entry.source.valueSpan([...entry.path, 'path']);
    const hint = 'Write: path: /var/cache/binpkgs';
    problems.push(new SwarmError('SW1306', `the binhost on ${host} needs an absolute \`path\``, { at, hint }));
  }
  return { host: host as HostName, path: path ?? '/' };
}

type DiscoverEntry = { readonly tailscale?: boolean | undefined; readonly networks?: readonly string[] | undefined };

function readDiscover({ problems }: InventoryContext, entry: Located<DiscoverEntry> | undefined): Inventory['discover'] {
  const networks = entry?.value.networks ?? [];
  for (const [i, network] of networks.entries()) {
    if (isNetwork(network)) continue;
    const at = entry?.source.valueSpan([...entry.path, 'networks', i]);
    problems.push(new SwarmError('SW1303', `\`${network}\` is not a network`, { at, hint: 'Write a network as 10.42.0.0/24.' }));
  }
  return { tailscale: entry?.value.tailscale ?? false, networks };
}

const createLocalhost = ({ user }: InventorySource, groups: GroupTree): Host => ({
  name: 'localhost' as HostName,
  groups: [],
  routes: [{ kind: 'here' }],
  login: { user, keys: [] },
  protected: true,
  protection: 'this machine',
  vars: groups.mergeVars('localhost', {}),
});
