import { SwarmError } from '../../core/error/swarm-error.ts';
import type { Host } from '../../core/inventory/host.ts';
import { fingerprint, type HostKey } from '../../core/inventory/host-identity.ts';

/** What the keys of the inventory say of a key that a machine has just proved to own. */
export interface IdentityMismatch {
  readonly error: SwarmError;
  readonly status: 'misdirected' | 'untrusted';
  /** The inventory's name of who answered. */
  readonly machine?: Host['name'];
}

/** Undefined: the key is one of the host's own. From memory, at once: it is called inside the handshake. */
export function checkHostKey(
  host: Host,
  key: HostKey,
  hosts: readonly Host[],
  revoked: (key: HostKey) => boolean,
): IdentityMismatch | undefined {
  const shown = `${key.type} ${fingerprint(key.blob)}`;
  if (revoked(key)) {
    const error = new SwarmError('SW2008', `the host key is revoked: ${shown}`, {
      hint: 'Make new keys on the machine: rm /etc/ssh/ssh_host_*; ssh-keygen -A',
    });
    return { error, status: 'untrusted' };
  }
  if (ownsKey(host, key)) return checkSharedKey(host, key, hosts);
  const actual = hosts.find((each) => each.name !== host.name && ownsKey(each, key));
  if (actual !== undefined) {
    const error = new SwarmError('SW3001', `${actual.name} answers, not ${host.name}`, {
      hint: `Remove or correct this route: its address leads to ${actual.name}. If ${host.name} is behind ${actual.name}, write a jump route via ${actual.name}. No command was sent.`,
      detail: `it shows ${shown}, the key of ${actual.name}`,
      cause: { machine: actual.name },
    });
    return { error, status: 'misdirected', machine: actual.name };
  }
  const pinned = host.identity?.hostKeys.map((each) => `${each.type} ${fingerprint(each.blob)}`) ?? [];
  const error = new SwarmError('SW2003', `the host key is not pinned: ${shown}`, {
    hint: `Compare it at the console of ${host.name} (ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub). If it is right, run: swarm hosts trust ${host.name} --replace`,
    detail: pinned.length === 0 ? 'nothing is pinned' : `pinned: ${pinned.join(', ')}`,
  });
  return { error, status: 'untrusted' };
}

/** A key that two hosts have proves neither of them, unless their machine-ids differ. Those are read next. */
function checkSharedKey(host: Host, key: HostKey, hosts: readonly Host[]): IdentityMismatch | undefined {
  const twin = hosts.find((each) => each.name !== host.name && ownsKey(each, key));
  const ids = [host.identity?.machineId, twin?.identity?.machineId];
  if (twin === undefined || (ids[0] !== undefined && ids[1] !== undefined && ids[0] !== ids[1])) return undefined;
  const error = new SwarmError('SW1302', `${host.name} and ${twin.name} have the same host key, so either of them may have answered`, {
    hint: `Is one a clone? Make new keys on it: rm /etc/ssh/ssh_host_*; ssh-keygen -A. If that is ${host.name}, then run: swarm hosts trust ${host.name} --replace`,
  });
  return { error, status: 'untrusted' };
}

const ownsKey = (host: Host, key: HostKey): boolean =>
  host.identity?.hostKeys.some((each) => each.type === key.type && each.blob === key.blob) ?? false;

/** Compares the machine-id of the probe with the pinned one. Undefined: they are equal, or none is pinned. */
export function checkMachineId(host: Host, machineId: string | undefined, hosts: readonly Host[]): IdentityMismatch | undefined {
  const pinned = host.identity?.machineId;
  if (pinned === undefined || pinned === machineId) return undefined;
  const actual =
    machineId === undefined ? undefined : hosts.find((each) => each.name !== host.name && each.identity?.machineId === machineId);
  const owner = machineId === undefined ? 'it has none' : actual === undefined ? 'it is nobody else’s' : `it is that of ${actual.name}`;
  const error = new SwarmError('SW3004', `the host key is that of ${host.name}, but the machine-id is not: ${owner}`, {
    hint: `If it is a clone or a restored backup that you expect, run: swarm hosts trust ${host.name} --replace`,
    ...(actual === undefined ? {} : { cause: { machine: actual.name } }),
  });
  return { error, status: actual === undefined ? 'untrusted' : 'misdirected', ...(actual === undefined ? {} : { machine: actual.name }) };
}

/** The machine that answered, where an error or what caused it is a judgement: of the host itself, or of a jump before it. */
export function findAnsweringMachine(error: unknown): Host['name'] | undefined {
  for (let each = error; each instanceof SwarmError; each = each.cause) {
    const { cause } = each;
    if (typeof cause === 'object' && cause !== null && 'machine' in cause) return cause.machine as Host['name'];
  }
  return undefined;
}
