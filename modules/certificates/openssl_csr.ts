import {
  absolutePath,
  attributeChanges,
  contentChanges,
  defineModule,
  normalizeDescription,
  oneLine,
  type PathStat,
  printRequestConfig,
  queryScript,
  readScript,
  removeFile,
  requireFile,
  requireFolderOf,
  type Subject,
  statPaths,
  type WantedExtension,
  writeArgs,
  z,
} from '../../src/index.ts';

const words = z.union([oneLine, z.array(oneLine)]).transform((value) => [value].flat());
const altNames = z
  .union([z.string(), z.array(z.string())])
  .transform((value) => [value].flat().flatMap((each) => each.split(',').map((name) => name.trim())))
  .refine((names) => names.every((name) => /^(?:DNS|IP|email|URI|RID):[^\0\n,]+$/.test(name)), {
    error: 'must be names such as DNS:www.example.org or IP:192.0.2.1',
  });
const usage = words.refine((list) => list.every((word) => /^[\w .:-]+$/.test(word)), {
  error: 'must be the names that openssl has: serverAuth',
});
const { validate: _, ...fileArgs } = writeArgs;

const args = z
  .strictObject({
    path: absolutePath.optional().describe('File of the request; left out: it is only returned'),
    state: z.enum(['present', 'absent']).default('present').describe('present: the file is there; absent: it is removed'),
    privatekey_path: absolutePath.optional().describe('File of the private key on the host'),
    privatekey_passphrase: oneLine.max(1000).optional().describe('Passphrase of the private key'),
    common_name: oneLine.optional().describe('Name of the server or the person: www.example.org'),
    country_name: z
      .string()
      .regex(/^[A-Za-z]{2}$/, 'must be two letters')
      .optional()
      .describe('Country, two letters'),
    state_or_province_name: oneLine.optional().describe('State or province'),
    locality_name: oneLine.optional().describe('Town'),
    organization_name: oneLine.optional().describe('Organization'),
    organizational_unit_name: oneLine.optional().describe('Part of the organization'),
    email_address: oneLine.optional().describe('Address for mail'),
    subject: z
      .record(z.string().regex(/^[A-Za-z][\w.]*$/, 'must be the name of a field: CN'), words)
      .default({})
      .describe('More fields of the subject, by the names that openssl has: { DC: [example, org] }'),
    subject_alt_name: altNames.optional().describe('Names that the certificate is for: DNS:www.example.org, IP:192.0.2.1'),
    subject_alt_name_critical: z.boolean().default(false).describe('Who does not understand these names must refuse the certificate'),
    use_common_name_for_san: z.boolean().default(true).describe('Without subject_alt_name: the common name is one of these names'),
    key_usage: usage.default([]).describe('What the key is for: [digitalSignature, keyEncipherment]'),
    key_usage_critical: z.boolean().default(false).describe('Who does not understand it must refuse the certificate'),
    extended_key_usage: usage.default([]).describe('What the certificate is for: [serverAuth]'),
    extended_key_usage_critical: z.boolean().default(false).describe('Who does not understand it must refuse the certificate'),
    basic_constraints: usage.default([]).describe("Whether it is of an authority: ['CA:TRUE', 'pathlen:0']"),
    basic_constraints_critical: z.boolean().default(false).describe('Who does not understand it must refuse the certificate'),
    digest: z.enum(['sha256', 'sha384', 'sha512']).default('sha256').describe('How the request is signed'),
    force: z.boolean().default(false).describe('Write it anew on each run'),
    ...fileArgs,
  })
  .refine(({ state, privatekey_path }) => state === 'absent' || privatekey_path !== undefined, { error: 'give privatekey_path' })
  .refine(({ state, path }) => state === 'present' || path !== undefined, { error: 'state: absent needs path' });

type Wanted = z.output<typeof args>;

export default defineModule({
  summary: 'Make a request for a certificate with openssl; a new one where it does not say what is asked for',
  args,
  returns: z.strictObject({
    filename: z.string().exactOptional(),
    csr: z.string().exactOptional().describe('The request, in PEM'),
  }),
  example: `openssl_csr:
  path: /etc/ssl/shop.csr
  privatekey_path: /etc/ssl/private/shop.key
  common_name: shop.example.org
  subject_alt_name: [DNS:shop.example.org, DNS:www.example.org]
`,
  async *run(probe, wanted) {
    const { path, state, privatekey_path: key = '', privatekey_passphrase = '', digest } = wanted;
    const stat = path === undefined ? undefined : ((await statPaths(probe, [{ path, size: 'any' }])) as [PathStat])[0];
    if (path !== undefined && state === 'absent') {
      if (stat?.type !== 'absent') yield removeFile(path);
      return { filename: path };
    }
    const name = path ?? 'request for a certificate';
    await requireFile(probe, key, name);
    if (path !== undefined) await requireFolderOf(probe, path);
    const subject = subjectOf(wanted);
    const options = subject.length === 0 ? ['-subj', '/'] : [];
    const config = printRequestConfig(subject, extensionsOf(wanted), digest);
    const script = readScript(import.meta.dirname, 'openssl_csr-make.sh');
    const answer = await queryScript(probe, script, [path ?? '', key, ...options], name, `${privatekey_passphrase}\n${config}`);
    const [csr = '', after = '', before = ''] = answer.split(/^--\n/m);
    if (path === undefined || stat === undefined) return { csr };
    if (!wanted.force && stat.type === 'file' && normalizeDescription(before) === normalizeDescription(after)) {
      yield* attributeChanges(path, stat, wanted);
      return { filename: path, csr: new TextDecoder().decode(await probe.read(path)) };
    }
    for await (const change of contentChanges(probe, { ...wanted, path, content: csr }, stat))
      yield { ...change, before: normalizeDescription(before).trimStart(), after: normalizeDescription(after) };
    return { filename: path, csr };
  },
});

function subjectOf(wanted: Wanted): Subject {
  const fields: readonly (readonly [string, string | undefined])[] = [
    ['C', wanted.country_name],
    ['ST', wanted.state_or_province_name],
    ['L', wanted.locality_name],
    ['O', wanted.organization_name],
    ['OU', wanted.organizational_unit_name],
    ['CN', wanted.common_name],
    ['emailAddress', wanted.email_address],
  ];
  const more = Object.entries(wanted.subject).flatMap(([field, values]) => values.map((value) => [field, value] as const));
  return [...more, ...fields.flatMap(([field, value]) => (value === undefined ? [] : [[field, value] as const]))];
}

function extensionsOf(wanted: Wanted): readonly WantedExtension[] {
  const { common_name, use_common_name_for_san } = wanted;
  const named = use_common_name_for_san && common_name !== undefined && !common_name.includes(' ') ? [`DNS:${common_name}`] : [];
  return [
    { name: 'subjectAltName', words: wanted.subject_alt_name ?? named, critical: wanted.subject_alt_name_critical },
    { name: 'keyUsage', words: wanted.key_usage, critical: wanted.key_usage_critical },
    { name: 'extendedKeyUsage', words: wanted.extended_key_usage, critical: wanted.extended_key_usage_critical },
    { name: 'basicConstraints', words: wanted.basic_constraints, critical: wanted.basic_constraints_critical },
  ];
}
