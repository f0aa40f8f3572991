import { SwarmError, toSwarmError } from '../../core/error.ts';
import { fingerprint, formatRoute, type Host, type HostKey, type Identity } from '../../core/host.ts';
import { makeConnectOptions } from '../../fleet/connection/connectors.ts';
import { findHosts, openProject, type Project } from '../../fleet/project/project.ts';
import { learnFurtherKeys } from '../../fleet/trust/learn-keys.ts';
import { formatAuthorities, formatOfferedKeys, isSshRoute, scanOfferedKeys, selectAgreedKeys } from '../../fleet/trust/offered-keys.ts';
import { type ConnectOptions, connect } from '../../remote/connect/connect.ts';
import { readCommandMachineId } from '../../remote/connect/scan-host-keys.ts';
import { verifyRoutes } from '../../remote/connect/verify-routes.ts';
import { readUserKnownHosts } from '../../remote/identity/known-hosts.ts';
import { writePin } from '../../remote/identity/pins.ts';
import { displayText } from '../../report/text/display-text.ts';
import { confirm } from '../confirm.ts';
import { terminalStyleFor } from '../output.ts';
import { printErrors } from '../print-errors.ts';
import type { TrustFlags } from './hosts-commands.ts';

const printLine = (line: string): void => void process.stderr.write(`${line}\n`);
const formatKey = (key: HostKey): string => `${key.type} ${fingerprint(key.blob)}`;

/** `swarm hosts trust NAME...`: shows what every route offers side by side, compares, asks, pins. One host's refusal stops no other. */
export async function trustHostsCommand(names: readonly string[], options: TrustFlags): Promise<number> {
  let project = await openProject(options);
  const wanted = selectHostsToTrust(names, project, options);
  if (wanted.length === 0) printLine('every host is trusted already');
  const results: object[] = [];
  const problems: SwarmError[] = [];
  for (const { name } of wanted) {
    const host = project.inventory.hosts.find((each) => each.name === name);
    if (host === undefined) continue;
    try {
      results.push(await trustHost(host, project, options));
      project = await openProject(options); // a host that was just pinned may be the jump to the next, or its twin
    } catch (error) {
      const problem = toSwarmError(error);
      problems.push(problem);
      results.push({ name, status: host.identity === undefined ? 'untrusted' : 'trusted', code: problem.code, message: problem.message });
    }
  }
  if (options.output === 'json' || options.output === 'ndjson') process.stdout.write(`${JSON.stringify({ hosts: results })}\n`);
  return printErrors(problems.map((problem) => problem.toJSON())); // the one document has them too
}

/** Jump hosts before what lies behind them; without names those that are not trusted yet. */
function selectHostsToTrust(names: readonly string[], project: Project, options: TrustFlags): readonly Host[] {
  const matched = new Set((names.length > 0 ? names : ['all']).flatMap((name) => [...findHosts(project, name, options)]));
  const wanted = [...matched].filter((host) => host.routes[0].kind !== 'here' && (names.length > 0 || host.identity === undefined));
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

async function trustHost(host: Host, project: Project, options: TrustFlags): Promise<object> {
  const signal = new AbortController().signal;
  const connectOptions = makeConnectOptions(project);
  if (options.rotate) return pinFurtherKeys(host, project, connectOptions, signal);
  const hostKeys = host.routes.some(isSshRoute) ? await compareOfferedKeys(host, project, connectOptions, options, signal) : [];
  const keylessMachineId = hostKeys.length > 0 ? undefined : await confirmMachineId(host, options, signal);
  const pinnedMachineId = keylessMachineId ?? (options.replace ? undefined : host.identity?.machineId);
  const identity: Identity = { hostKeys, ...(pinnedMachineId === undefined ? {} : { machineId: pinnedMachineId }) };
  const machineId = await proveMachineId({ ...host, identity }, connectOptions, signal);
  printTwins(host, machineId, project);
  const newIdentity: Identity = { hostKeys, ...(machineId === undefined ? {} : { machineId }) };
  await assertOneMachine({ ...host, identity: newIdentity }, connectOptions, signal);
  await writePin(project.pinsFile, host.name, newIdentity);
  const same = sameIdentity(host.identity, newIdentity);
  printLine(
    displayText`${host.name} is ${same ? 'pinned already, and proves it' : 'pinned'}: ${hostKeys.map(formatKey).join(', ') || 'by its machine-id'}`,
  );
  return trustJson(host, newIdentity);
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
async function compareOfferedKeys(
  host: Host,
  project: Project,
  connectOptions: ConnectOptions,
  options: TrustFlags,
  signal: AbortSignal,
): Promise<readonly HostKey[]> {
  const offered = await scanOfferedKeys(host, connectOptions, signal);
  const known = readUserKnownHosts();
  printLine(host.name);
  const table = formatOfferedKeys(host, offered, project.inventory, known, terminalStyleFor(options, process.stderr));
  for (const line of [...table, ...formatAuthorities(host, known)]) printLine(line);
  const old = host.identity?.hostKeys ?? [];
  if (old.length > 0) printLine(displayText`  pinned until now: ${old.map(formatKey).join(', ')}`);
  const hostKeys = selectByFingerprint(host, selectAgreedKeys(host, offered, project.inventory, connectOptions.revoked), options);
  if (!checkKeyChange(host, hostKeys, options)) return old;
  await confirmPin(host, hostKeys.length === 1 ? 'this key' : `these ${hostKeys.length} keys`, options);
  return hostKeys;
}

/** Behind a command there is no handshake: the machine-id is all that there is to know the machine by. */
async function confirmMachineId(host: Host, options: TrustFlags, signal: AbortSignal): Promise<string> {
  const route = host.routes.find((each) => each.kind === 'command');
  const machineId =
    route === undefined ? undefined : await readCommandMachineId(route, AbortSignal.any([signal, AbortSignal.timeout(20_000)]));
  if (machineId === undefined)
    throw new SwarmError('SW1305', `${host.name} was not pinned: it has neither a host key nor a machine-id to know it by`, {
      hint: 'on the host: systemd-machine-id-setup, or dbus-uuidgen --ensure=/etc/machine-id',
    });
  const old = host.identity?.machineId;
  printLine(displayText`${host.name}\n  ${route === undefined ? '' : formatRoute(route)}: machine-id ${machineId.slice(0, 16)}… (hashed)`);
  if (old === machineId) return machineId;
  if (old !== undefined && !options.replace)
    throw new SwarmError('SW3004', `${host.name} is pinned with another machine-id: ${old.slice(0, 16)}…`, {
      hint: `made anew? after a look: swarm hosts trust ${host.name} --replace`,
    });
  await confirmPin(host, 'its machine-id', options);
  return machineId;
}

function selectByFingerprint(host: Host, keys: readonly HostKey[], { fingerprint: only }: TrustFlags): readonly HostKey[] {
  if (only === undefined) return keys;
  const named = keys.filter((key) => fingerprint(key.blob) === only || fingerprint(key.blob) === `SHA256:${only}`);
  if (named.length > 0) return named;
  throw new SwarmError('SW2003', `${host.name} shows no key with fingerprint ${only}`, {
    hint: 'the keys it shows stand above; nothing was pinned',
  });
}

/** Is there anything to pin? Throws where what is pinned would be given up without --replace. */
function checkKeyChange(host: Host, keys: readonly HostKey[], { replace }: TrustFlags): boolean {
  const old = host.identity?.hostKeys ?? [];
  const newKeys = keys.filter((key) => !old.some((each) => each.blob === key.blob));
  if (old.length === 0 || replace) return old.length !== keys.length || newKeys.length > 0;
  if (newKeys.length === 0) return false;
  const someKeysKnown = newKeys.length < keys.length;
  throw new SwarmError(
    'SW2003',
    `${host.name} is pinned with ${someKeysKnown ? 'fewer' : 'other'} keys; new: ${newKeys.map(formatKey).join(', ')}`,
    {
      hint: someKeysKnown
        ? `swarm hosts trust ${host.name} --rotate takes them over, if the machine proves them`
        : `reinstalled? compare at its console with ssh-keygen -lf, then: swarm hosts trust ${host.name} --replace`,
    },
  );
}

async function confirmPin(host: Host, what: string, options: TrustFlags): Promise<void> {
  if (options.yes || options.fingerprint !== undefined) return;
  if (await confirm(`Is this ${host.name}? Pin ${what}`)) return;
  throw new SwarmError('SW1305', `${host.name} was not pinned: nobody said yes`, {
    hint: 'compare at its console with ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub, then --fingerprint SHA256:… or --yes',
  });
}

/** Logs in once, held to the keys that were just accepted, and reads the machine-id: without it a clone could not be told, so a host
 *  that takes no login of ours is not pinned. */
async function proveMachineId(host: Host, connectOptions: ConnectOptions, signal: AbortSignal): Promise<string | undefined> {
  try {
    await using connection = await connect(host, connectOptions, signal);
    return connection.proof.machineId;
  } catch (error) {
    const { code, message, hint, detail } = toSwarmError(error);
    throw new SwarmError(code, `${host.name} was not pinned, because its machine-id cannot be read: ${message}`, {
      hint,
      detail,
      cause: error,
    });
  }
}

/** The same key on two machines, one on each route: a clone. */
async function assertOneMachine(host: Host, connectOptions: ConnectOptions, signal: AbortSignal): Promise<void> {
  if (host.routes.length === 1) return;
  const wrong = (await verifyRoutes(host, connectOptions, signal)).find(({ status }) => status === 'misdirected' || status === 'untrusted');
  if (wrong?.error === undefined || wrong.error.code === 'SW1305') return;
  throw new SwarmError(wrong.error.code, `${host.name} was not pinned: ${formatRoute(wrong.route)}: ${wrong.error.message}`, {
    hint:
      wrong.error.code === 'SW3004'
        ? 'two machines with one key: on the clone rm /etc/ssh/ssh_host_* /etc/machine-id and make new ones'
        : wrong.error.hint,
  });
}

function printTwins(host: Host, machineId: string | undefined, { inventory }: Project): void {
  if (machineId === undefined) {
    printLine(displayText`  ${host.name} has no machine-id: its host key alone identifies it`);
    return;
  }
  for (const twin of inventory.hosts.filter((other) => other.name !== host.name && other.identity?.machineId === machineId))
    printLine(
      displayText`  the machine of ${twin.name} (one machine-id): two servers or containers of one machine, or a clone${twin.protected ? '; protected, as that is' : ''}`,
    );
}

async function pinFurtherKeys(host: Host, project: Project, connectOptions: ConnectOptions, signal: AbortSignal): Promise<object> {
  if (host.identity === undefined)
    throw new SwarmError('SW1305', `${host.name} was never trusted: there is nothing to learn further keys by`, {
      hint: `swarm hosts trust ${host.name}`,
    });
  const { identity, learned: learnedKeys } = await learnFurtherKeys(host, project, connectOptions, signal);
  printLine(displayText`${host.name}: ${host.identity.hostKeys.map(formatKey).join(', ')}`);
  for (const key of learnedKeys) printLine(displayText`  learnt: ${formatKey(key)}`);
  if (learnedKeys.length === 0) printLine('  it has no further keys');
  await writePin(project.pinsFile, host.name, identity);
  return trustJson(host, identity);
}
