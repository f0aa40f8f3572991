import { existsSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { nearest, SwarmError } from '../../core/error.ts';
import type { Become, BinhostPlace, Host, HostName, Identity, Inventory, Key, Login, Route, Vars } from '../../core/host.ts';
import type { Span } from '../../core/span.ts';
import { pick } from '../schema/check-schema.ts';
import { bytesOf } from '../schema/parse-units.ts';
import { settle } from '../schema/throw-problems.ts';
import type { Path, Source } from '../yaml/source-document.ts';
import { isNetwork, parseAddress } from './address.ts';
import { checkRoutes } from './check-routes.ts';
import { type Groups, groupsOf } from './group-tree.ts';
import { type Files, parsePart, readFiles } from './inventory-files.ts';
import type { HostEntry, LoginEntry } from './inventory-schema.ts';
import { mergeParts, type Placed } from './merge-inventory.ts';

/** Where an inventory is read from, and what is known of its hosts. */
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

/** The inventory of a project, whole and checked; throws Invalid with everything that is wrong in all its files. */
export function readInventory(from: InventorySource): Inventory {
  return build(from, readFiles(from.dir, from.paths));
}

/** The same from the text of one file that is at hand already. */
export function parseInventory(from: InventorySource, file: string, text: string | Uint8Array): Inventory {
  const problems: SwarmError[] = [];
  const part = parsePart(text, file, problems);
  return build(from, { parts: part === undefined ? [] : [part], vars: [], broken: part === undefined, problems });
}

function build(from: InventorySource, files: Files): Inventory {
  const problems = [...files.problems];
  const merged = mergeParts(files, problems);
  if (files.broken) settle(problems); // what it defines is not known: every name of it would be told as unknown
  const groups = groupsOf(merged, problems);
  const context: Context = { from, groups, problems, defaults: merged.defaults };
  const hosts = [...merged.hosts].map(([name, placed]) => readHost(context, name, placed));
  const routed = hosts.filter((host) => host !== undefined);
  const warnings: SwarmError[] = [];
  checkRoutes(routed, merged.hosts, problems, warnings);
  checkKeys(routed, merged.hosts, warnings);
  const binhost = readBinhost(context, merged.binhost, [...merged.hosts.keys()]);
  const discover = readDiscover(context, merged.discover);
  settle(problems);
  const protectedHosts = routed.map((host) => withProtection(host, merged.hosts.get(host.name)?.value.protected, routed, binhost));
  return {
    dir: from.dir,
    hosts: [...protectedHosts, localhost(from, groups)],
    groups: groups.names,
    binhost,
    discover,
    warnings: warnings.map((each) => each.toJSON()),
  };
}

/** The binhost and every jump host are protected where the inventory does not say otherwise. */
function withProtection(host: Host, written: boolean | undefined, hosts: readonly Host[], binhost: BinhostPlace): Host {
  if (written !== undefined) return written ? host : { ...host, protection: 'lifted' };
  if (binhost.host === host.name) return { ...host, protected: true, protection: 'the binhost' };
  const jumped = hosts.some(({ routes }) => routes.some((route) => route.kind === 'jump' && route.via === host.name));
  return jumped ? { ...host, protected: true, protection: 'a jump host' } : host;
}

interface Context {
  readonly from: InventorySource;
  readonly groups: Groups;
  readonly problems: SwarmError[];
  readonly defaults: LoginEntry;
}

function readHost(context: Context, name: string, { source, path, value }: Placed<HostEntry>): Host | undefined {
  const { from, groups, defaults, problems } = context;
  if (name === 'localhost') {
    const hint = 'remove it; its variables belong in host_vars/localhost.yml';
    problems.push(new SwarmError('SW1306', '`localhost` is this machine and always there', { at: source.key(path), hint }));
    return undefined;
  }
  const member = groups.of(name);
  const login = Object.assign({}, ...[defaults, ...groups.logins(name), value].map(loginOf)) as LoginEntry;
  const written = value.routes ?? [];
  const routes = written.flatMap((_, i) => readRoute(context, written[i] ?? {}, source, [...path, 'routes', i], login.port ?? 22));
  const [first, ...more] = routes;
  if (first === undefined) {
    const hint = 'write routes: [ { local: 10.0.0.1 } ]';
    if (written.length === 0 && !isWritten(source, [...path, 'routes', 0])) {
      problems.push(new SwarmError('SW1101', `${name} has no route`, { at: source.key(path), hint }));
    }
    return undefined;
  }
  const identity = from.identities.get(name);
  const memory = value.memory === undefined ? undefined : bytesOf(value.memory);
  return {
    name: name as HostName,
    groups: member,
    routes: [first, ...more],
    login: readLogin(from, login),
    protected: value.protected ?? false,
    vars: groups.vars(name, (value.vars ?? {}) as Vars),
    ...(identity === undefined ? {} : { identity }),
    ...(value.block === undefined ? {} : { block: withoutUndefined(value.block) }),
    ...(value.cores === undefined ? {} : { cores: value.cores }),
    ...(memory === undefined ? {} : { memory }),
  };
}

const withoutUndefined = ({ reason, until, since }: NonNullable<HostEntry['block']>): NonNullable<Host['block']> => ({
  reason,
  until,
  ...(since === undefined ? {} : { since }),
});

const LOGIN = ['user', 'port', 'identity_file', 'identity_files', 'become', 'become_user', 'become_method'] as const;

/** The login keys that a layer sets; either spelling of the identity files replaces both of the layers below. */
function loginOf(entry: LoginEntry): LoginEntry {
  const set = Object.fromEntries(LOGIN.flatMap((key) => (entry[key] === undefined ? [] : [[key, entry[key]]])));
  return 'identity_file' in set || 'identity_files' in set ? { identity_file: undefined, identity_files: undefined, ...set } : set;
}

const USUAL_KEYS = ['id_ed25519', 'id_ecdsa', 'id_rsa'];

function readLogin({ user, home, dir }: InventorySource, entry: LoginEntry): Login {
  const become = becomeOf(entry);
  const files = [entry.identity_file ?? [], entry.identity_files ?? []].flat().map((path) => expand(path, home, dir));
  const usual = USUAL_KEYS.map((name) => join(home, '.ssh', name)).filter((path) => existsSync(path));
  const fromFiles = (paths: readonly string[]): Key[] => paths.map((path) => ({ from: 'file', path }));
  const keys: Key[] = files.length > 0 ? [...fromFiles(files), { from: 'agent' }] : [{ from: 'agent' }, ...fromFiles(usual)];
  return { user: entry.user ?? user, keys, ...(become === undefined ? {} : { become }) };
}

const expand = (path: string, home: string, dir: string): string => resolve(dir, path.replace(/^~(?=\/|$)/, home));

function becomeOf({ become, become_user, become_method }: LoginEntry): Become | undefined {
  if (become !== true) return undefined;
  return { method: become_method ?? 'sudo', user: become_user ?? 'root' };
}

/** Whether the file has something at the path, right or wrong; what is wrong is told already. */
const isWritten = (source: Source, path: Path): boolean => pick(source.value, path) !== undefined;

type RouteEntry = NonNullable<HostEntry['routes']>[number];

function readRoute({ problems }: Context, entry: RouteEntry, source: Source, path: Path, port: number): readonly Route[] {
  const kinds = (Object.keys(entry) as (keyof RouteEntry)[]).filter((kind) => entry[kind] !== undefined);
  const [kind, extra] = kinds;
  const wrongKey = Object.keys(pick(source.value, path) ?? {})[0];
  if (kind === undefined && wrongKey !== undefined) return []; // told already
  if (kind === undefined || extra !== undefined) {
    const hint = '{ local: A }, { tailscale: A }, { jump: { via: HOST, address: A } } or { command: [PROGRAM, ...] }';
    const at = extra === undefined ? source.at(path) : source.key([...path, extra]);
    problems.push(new SwarmError('SW1306', 'a route has exactly one kind', { at, hint }));
    return [];
  }
  if (entry.command !== undefined) return [{ kind: 'command', argv: entry.command as [string, ...string[]] }];
  const place = kind === 'jump' ? [...path, kind, 'address'] : [...path, kind];
  const written = entry.jump?.address ?? entry.local ?? entry.tailscale ?? '';
  const parsed = parseAddress(typeof written === 'number' ? textAt(source.at(place)) : written);
  if (typeof parsed === 'string') {
    problems.push(new SwarmError('SW1303', parsed, { at: source.at(place), hint: 'ADDRESS, ADDRESS:PORT, or "[v6]:PORT" in quotes' }));
    return [];
  }
  const end = { address: parsed.address, port: parsed.port ?? port };
  if (kind === 'jump') return [{ kind, via: (entry.jump?.via ?? '') as HostName, ...end }];
  return kind === 'local' || kind === 'tailscale' ? [{ kind, ...end }] : [];
}

/** `100.64` as it was written, not as the number it is. */
const textAt = ({ text, column, length }: Span): string => text.slice(column - 1, column - 1 + length);

/** A warning here: whoever connects to one of the two is refused, unless their machine-ids tell them apart. */
function checkKeys(hosts: readonly Host[], places: ReadonlyMap<string, Placed<HostEntry>>, warnings: SwarmError[]): void {
  const owners = new Map<string, Host>();
  for (const host of hosts) {
    for (const { type, blob } of host.identity?.hostKeys ?? []) {
      const owner = owners.get(blob);
      if (owner === undefined) owners.set(blob, host);
      else if (owner !== host) {
        const place = places.get(host.name);
        const hint = 'a clone? make new keys on one of them: remove /etc/ssh/ssh_host_*, then ssh-keygen -A';
        const message = `${owner.name} and ${host.name} have the same pinned ${type} key`;
        warnings.push(new SwarmError('SW1302', message, { at: place?.source.key(place.path), hint }));
        break;
      }
    }
  }
}

function readBinhost(
  { from, problems }: Context,
  placed: Placed<{ readonly host?: string | undefined; readonly path?: string | undefined }> | undefined,
  names: readonly string[],
): BinhostPlace {
  const { host, path } = placed?.value ?? {};
  if (placed === undefined || host === undefined || host === 'localhost') return { path: expand(path ?? 'binhost', from.home, from.dir) };
  if (!names.includes(host)) {
    const near = nearest(host, names);
    const hint = near === undefined ? `hosts: ${names.join(', ')}` : `did you mean \`${near}\`?`;
    problems.push(new SwarmError('SW1306', `no host is called \`${host}\``, { at: placed.source.at([...placed.path, 'host']), hint }));
  }
  if (path === undefined || !isAbsolute(path)) {
    const at = path === undefined ? placed.source.key(placed.path) : placed.source.at([...placed.path, 'path']);
    const hint = 'write path: /var/cache/binpkgs';
    problems.push(new SwarmError('SW1306', `the binhost on ${host} needs an absolute \`path\``, { at, hint }));
  }
  return { host: host as HostName, path: path ?? '/' };
}

type DiscoverEntry = { readonly tailscale?: boolean | undefined; readonly networks?: readonly string[] | undefined };

function readDiscover({ problems }: Context, placed: Placed<DiscoverEntry> | undefined): Inventory['discover'] {
  const networks = placed?.value.networks ?? [];
  for (const [i, network] of networks.entries()) {
    if (isNetwork(network)) continue;
    const at = placed?.source.at([...placed.path, 'networks', i]);
    problems.push(new SwarmError('SW1303', `\`${network}\` is not a network`, { at, hint: 'a network is written 10.42.0.0/24' }));
  }
  return { tailscale: placed?.value.tailscale ?? false, networks };
}

const localhost = ({ user }: InventorySource, groups: Groups): Host => ({
  name: 'localhost' as HostName,
  groups: [],
  routes: [{ kind: 'here' }],
  login: { user, keys: [] },
  protected: true,
  protection: 'this machine',
  vars: groups.vars('localhost', {}),
});
