import { createPrivateKey, type KeyObject, randomBytes } from 'node:crypto';
import ssh2, { type ParsedKey } from 'ssh2';

/** The last one is kept: most hosts are logged in to with the same key, and to parse it takes longer than to read it. */
let lastParsed: { readonly text: string; readonly passphrase: string | undefined; readonly key: ParsedKey | Error } | undefined;

/** The private key of a file: OpenSSH's form, PEM, PKCS#8, with line ends of any system. */
export function parsePrivateKey(text: string, passphrase: string | undefined): ParsedKey | Error {
  if (lastParsed?.text !== text || lastParsed.passphrase !== passphrase)
    lastParsed = { text, passphrase, key: parseAnyForm(unixLines(text), passphrase) };
  return lastParsed.key;
}

/** The key of a `.pub` file. */
export function parsePublicKey(text: string): ParsedKey | Error {
  const line = unixLines(text)
    .split('\n')
    .find((each) => /^(?:ssh|ecdsa|sk)-\S+ /.test(each));
  return line === undefined ? new Error('it is not a public key') : toKey(ssh2.utils.parseKey(line));
}

const unixLines = (text: string): string =>
  `${text
    .replace(/^\uFEFF/, '')
    .replace(/\r\n?/g, '\n')
    .trim()}\n`;

/** ssh2 gives a list for some forms. */
const toKey = (parsed: ParsedKey | readonly ParsedKey[] | Error): ParsedKey | Error =>
  Array.isArray(parsed) ? (parsed[0] ?? new Error('it has no key')) : (parsed as ParsedKey | Error);

function parseAnyForm(text: string, passphrase: string | undefined): ParsedKey | Error {
  if (!/-----BEGIN (?:ENCRYPTED )?PRIVATE KEY-----/.test(text)) return toKey(ssh2.utils.parseKey(text, passphrase));
  if (text.includes('BEGIN ENCRYPTED') && passphrase === undefined) return new Error('it is encrypted and needs a passphrase');
  try {
    const key = createPrivateKey({ key: text, format: 'pem', ...(passphrase === undefined ? {} : { passphrase }) });
    return toKey(ssh2.utils.parseKey(toOpenSshForm(key)));
  } catch (error) {
    return error as Error;
  }
}

/** PKCS#8, which ssh2 cannot read, in a form that it can. */
function toOpenSshForm(key: KeyObject): string {
  if (key.asymmetricKeyType === 'rsa') return key.export({ type: 'pkcs1', format: 'pem' }) as string;
  if (key.asymmetricKeyType === 'ec') return key.export({ type: 'sec1', format: 'pem' }) as string;
  const { x, d, crv } = key.export({ format: 'jwk' });
  if (crv !== 'Ed25519' || x === undefined || d === undefined) throw new Error(`its type is ${key.asymmetricKeyType ?? 'unknown'}`);
  return ed25519InOpenSshForm(Buffer.from(x, 'base64url'), Buffer.from(d, 'base64url'));
}

/** PROTOCOL.key of OpenSSH, without encryption. */
function ed25519InOpenSshForm(shown: Buffer, seed: Buffer): string {
  const string = (bytes: Buffer | string): Buffer => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(Buffer.byteLength(bytes));
    return Buffer.concat([length, Buffer.from(bytes as never)]);
  };
  const check = randomBytes(4);
  const secret = Buffer.concat([check, check, string('ssh-ed25519'), string(shown), string(Buffer.concat([seed, shown])), string('')]);
  const padding = Buffer.from(Array.from({ length: (8 - (secret.length % 8)) % 8 }, (_, index) => index + 1));
  const body = Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    ...['none', 'none', ''].map(string),
    Buffer.from([0, 0, 0, 1]),
    string(Buffer.concat([string('ssh-ed25519'), string(shown)])),
    string(Buffer.concat([secret, padding])),
  ]);
  const lines = body.toString('base64').match(/.{1,70}/g) ?? [];
  return ['-----BEGIN OPENSSH PRIVATE KEY-----', ...lines, '-----END OPENSSH PRIVATE KEY-----', ''].join('\n');
}
