import { createHash, createHmac } from 'node:crypto';

/** A public host key: `ssh-ed25519` and the base64 blob, as in known_hosts. */
export interface HostKey {
  readonly type: string;
  readonly blob: string;
}

/** Are the bytes of both keys the same? Base64 may be written with or without padding. */
export const isSameKey = (one: HostKey, other: HostKey): boolean =>
  one.type === other.type && Buffer.from(one.blob, 'base64').equals(Buffer.from(other.blob, 'base64'));

/** `SHA256:…` of a key's base64 blob, as ssh-keygen -l prints it. */
export function fingerprint(blob: string): string {
  return `SHA256:${createHash('sha256').update(Buffer.from(blob, 'base64')).digest('base64').replace(/=+$/, '')}`;
}

/** swarm's own key: only a hash of the machine-id leaves a machine, as systemd asks (sd_id128_get_machine_app_specific). */
const APPLICATION_KEY = '4d1f0c0a7be0fa2f9f6b1f6f0b6d6b52';

/** HMAC-SHA256 of the 32 hex digits of /etc/machine-id, hex. */
export const hashMachineId = (raw: string): string => createHmac('sha256', APPLICATION_KEY).update(raw.trim()).digest('hex');

/** What a machine must prove: one of these keys in the handshake, this machine-id (hashed) after login. */
export interface Identity {
  readonly hostKeys: readonly HostKey[];
  /** HMAC-SHA256 of /etc/machine-id, hex; absent where the machine has none (some containers). */
  readonly machineId?: string;
}
