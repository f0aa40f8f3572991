import { createHash } from 'node:crypto';

/** Whether what a server keeps of a password is of this one. False for a plugin that keeps it in another way. */
export function isMysqlPassword(plugin: string, kept: string, password: string): boolean {
  if (plugin === '' || plugin === 'mysql_native_password') return kept === hashNative(password);
  const [, hundreds = '', salt = '', hash] = /^\$A\$([0-9A-F]{3})\$([\s\S]{20})([\s\S]+)$/.exec(kept) ?? [];
  return plugin === 'caching_sha2_password' && hash === cryptSha256(password, salt, Number.parseInt(hundreds, 16) * 1000);
}

const digest = (kind: string, ...parts: readonly (string | Buffer)[]): Buffer =>
  parts.reduce((hash, part) => hash.update(part), createHash(kind)).digest();

const hashNative = (password: string): string =>
  password === '' ? '' : `*${digest('sha1', digest('sha1', password)).toString('hex').toUpperCase()}`;

/** The 43 characters that crypt(3) gives with `$5$`. MySQL uses it with longer salts, so openssl cannot stand in. */
export function cryptSha256(password: string, saltText: string, rounds: number): string {
  const [key, salt] = [Buffer.from(password), Buffer.from(saltText)];
  const repeat = (block: Buffer, length: number): Buffer => Buffer.alloc(length, block);
  const first = digest('sha256', key, salt, key);
  const bits = key.length.toString(2).split('').reverse();
  let hash = digest(
    'sha256',
    key,
    salt,
    repeat(first, key.length),
    ...(key.length === 0 ? [] : bits.map((bit) => (bit === '1' ? first : key))),
  );
  const keys = key.length === 0 ? key : repeat(digest('sha256', ...Array.from(key, () => key)), key.length);
  const salts = repeat(digest('sha256', ...Array.from({ length: 16 + (hash[0] ?? 0) }, () => salt)), salt.length);
  for (let round = 0; round < rounds; round++) {
    const parts = [
      round % 2 === 1 ? keys : hash,
      ...(round % 3 ? [salts] : []),
      ...(round % 7 ? [keys] : []),
      round % 2 === 1 ? hash : keys,
    ];
    hash = digest('sha256', ...parts);
  }
  return encodeCrypt(hash);
}

const CHARACTERS = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** crypt(3) takes the bytes in an order of its own: 0 10 20, 21 1 11, 12 22 2, ... */
function encodeCrypt(hash: Buffer): string {
  const text = (bytes: readonly number[], length: number): string => {
    const value = bytes.reduce((sum, at) => sum * 256 + (at < 0 ? 0 : (hash[at] ?? 0)), 0);
    return Array.from({ length }, (_, at) => CHARACTERS[Math.floor(value / 64 ** at) % 64]).join('');
  };
  let group = [0, 10, 20];
  let all = '';
  for (let at = 0; at < 10; at++) {
    all += text(group, 4);
    const [one = 0, two = 0, three = 0] = group;
    group = [three + 1, one + 1, two + 1];
  }
  return all + text([-1, 31, 30], 3);
}
