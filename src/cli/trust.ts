import { SwarmError } from '../core/error.ts';
import { fingerprint, type Host, type HostKey, type Identity, type Route, routeText } from '../core/host.ts';
import { connect } from '../remote/connect.ts';
import { knownElsewhere } from '../remote/known-hosts.ts';
import { writePin } from '../remote/pins.ts';
import { scan } from '../remote/scan.ts';
import { confirmed } from './ask.ts';
import type { Everywhere } from './options.ts';
import { chosen, openProject, type Project } from './project.ts';
import { reach } from './reach.ts';

export interface TrustFlags extends Everywhere {
  readonly fingerprint?: string;
  readonly yes?: boolean;
  readonly replace?: boolean;
  readonly rotate?: boolean;
}

interface Seen {
  readonly route: Route;
  readonly keys: readonly HostKey[];
  readonly error?: Error;
}

const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** `swarm hosts trust NAME...`: shows what every route offers side by side, compares, asks, pins. */
export async function trustCommand(names: readonly string[], options: TrustFlags): Promise<number> {
  const project = await openProject(options);
  const hosts = (names.length > 0 ? names : ['all']).flatMap((name) => [...chosen(project, name, options)]);
  const wanted = hosts.filter((host) => host.routes[0].kind !== 'here' && (names.length > 0 || host.identity === undefined));
  if (wanted.length === 0) say('every host is trusted already');
  const pinned: object[] = [];
  let current = project; // a host that was just pinned may be the jump to the next
  for (const host of wanted) {
    pinned.push(await trustOne(host, current, options));
    current = await openProject(options);
  }
  if (options.output === 'json' || options.output === 'ndjson') process.stdout.write(`${JSON.stringify({ hosts: pinned })}\n`);
  return 0;
}

async function trustOne(host: Host, project: Project, options: TrustFlags): Promise<object> {
  const signal = new AbortController().signal;
  const plan = reach(project);
  const seen: readonly Seen[] = await Promise.all(
    host.routes.map((route) =>
      scan(host, route, plan, signal).then(
        ({ keys }) => ({ route, keys }),
        (error: Error) => ({ route, keys: [], error }),
      ),
    ),
  );
  show(host, seen);
  const keys = agreed(host, seen, options);
  refuseClones(host, keys, project);
  refuseChange(host, keys, options);
  const identity: Identity = { hostKeys: keys };
  if (
    !(options.yes || options.fingerprint) &&
    !(await confirmed(`Is this ${host.name}? Pin ${keys.length === 1 ? 'this key' : 'these keys'}`))
  ) {
    throw new SwarmError('SW1305', `${host.name} was not pinned`, {
      hint: 'compare at its console with ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub, then --fingerprint SHA256:… or --yes',
    });
  }
  const machineId = await machineIdOf({ ...host, identity }, project);
  tellTwins(host, machineId, project);
  await writePin(project.pins, host.name, { ...identity, ...(machineId === undefined ? {} : { machineId }) });
  say(`${host.name} is pinned: ${keys.map((key) => fingerprint(key.blob)).join(', ')}`);
  return { name: host.name, status: 'trusted', fingerprints: keys.map((key) => fingerprint(key.blob)), machineId: machineId ?? null };
}

function show(host: Host, seen: readonly Seen[]): void {
  say(host.name);
  for (const { route, keys, error } of seen) {
    if (error !== undefined) say(`  ${routeText(route)}: ${error.message}`);
    for (const key of keys) {
      const known = knownElsewhere(key);
      say(
        `  ${routeText(route)}: ${key.type} ${fingerprint(key.blob)}${known.length > 0 ? `  (your known_hosts has it as ${known.join(', ')})` : ''}`,
      );
    }
  }
}

/** The union of the keys, if at least one is common to all routes that answer; a route apart is another machine. */
function agreed(host: Host, seen: readonly Seen[], { fingerprint: only }: TrustFlags): readonly HostKey[] {
  const answering = seen.filter(({ keys }) => keys.length > 0);
  const [first] = answering;
  if (first === undefined) throw seen[0]?.error ?? new SwarmError('SW2001', `${host.name} answers on no route`, {});
  const common = first.keys.filter((key) => answering.every(({ keys }) => keys.some((other) => other.blob === key.blob)));
  if (common.length === 0) {
    throw new SwarmError('SW3001', `the routes of ${host.name} lead to different machines`, {
      host: host.name,
      hint: 'correct the inventory: NAT or a re-used address stands behind one of the routes shown above',
    });
  }
  const all = [...new Map(answering.flatMap(({ keys }) => keys).map((key) => [key.blob, key])).values()];
  if (only === undefined) return all;
  const named = all.filter((key) => fingerprint(key.blob) === only);
  if (named.length > 0) return named;
  throw new SwarmError('SW2003', `${host.name} shows no key with fingerprint ${only}`, {
    host: host.name,
    hint: 'the keys it shows stand above',
  });
}

function refuseClones(host: Host, keys: readonly HostKey[], { inventory }: Project): void {
  for (const other of inventory.hosts) {
    const shared =
      other.name === host.name ? undefined : other.identity?.hostKeys.find((key) => keys.some((each) => each.blob === key.blob));
    if (shared === undefined) continue;
    throw new SwarmError('SW1302', `${host.name} shows the key of ${other.name}: ${fingerprint(shared.blob)}`, {
      host: host.name,
      hint: `either the route leads to ${other.name}, or one is a clone: rm /etc/ssh/ssh_host_* and ssh-keygen -A on the clone`,
    });
  }
}

function refuseChange(host: Host, keys: readonly HostKey[], { replace, rotate }: TrustFlags): void {
  const old = host.identity?.hostKeys ?? [];
  if (old.length === 0) return;
  say(`  pinned until now: ${old.map((key) => `${key.type} ${fingerprint(key.blob)}`).join(', ')}`);
  const proved = old.some((key) => keys.some((each) => each.blob === key.blob));
  if (replace || (rotate && proved)) return;
  if (proved && keys.every((key) => old.some((each) => each.blob === key.blob))) return;
  throw new SwarmError(proved ? 'SW1202' : 'SW2003', `${host.name} is pinned with ${proved ? 'fewer' : 'other'} keys`, {
    host: host.name,
    hint: proved
      ? `swarm hosts trust ${host.name} --rotate takes the further keys over`
      : `after a reinstall, compared at its console: swarm hosts trust ${host.name} --replace`,
  });
}

/** Logs in once, held to the keys that were just accepted, and reads the machine-id. */
async function machineIdOf(host: Host, project: Project): Promise<string | undefined> {
  await using link = await connect(host, reach(project), new AbortController().signal);
  return link.proof.machineId;
}

function tellTwins(host: Host, machineId: string | undefined, { inventory }: Project): void {
  if (machineId === undefined) say(`  ${host.name} has no machine-id: its host key alone identifies it`);
  const twins = inventory.hosts.filter(
    (other) => other.name !== host.name && machineId !== undefined && other.identity?.machineId === machineId,
  );
  for (const twin of twins) say(`  the same machine as ${twin.name} (one machine-id)${twin.protected ? ': protected like it' : ''}`);
}
