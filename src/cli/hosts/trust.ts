import { SwarmError } from '../../core/error.ts';
import { fingerprint, type Host, type HostKey, type Identity, routeText } from '../../core/host.ts';
import { reach } from '../../fleet/connection/connectors.ts';
import { chosen, openProject, type Project } from '../../fleet/project/project.ts';
import { furtherKeys } from '../../fleet/trust/learn-keys.ts';
import { agreedKeys, authorities, offersOf, offersTable, overSsh, swarmError } from '../../fleet/trust/offered-keys.ts';
import { connect, type Reach } from '../../remote/connect/connect.ts';
import { machineIdBehind } from '../../remote/connect/scan-host-keys.ts';
import { verify } from '../../remote/connect/verify-routes.ts';
import { knownLines } from '../../remote/identity/known-hosts.ts';
import { writePin } from '../../remote/identity/pins.ts';
import { show } from '../../report/text/display-text.ts';
import { confirmed } from '../confirm.ts';
import type { Everywhere } from '../options.ts';
import { lookFor } from '../output.ts';
import { tellErrors } from '../print-errors.ts';

export interface TrustFlags extends Everywhere {
  readonly fingerprint?: string;
  readonly yes?: boolean;
  readonly replace?: boolean;
  readonly rotate?: boolean;
}

const say = (line: string): void => void process.stderr.write(`${line}\n`);
const keyText = (key: HostKey): string => `${key.type} ${fingerprint(key.blob)}`;

/** `swarm hosts trust NAME...`: shows what every route offers side by side, compares, asks, pins. One host's refusal stops no other. */
export async function trustCommand(names: readonly string[], options: TrustFlags): Promise<number> {
  let project = await openProject(options);
  const wanted = wantedHosts(names, project, options);
  if (wanted.length === 0) say('every host is trusted already');
  const told: object[] = [];
  const problems: SwarmError[] = [];
  for (const { name } of wanted) {
    const host = project.inventory.hosts.find((each) => each.name === name);
    if (host === undefined) continue;
    try {
      told.push(await trustOne(host, project, options));
      project = await openProject(options); // a host that was just pinned may be the jump to the next, or its twin
    } catch (error) {
      const problem = swarmError(error);
      problems.push(problem);
      told.push({ name, status: host.identity === undefined ? 'untrusted' : 'trusted', code: problem.code, message: problem.message });
    }
  }
  if (options.output === 'json' || options.output === 'ndjson') process.stdout.write(`${JSON.stringify({ hosts: told })}\n`);
  return tellErrors(problems.map((problem) => problem.toJSON())); // the one document has them too
}

/** Jump hosts before what lies behind them; without names those that are not trusted yet. */
function wantedHosts(names: readonly string[], project: Project, options: TrustFlags): readonly Host[] {
  const named = new Set((names.length > 0 ? names : ['all']).flatMap((name) => [...chosen(project, name, options)]));
  const wanted = [...named].filter((host) => host.routes[0].kind !== 'here' && (names.length > 0 || host.identity === undefined));
  if (names.length > 0 && wanted.length === 0) throw new SwarmError('SW1202', 'localhost is this machine: it needs no trust');
  if (options.fingerprint !== undefined && wanted.length !== 1)
    throw new SwarmError('SW1202', `--fingerprint is of one host, and these are ${wanted.length}`, { hint: 'name one host' });
  const depth = (host: Host, seen: readonly string[] = []): number =>
    Math.max(
      0,
      ...host.routes.map((route) => {
        const via =
          route.kind === 'jump' && !seen.includes(route.via) ? project.inventory.hosts.find((each) => each.name === route.via) : undefined;
        return via === undefined ? 0 : 1 + depth(via, [...seen, host.name]);
      }),
    );
  return wanted.sort((one, other) => depth(one) - depth(other));
}

async function trustOne(host: Host, project: Project, options: TrustFlags): Promise<object> {
  const signal = new AbortController().signal;
  const plan = reach(project);
  if (options.rotate) return rotated(host, project, plan, signal);
  const hostKeys = host.routes.some(overSsh) ? await compared(host, project, plan, options, signal) : [];
  const behind = hostKeys.length > 0 ? undefined : await keyless(host, options, signal);
  const old = behind ?? (options.replace ? undefined : host.identity?.machineId);
  const identity: Identity = { hostKeys, ...(old === undefined ? {} : { machineId: old }) };
  const machineId = await machineIdOf({ ...host, identity }, plan, signal);
  tellTwins(host, machineId, project);
  const whole: Identity = { hostKeys, ...(machineId === undefined ? {} : { machineId }) };
  await oneMachine({ ...host, identity: whole }, plan, signal);
  await writePin(project.pins, host.name, whole);
  const same = sameIdentity(host.identity, whole);
  say(
    show`${host.name} is ${same ? 'pinned already, and proves it' : 'pinned'}: ${hostKeys.map(keyText).join(', ') || 'by its machine-id'}`,
  );
  return trustJson(host, whole);
}

const trustJson = (host: Host, { hostKeys, machineId }: Identity): object => ({
  name: host.name,
  status: 'trusted',
  fingerprints: hostKeys.map((key) => fingerprint(key.blob)),
  machineId: machineId ?? null,
});

const sameIdentity = (old: Identity | undefined, now: Identity): boolean =>
  old !== undefined &&
  old.machineId === now.machineId &&
  old.hostKeys.length === now.hostKeys.length &&
  now.hostKeys.every((key) => old.hostKeys.some((each) => each.blob === key.blob));

/** The keys that every route agrees on and a person took for right. */
async function compared(host: Host, project: Project, plan: Reach, options: TrustFlags, signal: AbortSignal): Promise<readonly HostKey[]> {
  const offers = await offersOf(host, plan, signal);
  const known = knownLines();
  say(host.name);
  const table = offersTable(host, offers, project.inventory, known, lookFor(options, process.stderr));
  for (const line of [...table, ...authorities(host, known)]) say(line);
  const old = host.identity?.hostKeys ?? [];
  if (old.length > 0) say(show`  pinned until now: ${old.map(keyText).join(', ')}`);
  const hostKeys = onlyNamed(host, agreedKeys(host, offers, project.inventory, plan.revoked), options);
  if (!refuseChange(host, hostKeys, options)) return old;
  await ask(host, hostKeys.length === 1 ? 'this key' : `these ${hostKeys.length} keys`, options);
  return hostKeys;
}

/** Behind a command there is no handshake: the machine-id is all that there is to know the machine by. */
async function keyless(host: Host, options: TrustFlags, signal: AbortSignal): Promise<string> {
  const route = host.routes.find((each) => each.kind === 'command');
  const machineId = route === undefined ? undefined : await machineIdBehind(route, AbortSignal.any([signal, AbortSignal.timeout(20_000)]));
  if (machineId === undefined)
    throw new SwarmError('SW1305', `${host.name} was not pinned: it has neither a host key nor a machine-id to know it by`, {
      hint: 'on the host: systemd-machine-id-setup, or dbus-uuidgen --ensure=/etc/machine-id',
    });
  const old = host.identity?.machineId;
  say(show`${host.name}\n  ${route === undefined ? '' : routeText(route)}: machine-id ${machineId.slice(0, 16)}… (hashed)`);
  if (old === machineId) return machineId;
  if (old !== undefined && !options.replace)
    throw new SwarmError('SW3004', `${host.name} is pinned with another machine-id: ${old.slice(0, 16)}…`, {
      hint: `made anew? after a look: swarm hosts trust ${host.name} --replace`,
    });
  await ask(host, 'its machine-id', options);
  return machineId;
}

function onlyNamed(host: Host, keys: readonly HostKey[], { fingerprint: only }: TrustFlags): readonly HostKey[] {
  if (only === undefined) return keys;
  const named = keys.filter((key) => fingerprint(key.blob) === only || fingerprint(key.blob) === `SHA256:${only}`);
  if (named.length > 0) return named;
  throw new SwarmError('SW2003', `${host.name} shows no key with fingerprint ${only}`, {
    hint: 'the keys it shows stand above; nothing was pinned',
  });
}

/** Is there anything to pin? Throws where what is pinned would be given up without --replace. */
function refuseChange(host: Host, keys: readonly HostKey[], { replace }: TrustFlags): boolean {
  const old = host.identity?.hostKeys ?? [];
  const fresh = keys.filter((key) => !old.some((each) => each.blob === key.blob));
  if (old.length === 0 || replace) return old.length !== keys.length || fresh.length > 0;
  if (fresh.length === 0) return false;
  const proved = fresh.length < keys.length;
  throw new SwarmError('SW2003', `${host.name} is pinned with ${proved ? 'fewer' : 'other'} keys; new: ${fresh.map(keyText).join(', ')}`, {
    hint: proved
      ? `swarm hosts trust ${host.name} --rotate takes them over, if the machine proves them`
      : `reinstalled? compare at its console with ssh-keygen -lf, then: swarm hosts trust ${host.name} --replace`,
  });
}

async function ask(host: Host, what: string, options: TrustFlags): Promise<void> {
  if (options.yes || options.fingerprint !== undefined) return;
  if (await confirmed(`Is this ${host.name}? Pin ${what}`)) return;
  throw new SwarmError('SW1305', `${host.name} was not pinned: nobody said yes`, {
    hint: 'compare at its console with ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub, then --fingerprint SHA256:… or --yes',
  });
}

/** Logs in once, held to the keys that were just accepted, and reads the machine-id: without it a clone could not be told, so a host
 *  that takes no login of ours is not pinned. */
async function machineIdOf(host: Host, plan: Reach, signal: AbortSignal): Promise<string | undefined> {
  try {
    await using link = await connect(host, plan, signal);
    return link.proof.machineId;
  } catch (error) {
    const { code, message, hint, detail } = swarmError(error);
    throw new SwarmError(code, `${host.name} was not pinned, because its machine-id cannot be read: ${message}`, {
      hint,
      detail,
      cause: error,
    });
  }
}

/** The same key on two machines, one on each route: a clone. */
async function oneMachine(host: Host, plan: Reach, signal: AbortSignal): Promise<void> {
  if (host.routes.length === 1) return;
  const wrong = (await verify(host, plan, signal)).find(({ status }) => status === 'misdirected' || status === 'untrusted');
  if (wrong?.error === undefined || wrong.error.code === 'SW1305') return;
  throw new SwarmError(wrong.error.code, `${host.name} was not pinned: ${routeText(wrong.route)}: ${wrong.error.message}`, {
    hint:
      wrong.error.code === 'SW3004'
        ? 'two machines with one key: on the clone rm /etc/ssh/ssh_host_* /etc/machine-id and make new ones'
        : wrong.error.hint,
  });
}

function tellTwins(host: Host, machineId: string | undefined, { inventory }: Project): void {
  if (machineId === undefined) {
    say(show`  ${host.name} has no machine-id: its host key alone identifies it`);
    return;
  }
  for (const twin of inventory.hosts.filter((other) => other.name !== host.name && other.identity?.machineId === machineId))
    say(
      show`  the machine of ${twin.name} (one machine-id): two servers or containers of one machine, or a clone${twin.protected ? '; protected, as that is' : ''}`,
    );
}

async function rotated(host: Host, project: Project, plan: Reach, signal: AbortSignal): Promise<object> {
  if (host.identity === undefined)
    throw new SwarmError('SW1305', `${host.name} was never trusted: there is nothing to learn further keys by`, {
      hint: `swarm hosts trust ${host.name}`,
    });
  const { identity, learnt } = await furtherKeys(host, project, plan, signal);
  say(show`${host.name}: ${host.identity.hostKeys.map(keyText).join(', ')}`);
  for (const key of learnt) say(show`  learnt: ${keyText(key)}`);
  if (learnt.length === 0) say('  it has no further keys');
  await writePin(project.pins, host.name, identity);
  return trustJson(host, identity);
}
