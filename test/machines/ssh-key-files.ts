import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { HostKey } from '../../src/core/inventory/host-identity.ts';

export type KeyType = 'ed25519' | 'ecdsa' | 'rsa';
const execFileAsync = promisify(execFile);

/** A new key pair `file` and `file.pub`; gives the public half. */
export async function makeKey(file: string, type: KeyType = 'ed25519', comment = 'test'): Promise<HostKey> {
  const size = type === 'rsa' ? ['-b', '2048'] : [];
  await execFileAsync('ssh-keygen', ['-q', '-t', type, ...size, '-N', '', '-C', comment, '-f', file]);
  return readPublicKey(`${file}.pub`);
}

export async function readPublicKey(file: string): Promise<HostKey> {
  const [type, blob] = (await readFile(file, 'utf8')).split(' ');
  if (type === undefined || blob === undefined) throw new Error(`${file} is not a public key`);
  return { type, blob };
}
