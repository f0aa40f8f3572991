import { generateKeyPairSync, randomBytes } from 'node:crypto';
import type { HostKey } from '../core/inventory/host-identity.ts';

export interface SshKeyPair {
  /** OpenSSH's own private key format, without a passphrase (PROTOCOL.key of OpenSSH). */
  readonly privateText: string;
  readonly publicKey: HostKey;
}

/** A new ed25519 pair. ssh2 has a maker too, whose files it then cannot always read: "Malformed OpenSSH private key". */
export function createSshKey(comment: string): SshKeyPair {
  const { x = '', d = '' } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  const publicBytes = Buffer.from(x, 'base64url');
  const blob = Buffer.concat([sshString('ssh-ed25519'), sshString(publicBytes)]);
  const check = randomBytes(4);
  const secret = sshString(Buffer.concat([Buffer.from(d, 'base64url'), publicBytes]));
  const body = Buffer.concat([check, check, blob, secret, sshString(comment)]);
  const padding = Buffer.from(Array.from({ length: (8 - (body.length % 8)) % 8 }, (_, n) => n + 1));
  const one = Buffer.from([0, 0, 0, 1]);
  const file = Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    sshString('none'), // cipher
    sshString('none'), // kdf
    sshString(''),
    one,
    sshString(blob),
    sshString(Buffer.concat([body, padding])),
  ]);
  const lines = file.toString('base64').match(/.{1,70}/g) ?? [];
  return {
    privateText: ['-----BEGIN OPENSSH PRIVATE KEY-----', ...lines, '-----END OPENSSH PRIVATE KEY-----', ''].join('\n'),
    publicKey: { type: 'ssh-ed25519', blob: blob.toString('base64') },
  };
}

function sshString(value: string | Buffer): Buffer {
  const bytes = Buffer.from(value as string);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
