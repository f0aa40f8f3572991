import { SwarmError } from '../../core/error/swarm-error.ts';
import type { Host } from '../../core/inventory/host.ts';
import type { HostKey, Identity } from '../../core/inventory/host-identity.ts';
import { isSshRoute, type Route } from '../../core/inventory/route.ts';
import type { ConnectOptions } from '../../remote/connect/connect-options.ts';
import { readPins } from '../../remote/identity/pins.ts';
import { readCommandMachineId } from '../../remote/identity/read-machine-id.ts';
import { makeConnectOptions } from '../connection/connectors.ts';
import type { Project } from '../project/project.ts';
import { selectAgreedKeys } from './agreed-keys.ts';
import { learnFurtherKeys } from './learn-keys.ts';
import { type OfferedKeys, scanOfferedKeys } from './offered-keys.ts';
import { checkKeyChange, checkMachineIdChange, findTwins, isSameIdentity, selectByFingerprint, selectProvenKeys } from './pin-rules.ts';
import { assertOneMachine, proveInOneLogin } from './prove-identity.ts';
import { storePin } from './store-pin.ts';

/** What a person allows: only the key with this fingerprint; other keys in place of the pinned ones. */
export interface TrustTerms {
  readonly fingerprint?: string;
  readonly replace?: boolean;
}

/** What a person sees and decides while a host is trusted. */
export interface TrustDialog {
  showOfferedKeys(host: Host, offered: readonly OfferedKeys[]): void;
  showMachineId(host: Host, route: Route, machineId: string): void;
  /** The machine did not sign with these keys in the session that proved it: they are not pinned. */
  showUnprovenKeys(host: Host, keys: readonly HostKey[]): void;
  /** `machineId` is undefined where the machine has none. */
  showTwins(host: Host, machineId: string | undefined, twins: readonly Host[]): void;
  /** Is this the machine? Without keys the question is about its machine-id. */
  confirmPin(host: Host, keys: readonly HostKey[]): Promise<boolean>;
}

/** A host that was pinned. */
export interface TrustedHost {
  readonly identity: Identity;
  /** The pin is the same as before. */
  readonly unchanged: boolean;
}

/** Compares what every route offers, asks the person, proves the machine with a login, and pins it. Throws where any of that fails; then
 *  nothing is pinned. */
export async function trustHost(host: Host, project: Project, terms: TrustTerms, dialog: TrustDialog): Promise<TrustedHost> {
  const before = readPins(project.pinsFile);
  const identity = await acceptIdentity(host, project, terms, dialog);
  await storePin(project.pinsFile, host, identity, before);
  return { identity, unchanged: isSameIdentity(host.identity, identity) };
}

/** All of `trustHost` but the pin: what the host showed, what a person accepted, and what a login proved. Nothing is written. */
export async function acceptIdentity(host: Host, project: Project, terms: TrustTerms, dialog: TrustDialog): Promise<Identity> {
  const signal = new AbortController().signal;
  const connectOptions = makeConnectOptions(project);
  const accepted = host.routes.some(isSshRoute)
    ? await acceptHostKeys(host, project, connectOptions, terms, dialog)
    : await acceptMachineId(host, terms, dialog, signal);
  const { machineId, hostKeys: proven } = await proveInOneLogin({ ...host, identity: accepted }, connectOptions, signal);
  const hostKeys = await acceptProvenKeys(host, accepted.hostKeys, proven, dialog);
  dialog.showTwins(host, machineId, machineId === undefined ? [] : findTwins(host, machineId, project.inventory));
  const identity: Identity = { hostKeys, ...(machineId === undefined ? {} : { machineId }) };
  await assertOneMachine({ ...host, identity }, connectOptions, signal);
  return identity;
}

/** The keys that every route agrees on and that a person accepted. The machine-id that is pinned stays, unless it may be replaced. */
async function acceptHostKeys(
  host: Host,
  project: Project,
  connectOptions: ConnectOptions,
  terms: TrustTerms,
  dialog: TrustDialog,
): Promise<Identity> {
  const offered = await scanOfferedKeys(host, connectOptions, new AbortController().signal);
  dialog.showOfferedKeys(host, offered);
  const agreed = selectAgreedKeys(host, offered, project.inventory, connectOptions.revoked);
  const hostKeys = selectByFingerprint(host, agreed, terms.fingerprint);
  const old = host.identity;
  const pinned = terms.replace || old?.machineId === undefined ? {} : { machineId: old.machineId };
  if (!checkKeyChange(host, hostKeys, terms.replace === true)) return { hostKeys: old?.hostKeys ?? [], ...pinned };
  await assertConfirmed(host, hostKeys, dialog);
  return { hostKeys, ...pinned };
}

/** The pinned keys stay. Of the new ones, those that the machine has proved in one session; if a person accepted more, that is asked
 *  again, because the key that was compared may be one of the others. */
async function acceptProvenKeys(
  host: Host,
  accepted: readonly HostKey[],
  proven: readonly HostKey[],
  dialog: TrustDialog,
): Promise<readonly HostKey[]> {
  if (proven.length === 0 || isSameIdentity(host.identity, { ...host.identity, hostKeys: accepted })) return accepted;
  const keys = selectProvenKeys(host, accepted, proven);
  if (keys.length === accepted.length) return keys;
  dialog.showUnprovenKeys(
    host,
    accepted.filter((key) => !keys.includes(key)),
  );
  await assertConfirmed(host, keys, dialog);
  return keys;
}

/** Behind a command there is no handshake: the machine-id is all that a machine can be known by. */
async function acceptMachineId(host: Host, terms: TrustTerms, dialog: TrustDialog, signal: AbortSignal): Promise<Identity> {
  const route = host.routes.find((each) => each.kind === 'command');
  const machineId =
    route === undefined ? undefined : await readCommandMachineId(route, AbortSignal.any([signal, AbortSignal.timeout(20_000)]));
  if (route === undefined || machineId === undefined)
    throw new SwarmError('SW1305', `${host.name} was not pinned: it has neither a host key nor a machine-id`, {
      hint: 'On the host, run: systemd-machine-id-setup (or dbus-uuidgen --ensure=/etc/machine-id)',
    });
  dialog.showMachineId(host, route, machineId);
  if (checkMachineIdChange(host, machineId, terms.replace === true)) await assertConfirmed(host, [], dialog);
  return { hostKeys: [], machineId };
}

async function assertConfirmed(host: Host, keys: readonly HostKey[], dialog: TrustDialog): Promise<void> {
  if (await dialog.confirmPin(host, keys)) return;
  throw new SwarmError('SW1305', `${host.name} was not pinned: nobody confirmed it`, {
    hint: 'Compare the key at the console of the machine: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub. Then use --fingerprint SHA256:… or --yes.',
  });
}

/** Pins the further keys of a machine that proves itself by a pinned one. Throws SW1305 for a host that was never trusted. */
export async function rotateHostKeys(
  host: Host,
  project: Project,
): Promise<{ readonly identity: Identity; readonly learned: readonly HostKey[] }> {
  if (host.identity === undefined)
    throw new SwarmError('SW1305', `${host.name} was never trusted, so it cannot prove further keys`, {
      hint: `Run: swarm hosts trust ${host.name}`,
    });
  const before = readPins(project.pinsFile);
  const found = await learnFurtherKeys(host, project, makeConnectOptions(project), new AbortController().signal);
  await storePin(project.pinsFile, host, found.identity, before);
  return found;
}
