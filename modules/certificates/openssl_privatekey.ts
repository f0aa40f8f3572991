import {
  absolutePath,
  attributeArgs,
  attributeChanges,
  defineModule,
  type FoundKey,
  isNewKeyMade,
  keyChoiceArgs,
  oneLine,
  ownerWord,
  type PathStat,
  type Probe,
  queryScript,
  readScript,
  removeFile,
  requireFileOrAbsence,
  resolveMode,
  runScript,
  statPaths,
  z,
} from '../../src/index.ts';

const args = z
  .strictObject({
    path: absolutePath.describe('File of the key'),
    state: z.enum(['present', 'absent']).default('present').describe('present: the key is there; absent: the file is removed'),
    type: z.enum(['RSA', 'ECC', 'Ed25519', 'Ed448', 'X25519', 'X448']).default('RSA').describe('Type of the key'),
    size: z.int().min(1024).max(16_384).default(4096).describe('Bits, for RSA'),
    curve: z
      .string()
      .regex(/^[A-Za-z]\w*$/, 'must be the name of a curve: secp384r1')
      .optional()
      .describe('Curve, for ECC: secp256r1, secp384r1, secp521r1'),
    passphrase: oneLine.max(1000).optional().describe('The key is encrypted with it'),
    ...keyChoiceArgs,
    ...attributeArgs,
  })
  .refine(({ type, curve }) => (type === 'ECC') === (curve !== undefined), {
    error: 'curve is for type: ECC, which needs it',
    path: ['curve'],
  });

type Wanted = z.output<typeof args>;

interface PrivateKey {
  readonly type: string;
  readonly size: number;
  readonly curve: string | undefined;
  readonly isEncrypted: boolean;
  readonly sha256: string;
}

export default defineModule({
  summary: 'Make a private key with openssl where the host does not have it; it never leaves the host',
  args,
  returns: z.strictObject({
    filename: z.string(),
    type: z.string(),
    size: z.int().exactOptional().describe('Bits; not in a check that would make a key other than RSA'),
    curve: z.string().exactOptional(),
    fingerprint: z
      .strictObject({ sha256: z.string() })
      .exactOptional()
      .describe('Of the public part; not in a check that would make the key'),
  }),
  argHints: {
    cipher: 'Leave it out: a key with a passphrase is encrypted with AES-256.',
    format: 'Leave it out: the key is written as PKCS#8.',
  },
  example: `openssl_privatekey:
  path: /etc/ssl/private/shop.key
  type: ECC
  curve: secp384r1
`,
  async *run(probe, wanted) {
    const { path, state } = wanted;
    const [stat] = (await statPaths(probe, [{ path }])) as [PathStat];
    if (state === 'absent') {
      if (stat.type !== 'absent') yield removeFile(path);
      return { filename: path, type: wanted.type };
    }
    await requireFileOrAbsence(probe, path);
    let found = await readKey(probe, wanted);
    if (!isNewKeyMade(wanted, found, (old) => differenceOf(old, wanted))) {
      yield* attributeChanges(path, stat, wanted);
      return describe(path, found as PrivateKey);
    }
    yield {
      verb: found === undefined ? 'create' : 'update',
      subject: path,
      before: found === undefined ? '' : 'broken' in found ? `${found.broken}\n` : print(found.type, found.size, found.curve),
      after: print(wanted.type, wanted.size, wanted.curve),
      apply: async (remote) => {
        const words = [path, resolveMode(wanted.mode ?? '0600', '0600', false), ownerWord(wanted)];
        const script = readScript(import.meta.dirname, 'openssl_privatekey-make.sh');
        await runScript(remote, script, [...words, ...genpkeyWords(wanted)], path, `${wanted.passphrase ?? ''}\n`);
        found = await readKey(remote, wanted);
      },
    };
    if (found !== undefined && !('broken' in found) && !probe.check) return describe(path, found);
    const { type, size, curve } = wanted;
    return { filename: path, type, ...(type === 'RSA' ? { size } : {}), ...(curve === undefined ? {} : { curve }) };
  },
});

const print = (type: string, size: number, curve: string | undefined): string =>
  `${type}${type === 'RSA' ? ` ${size}` : curve === undefined ? '' : ` ${curve}`}\n`;

const describe = (filename: string, { type, size, curve, sha256 }: PrivateKey) => ({
  filename,
  type,
  size,
  ...(curve === undefined ? {} : { curve }),
  fingerprint: { sha256: (sha256.match(/../g) ?? []).join(':') },
});

function differenceOf(old: PrivateKey, { type, size, curve, passphrase }: Wanted): string | undefined {
  if (old.type !== type || (type === 'RSA' && old.size !== size) || (type === 'ECC' && old.curve !== opensslCurve(curve ?? '')))
    return `the key is ${print(old.type, old.size, old.curve).trim()}, not ${print(type, size, curve).trim()}`;
  return old.isEncrypted === (passphrase !== undefined) ? undefined : 'the key has no passphrase';
}

/** openssl has names of its own for two curves. */
const opensslCurve = (curve: string): string => ({ secp256r1: 'prime256v1', secp192r1: 'prime192v1' })[curve] ?? curve;

function genpkeyWords({ type, size, curve = '' }: Wanted): readonly string[] {
  if (type === 'RSA') return ['-algorithm', 'RSA', '-pkeyopt', `rsa_keygen_bits:${size}`];
  if (type !== 'ECC') return ['-algorithm', type];
  return ['-algorithm', 'EC', '-pkeyopt', `ec_paramgen_curve:${opensslCurve(curve)}`, '-pkeyopt', 'ec_param_enc:named_curve'];
}

async function readKey(probe: Probe, { path, passphrase = '' }: Wanted): Promise<FoundKey<PrivateKey>> {
  const script = readScript(import.meta.dirname, 'openssl_privatekey-state.sh');
  const [state = '', digest = '', ...lines] = (await queryScript(probe, script, [path], path, `${passphrase}\n`)).split('\n');
  if (state === 'absent') return undefined;
  if (state === 'broken') return { broken: 'it is not a private key, or has another passphrase' };
  return { ...readPublicText(lines), isEncrypted: state === 'encrypted', sha256: digest.split(' ')[0] ?? '' };
}

const NAMES: Readonly<Record<string, string>> = { ED25519: 'Ed25519', ED448: 'Ed448', X25519: 'X25519', X448: 'X448', RSA: 'RSA' };

/** openssl says `ED25519 Public-Key:`, or `Public-Key: (384 bit)`, with the curve in a line of its own where there is one. */
function readPublicText(lines: readonly string[]): Pick<PrivateKey, 'type' | 'size' | 'curve'> {
  const [, name = '', bits] = /^(?:(\w+) )?Public-Key:(?: \((\d+) bit)?/.exec(lines[0] ?? '') ?? [];
  const curve = lines.map((line) => /^ASN1 OID: (\S+)/.exec(line)?.[1]).find((found) => found !== undefined);
  const type = curve === undefined ? (NAMES[name] ?? (lines.some((line) => line.startsWith('Modulus')) ? 'RSA' : 'DSA')) : 'ECC';
  return { type, size: Number(bits ?? { Ed25519: 256, Ed448: 456, X25519: 256, X448: 448 }[type] ?? 0), curve };
}
