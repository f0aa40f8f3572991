import { SwarmError } from '../../core/error/swarm-error.ts';

/** An entry of a Manifest (GLEP 74) for one member of a gpkg. */
export interface ManifestEntry {
  readonly name: string;
  readonly size: number;
  /** Lower-case hex by name of the digest: BLAKE2B, SHA512. */
  readonly digests: ReadonlyMap<string, string>;
}

export interface GpkgManifest {
  readonly entries: readonly ManifestEntry[];
  readonly signed: boolean;
}

/** The length in hex of each digest that Portage writes or wrote. Only those of CHECKED are computed. */
const HEX_LENGTHS: Readonly<Record<string, number>> = {
  BLAKE2B: 128,
  SHA512: 128,
  BLAKE2S: 64,
  SHA256: 64,
  SHA3_256: 64,
  SHA3_512: 128,
  SHA1: 40,
  MD5: 32,
  RMD160: 40,
  WHIRLPOOL: 128,
  STREEBOG256: 64,
  STREEBOG512: 128,
};
/** The digests that are compared. Each line must have both, or Portage cannot read the package. */
export const CHECKED_DIGESTS = { BLAKE2B: 'blake2b512', SHA512: 'sha512' } as const;

const SIGNED =
  /^-----BEGIN PGP SIGNED MESSAGE-----\n((?:Hash: SHA(?:224|256|384|512)\n)*)\n([\s\S]*?\n)(-----BEGIN PGP SIGNATURE-----\n[\s\S]*)$/;

/** Reads the Manifest of a gpkg, clear-signed or not; throws SW4003. The client checks the signature itself. */
export function parseManifest(text: string): GpkgManifest {
  const signed = text.startsWith('-----BEGIN');
  const [, , body = '', signature = ''] = signed ? (SIGNED.exec(text) ?? []) : ['', '', text];
  if (signed) checkArmor(signature);
  if (!body.endsWith('\n')) throw malformed('it ends inside a line');
  const entries = body
    .slice(0, -1)
    .split('\n')
    .map((line) => parseLine(signed && line.startsWith('- ') ? line.slice(2) : line));
  const names = new Set(entries.map((entry) => entry.name));
  if (names.size !== entries.length) throw malformed('it names a member twice');
  return { entries, signed };
}

function parseLine(line: string): ManifestEntry {
  const [kind, name = '', size = '', ...rest] = line.split(' ');
  if (kind !== 'DATA' || name === '' || !/^(0|[1-9]\d{0,15})$/.test(size))
    throw malformed(`${JSON.stringify(line.slice(0, 80))} is not a line of it`);
  const digests = new Map<string, string>();
  for (let i = 0; i < rest.length; i += 2) {
    const algorithm = rest[i] ?? '';
    const hex = rest[i + 1] ?? '';
    if (!/^[0-9a-f]+$/.test(hex) || hex.length !== HEX_LENGTHS[algorithm] || digests.has(algorithm)) {
      throw malformed(`${JSON.stringify(algorithm.slice(0, 20))} of ${name} is not a digest`);
    }
    digests.set(algorithm, hex);
  }
  for (const algorithm of Object.keys(CHECKED_DIGESTS)) if (!digests.has(algorithm)) throw malformed(`${name} has no ${algorithm}`);
  return { name, size: Number(size), digests };
}

/** Armor of RFC 4880 section 6: its checksum shows a damaged signature. */
function checkArmor(armor: string): void {
  const match =
    /^-----BEGIN PGP SIGNATURE-----\n(?:[A-Za-z]+: [^\n]*\n)*\n((?:[A-Za-z0-9+/=]+\n)+?)(?:=([A-Za-z0-9+/]{4})\n)?-----END PGP SIGNATURE-----\n?$/.exec(
      armor,
    );
  if (!match) throw malformed('its signature is damaged');
  const [, lines = '', checksum] = match;
  const body = lines.replaceAll('\n', '');
  if (Buffer.from(body, 'base64').toString('base64') !== body) throw malformed('its signature is damaged');
  if (checksum === undefined) return;
  const expected = Buffer.from(checksum, 'base64').readUIntBE(0, 3);
  if (crc24(Buffer.from(body, 'base64')) !== expected) throw malformed('its signature is damaged');
}

function crc24(bytes: Uint8Array): number {
  let crc = 0xb704ce;
  for (const byte of bytes) {
    crc ^= byte << 16;
    for (let bit = 0; bit < 8; bit++) {
      crc <<= 1;
      if (crc & 0x1000000) crc ^= 0x1864cfb;
    }
  }
  return crc;
}

function malformed(why: string): SwarmError {
  return new SwarmError('SW4003', `the Manifest of the package cannot be read: ${why}`);
}
