import type { Duplex } from 'node:stream';
import type { ConnectConfig } from 'ssh2';
import type { HostKey } from '../../core/inventory/host-identity.ts';
import { joinWrites } from './join-writes.ts';

/** Every key type of OpenSSH that is not SHA-1 or DSA; certificates and security keys are beyond ssh2. */
export const HOST_KEY_TYPES = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
] as const;

/** No CBC, no SHA-1, and no ChaCha20, which Terrapin (CVE-2023-48795) cuts into; GCM first, as the fastest. */
export const ALGORITHMS = {
  kex: [
    'curve25519-sha256',
    'curve25519-sha256@libssh.org',
    'ecdh-sha2-nistp256',
    'ecdh-sha2-nistp384',
    'ecdh-sha2-nistp521',
    'diffie-hellman-group16-sha512',
    'diffie-hellman-group18-sha512',
    'diffie-hellman-group14-sha256',
  ],
  cipher: ['aes128-gcm@openssh.com', 'aes256-gcm@openssh.com', 'aes128-ctr', 'aes192-ctr', 'aes256-ctr'],
  hmac: ['hmac-sha2-256-etm@openssh.com', 'hmac-sha2-512-etm@openssh.com', 'hmac-sha2-256', 'hmac-sha2-512'],
  compress: ['none'],
} satisfies ConnectConfig['algorithms'];

/** The options that every handshake has, of a login and of a scan of the keys. */
export function handshakeOptions(stream: Duplex, keyTypes: readonly string[], acceptKey: (key: HostKey) => boolean): ConnectConfig {
  return {
    sock: joinWrites(stream) as never, // ssh2 takes any duplex stream; its types know the readable side only
    algorithms: { ...ALGORITHMS, serverHostKey: keyTypes as (typeof HOST_KEY_TYPES)[number][] },
    hostVerifier: (blob: Buffer) => acceptKey(parseHostKey(blob)),
    readyTimeout: 0, // the route has a deadline of its own
  };
}

/** The types of host keys in the order in which they are asked for: pinned ones first. */
export const orderKeyTypes = (pinned: readonly string[]): readonly string[] => {
  const first = HOST_KEY_TYPES.filter((type) => pinned.includes(type.startsWith('rsa-') ? 'ssh-rsa' : type));
  return [...first, ...HOST_KEY_TYPES.filter((type) => !first.includes(type))];
};

/** The blob begins with its own type (RFC 4253, 6.6). */
const parseHostKey = (blob: Buffer): HostKey => ({
  type: blob.subarray(4, 4 + blob.readUInt32BE(0)).toString('latin1'),
  blob: blob.toString('base64'),
});
