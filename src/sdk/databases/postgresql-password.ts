import { createHash, createHmac, pbkdf2Sync } from 'node:crypto';

const SCRAM = /^SCRAM-SHA-256\$(\d+):([A-Za-z0-9+/=]+)\$([A-Za-z0-9+/=]+):([A-Za-z0-9+/=]+)$/;

/** Whether what the server keeps of a role's password is of this one. The password may be the hash itself. */
export function isPostgresqlPassword(kept: string, role: string, password: string): boolean {
  if (/^md5[0-9a-f]{32}$/.test(password) || SCRAM.test(password)) return kept === password;
  if (kept.startsWith('md5')) return kept === `md5${createHash('md5').update(`${password}${role}`).digest('hex')}`;
  const [, rounds, salt = '', , serverKey] = SCRAM.exec(kept) ?? [];
  if (rounds === undefined) return false;
  const salted = pbkdf2Sync(password.normalize('NFKC'), Buffer.from(salt, 'base64'), Number(rounds), 32, 'sha256');
  return createHmac('sha256', salted).update('Server Key').digest('base64') === serverKey;
}
