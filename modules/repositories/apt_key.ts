import {
  absolutePath,
  type Change,
  defineModule,
  ensureFileContent,
  isNamedKey,
  type Probe,
  queryScript,
  readKeyFingerprints,
  readScript,
  runScript,
  SwarmError,
  statPaths,
  withLoadUrl,
  withTemporaryFiles,
  z,
} from '../../src/index.ts';

const args = z
  .strictObject({
    url: z
      .string()
      .regex(/^https?:\/\/[^\s\0]+$/, 'must be a URL')
      .optional()
      .describe('URL of the key'),
    data: z
      .string()
      .startsWith('-----BEGIN PGP PUBLIC KEY BLOCK-----', 'must be a key as text')
      .optional()
      .describe('The key itself, as text'),
    file: absolutePath.optional().describe('File of the host with the key'),
    keyserver: z
      .string()
      .regex(/^(?:(?:hkps?|https?):\/\/)?[\w.-]+(?::\d+)?$/, 'must be the name of a key server')
      .optional()
      .describe('Server that has the key; it needs id'),
    id: z
      .string()
      .transform((id) => id.replace(/^0x|\s/gi, '').toUpperCase())
      .pipe(z.string().regex(/^[0-9A-F]{8,40}$/, 'must be the hexadecimal digits of an ID or a fingerprint'))
      .optional()
      .describe(
        'ID or fingerprint of the key; a key with another one is refused; where apt has it already and the host has gpg, nothing is loaded',
      ),
    keyring: absolutePath.optional().describe('File that keeps the key; left out: one in /etc/apt/trusted.gpg.d, named after the key'),
    state: z.enum(['present', 'absent']).default('present').describe('present: apt trusts the key; absent: it does not'),
  })
  .refine(({ url, data, file, keyserver }) => [url, data, file, keyserver].filter((each) => each !== undefined).length <= 1, {
    error: 'give one of url, data, file and keyserver',
  })
  .refine(
    ({ state, url, data, file, keyserver, id }) =>
      [url, data, file, keyserver, state === 'absent' ? id : undefined].some((each) => each !== undefined),
    {
      error: 'give url, data, file or keyserver; with state: absent id is enough',
    },
  )
  .refine(({ keyserver, id }) => keyserver === undefined || id !== undefined, { error: 'keyserver needs id' });

type Args = z.output<typeof args>;

export default defineModule({
  summary: 'Let apt trust a key for all repositories; for one repository use signed_by of deb822_repository',
  args,
  returns: z.strictObject({ paths: z.array(z.string()).describe('The files that hold the key') }),
  example: `apt_key:
  url: https://example.org/archive.asc
`,
  async *run(probe, given) {
    const { id, keyring, state } = given;
    if (state === 'absent') return { paths: yield* removeKey(probe, given) };
    const known = id === undefined || !(await hasGpg(probe)) ? [] : await findKey(probe, id, keyring);
    if (known.length > 0) return { paths: [...known] };
    const content = await readKey(probe, given);
    if (id !== undefined) assertKeyNamed(content, id, sourceOf(given));
    const path = keyring ?? `/etc/apt/trusted.gpg.d/${nameOf(given)}.${isText(content) ? 'asc' : 'gpg'}`;
    yield* ensureFileContent(probe, { path, content, mode: '0644' });
    return { paths: [path] };
  },
});

const hasGpg = async (probe: Probe): Promise<boolean> => (await queryScript(probe, 'command -v gpg || :', [], 'gpg')).trim() !== '';

async function findKey(probe: Probe, id: string, keyring: string | undefined): Promise<readonly string[]> {
  const words = [id, ...(keyring === undefined ? [] : [keyring])];
  const text = await queryScript(probe, withTemporaryFiles(readScript(import.meta.dirname, 'apt_key-find.sh')), words, `key ${id}`);
  return [...new Set(text.split('\n').filter((line) => line !== ''))];
}

/** A name by which the same key is found again. */
function nameOf({ url, file, keyserver, id, data }: Args): string {
  const source = url?.replace(/^https?:\/\//, '') ?? file?.split('/').at(-1) ?? (keyserver === undefined ? undefined : id) ?? id;
  const text = source ?? data?.replaceAll(/-----[A-Z ]+-----|\s/g, '').slice(0, 40) ?? '';
  const name = text
    .replace(/\.(?:asc|gpg|key|pub|txt)$/i, '')
    .replaceAll(/[^\w-]+/g, '-')
    .replaceAll(/^-+|-+$/g, '');
  return name === '' ? 'key' : name;
}

const sourceOf = ({ url, file, keyserver }: Pick<Args, 'url' | 'file' | 'keyserver'>): string => url ?? file ?? keyserver ?? 'the key';

/** Throws where the key is another one than the task names: apt would trust it for every package. */
function assertKeyNamed(content: Uint8Array, id: string, source: string): void {
  const found = readKeyFingerprints(content);
  if (found.some((each) => isNamedKey(each, id))) return;
  const has = found.length === 0 ? 'no key that can be read' : found.join(', ');
  throw new SwarmError('SW6012', `${source} does not have the key ${id}; it has ${has}`, {
    hint: 'Compare the fingerprint with what the owner of the key publishes, then correct id or where the key comes from.',
  });
}

async function readKey(probe: Probe, { url, data, file, keyserver, id = '' }: Args): Promise<Uint8Array> {
  const source = sourceOf({ url, file, keyserver });
  const content =
    data !== undefined
      ? new TextEncoder().encode(`${data.trimEnd()}\n`)
      : file !== undefined
        ? await probe.read(file)
        : await loadKey(probe, url ?? serverUrl(keyserver ?? '', id), source);
  if (content === undefined) throw new SwarmError('SW6012', `${file} does not exist`, { lacks: { kind: 'path', name: file ?? '' } });
  // an OpenPGP packet of a public key, in its old or new form
  if (isText(content) || [0x98, 0x99, 0xc6].includes(content[0] ?? 0)) return content;
  throw new SwarmError('SW6012', `${source} is not a key`, { hint: 'Write the URL or the file of an OpenPGP key, as text or as bytes.' });
}

const isText = (content: Uint8Array): boolean =>
  new TextDecoder().decode(content.subarray(0, 4096)).includes('-----BEGIN PGP PUBLIC KEY BLOCK-----');

const loadKey = async (probe: Probe, url: string, subject: string): Promise<Uint8Array> =>
  Buffer.from(await queryScript(probe, withLoadUrl('pipe_url base64 "$1" 60'), [url], `key ${subject}`), 'base64');

/** Servers of keys speak HTTP: hkp at port 11371. */
function serverUrl(server: string, id: string): string {
  const [, scheme = 'hkps', host = ''] = /^(?:(\w+):\/\/)?(.+)$/.exec(server) ?? [];
  const port = scheme === 'hkp' && !host.includes(':') ? ':11371' : '';
  return `${scheme === 'hkp' || scheme === 'http' ? 'http' : 'https'}://${host}${port}/pks/lookup?op=get&options=mr&search=0x${id}`;
}

async function* removeKey(probe: Probe, given: Args): AsyncGenerator<Change, string[], void> {
  const { id, keyring } = given;
  const name = `/etc/apt/trusted.gpg.d/${nameOf(given)}`;
  const named = keyring === undefined ? [`${name}.asc`, `${name}.gpg`] : [keyring];
  const stats = await statPaths(
    probe,
    named.map((path) => ({ path })),
  );
  const own = id === undefined ? named.filter((_, at) => stats[at]?.type === 'file') : await findKey(probe, id, keyring);
  for (const path of own)
    yield {
      verb: 'delete',
      subject: `key ${id ?? ''} in ${path}`,
      apply: async (remote) =>
        void (await runScript(remote, withTemporaryFiles(readScript(import.meta.dirname, 'apt_key-remove.sh')), [path, id ?? ''], path)),
    };
  return [...own];
}
