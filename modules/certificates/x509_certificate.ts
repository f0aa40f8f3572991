import {
  absolutePath,
  attributeChanges,
  contentChanges,
  defineModule,
  normalizeDescription,
  oneLine,
  type PathStat,
  queryScript,
  readScript,
  removeFile,
  requireFile,
  requireFolderOf,
  statPaths,
  writeArgs,
  z,
} from '../../src/index.ts';

const { validate: _, ...fileArgs } = writeArgs;

const args = z
  .strictObject({
    path: absolutePath.describe('File of the certificate'),
    provider: z
      .enum(['selfsigned', 'ownca'])
      .optional()
      .describe(
        'Who signs it. selfsigned: its own key, privatekey_path; ownca: an authority of yours, ownca_path and ownca_privatekey_path',
      ),
    state: z.enum(['present', 'absent']).default('present').describe('present: the certificate is there; absent: the file is removed'),
    csr_path: absolutePath
      .optional()
      .describe('File of the request on the host; left out with selfsigned: a certificate without a subject'),
    csr_content: z
      .string()
      .includes('-----BEGIN', { error: 'must be a request in PEM' })
      .optional()
      .describe('The request itself, in place of csr_path'),
    privatekey_path: absolutePath.optional().describe('With selfsigned: file of the private key on the host'),
    privatekey_passphrase: oneLine.max(1000).optional().describe('Its passphrase'),
    ownca_path: absolutePath.optional().describe('File of the certificate of the authority on the host'),
    ownca_privatekey_path: absolutePath.optional().describe('File of the private key of the authority on the host'),
    ownca_privatekey_passphrase: oneLine.max(1000).optional().describe('Its passphrase'),
    not_after: z
      .string()
      .regex(/^\+(?=\d)(?:\d{1,5}w)?(?:\d{1,5}d)?$/, 'must be a time from now on, in weeks and days: +52w, +365d')
      .default('+3650d')
      .describe('When it ends, from now on in weeks and days: +52w, +365d. Of a certificate that is there it is not compared: see renew'),
    renew: z
      .int()
      .min(0)
      .max(36_500)
      .optional()
      .describe('Make a new one where it ends within so many days; left out: it stays also where it has ended'),
    digest: z.enum(['sha256', 'sha384', 'sha512']).default('sha256').describe('How it is signed'),
    force: z.boolean().default(false).describe('Make it anew on each run'),
    ...fileArgs,
  })
  .refine(({ state, provider }) => state === 'absent' || provider !== undefined, { error: 'give provider: selfsigned or ownca' })
  .refine(({ provider, privatekey_path }) => provider !== 'selfsigned' || privatekey_path !== undefined, {
    error: 'provider: selfsigned needs privatekey_path',
  })
  .refine(
    ({ provider, ownca_path, ownca_privatekey_path, csr_path, csr_content }) =>
      provider !== 'ownca' || (ownca_path !== undefined && ownca_privatekey_path !== undefined && (csr_path ?? csr_content) !== undefined),
    { error: 'provider: ownca needs ownca_path, ownca_privatekey_path, and csr_path or csr_content' },
  )
  .refine(({ csr_path, csr_content }) => csr_path === undefined || csr_content === undefined, {
    error: 'give csr_path or csr_content, not both',
  });

type Wanted = z.output<typeof args>;

export default defineModule({
  summary: 'Make a certificate with openssl, signed by its own key or by an authority of yours',
  args,
  returns: z.strictObject({ filename: z.string(), certificate: z.string().exactOptional().describe('The certificate, in PEM') }),
  argHints: {
    acme_directory: 'For a certificate of an authority on the network run certbot or acme.sh with command.',
    return_content: 'Leave it out: register has the certificate.',
  },
  example: `x509_certificate:
  path: /etc/ssl/shop.crt
  provider: selfsigned
  csr_path: /etc/ssl/shop.csr
  privatekey_path: /etc/ssl/private/shop.key
  not_after: +365d
  renew: 30
`,
  async *run(probe, wanted) {
    const { path, state, force } = wanted;
    const [stat] = (await statPaths(probe, [{ path, size: 'any' }])) as [PathStat];
    if (state === 'absent') {
      if (stat.type !== 'absent') yield removeFile(path);
      return { filename: path };
    }
    const isOwn = wanted.provider === 'ownca';
    const key = (isOwn ? wanted.ownca_privatekey_path : wanted.privatekey_path) ?? '';
    for (const each of [key, wanted.csr_path, isOwn ? wanted.ownca_path : undefined])
      if (each !== undefined) await requireFile(probe, each, path);
    await requireFolderOf(probe, path);
    const passphrase = (isOwn ? wanted.ownca_privatekey_passphrase : wanted.privatekey_passphrase) ?? '';
    const script = readScript(import.meta.dirname, 'x509_certificate-make.sh');
    const input = `${passphrase}\n${wanted.csr_content ?? ''}`;
    const answer = await queryScript(probe, script, scriptWords(wanted, key), path, input, readFailure);
    const [certificate = '', after = '', old = ''] = answer.split(/^--\n/m);
    const ends = old.startsWith('ends\n') && wanted.renew !== undefined;
    const before = old.replace(/^ends\n/, '');
    if (!force && !ends && stat.type === 'file' && normalizeDescription(before) === normalizeDescription(after)) {
      yield* attributeChanges(path, stat, wanted);
      return { filename: path, certificate: new TextDecoder().decode(await probe.read(path)) };
    }
    const note = ends ? `(it ends within ${wanted.renew} days)\n` : '';
    for await (const change of contentChanges(probe, { ...wanted, path, content: certificate }, stat))
      yield { ...change, before: `${note}${normalizeDescription(before).trimStart()}`, after: normalizeDescription(after) };
    return { filename: path, certificate };
  },
});

function scriptWords(
  { path, csr_path, csr_content, provider, ownca_path = '', not_after, digest, renew = 0 }: Wanted,
  key: string,
): readonly string[] {
  const [, weeks = '0', days = '0'] = /^\+(?:(\d+)w)?(?:(\d+)d)?$/.exec(not_after) ?? [];
  const csr = csr_content === undefined ? (csr_path ?? '') : '-';
  return [path, key, csr, provider === 'ownca' ? ownca_path : '', String(Number(weeks) * 7 + Number(days)), digest, String(renew * 86_400)];
}

/** openssl says that the request is well before it says what is wrong. */
const readFailure = (output: string): { readonly text: string } => ({
  text: output
    .split('\n')
    .filter((line) => !/^(?:Certificate request self-signature ok|subject=)/.test(line))
    .join('\n'),
});
