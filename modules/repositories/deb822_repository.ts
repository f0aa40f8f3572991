import {
  absolutePath,
  type Change,
  defineModule,
  ensureFileContent,
  ensureFolder,
  loadAptLists,
  loadNewAptLists,
  type Probe,
  queryScript,
  readScript,
  readSources,
  removeFile,
  requireProgram,
  SwarmError,
  statPaths,
  withLoadUrl,
  z,
} from '../../src/index.ts';

const word = z.string().regex(/^[^\s\0,]+$/, 'must be one word');
const words = z
  .union([z.string().regex(/^[^\0\n]*$/, 'must be one line'), z.array(word)])
  .transform((value) => (typeof value === 'string' ? value.split(/[\s,]+/).filter((each) => each !== '') : value))
  .optional();
const flag = z.boolean().optional();

/** In the order of their names, as the lines stand in the file. */
const fields = {
  allow_downgrade_to_insecure: flag.describe('Use it also where it is no longer signed'),
  allow_insecure: flag.describe('Use it also where it is not signed'),
  allow_weak: flag.describe('Use it also where its signature is weak'),
  architectures: words.describe('Only these architectures: amd64'),
  by_hash: flag.describe('Load lists by their checksum'),
  check_date: flag.describe('Refuse lists with a date in the future'),
  check_valid_until: flag.describe('Refuse lists that are too old'),
  components: words.describe('The components: main contrib'),
  date_max_future: z.int().min(0).optional().describe('With check_date: by how many seconds a date may be in the future'),
  enabled: flag.describe('Whether apt uses it'),
  inrelease_path: word.optional().describe('Path of the file InRelease in the repository'),
  languages: words.describe('Only these languages of descriptions'),
  name: z
    .string()
    .regex(/[a-z0-9]/i, 'must have a letter or a digit')
    .regex(/^[^\0\n/]{1,100}$/, 'must be one line without /')
    .describe('Name of the repository; the files get it in small letters'),
  pdiffs: flag.describe('Load differences of lists'),
  signed_by: z
    .string()
    .regex(/^[^\0]+$/, 'must not contain a NUL')
    .refine((text) => /^-----BEGIN PGP PUBLIC KEY BLOCK-----/.test(text) || !text.trim().includes('\n'), 'must be one line or a key')
    .optional()
    .describe('The key: a URL, a file of the host, a fingerprint, or the text of the key'),
  suites: words.describe('The suites: bookworm'),
  targets: words.describe('Which lists are loaded'),
  trusted: flag.describe('true: use it without a signature'),
  types: words.describe('deb, deb-src or both; left out: deb'),
  uris: words.describe('The URLs'),
};

const args = z
  .strictObject({
    ...fields,
    state: z.enum(['present', 'absent']).default('present').describe('present: the repository is there; absent: its files are removed'),
    update_cache: z.boolean().default(true).describe('Load the lists of packages after a change'),
    mode: z
      .string()
      .regex(/^[0-7]{3,4}$/, 'must be three or four octal digits in quotes')
      .default('0644')
      .describe('Mode of the files'),
    folder: absolutePath.default('/etc/apt').describe('Folder of the configuration of apt'),
  })
  .refine(({ state, uris, suites }) => state === 'absent' || (uris !== undefined && suites !== undefined), {
    error: 'state: present needs uris and suites',
  });

export default defineModule({
  summary: 'Keep a repository of apt in a file of its own, with its key',
  args,
  returns: z.strictObject({ path: z.string().describe('The file'), key: z.string().exactOptional().describe('The file of the key') }),
  example: `deb822_repository:
  name: example
  uris: https://example.org/debian
  suites: bookworm
  components: main
  signed_by: https://example.org/debian/key.asc
`,
  async *run(probe, given) {
    await requireProgram(probe, ['apt-get'], `repository ${given.name}`);
    return given.state === 'absent' ? yield* removeRepository(probe, given) : yield* writeRepository(probe, given);
  },
});

type Args = z.output<typeof args>;

/** The file of the repository, and those that may hold its key: as text, and as bytes. */
function pathsOf({ name, folder }: Args): { readonly path: string; readonly keys: readonly [text: string, bytes: string] } {
  const slug = name
    .toLowerCase()
    .replace(/[_\s]+/g, '-')
    .replace(/[^a-z0-9-]+/g, '');
  return { path: `${folder}/sources.list.d/${slug}.sources`, keys: [`${folder}/keyrings/${slug}.asc`, `${folder}/keyrings/${slug}.gpg`] };
}

async function* removeRepository(probe: Probe, given: Args): AsyncGenerator<Change, { path: string }, void> {
  const { path, keys } = pathsOf(given);
  let isRemoved = false;
  for await (const change of removals(probe, [path, ...keys])) {
    isRemoved = true;
    yield change;
  }
  if (isRemoved && given.update_cache) yield loadAptLists([], []);
  return { path };
}

/** The key is written first, then the lists are loaded, then the file is put in its place. */
async function* writeRepository(probe: Probe, given: Args): AsyncGenerator<Change, { path: string; key?: string }, void> {
  const { uris = [], signed_by, types = ['deb'], update_cache, mode, folder } = given;
  const { path, keys } = pathsOf(given);
  const key = await loadKey(probe, signed_by ?? '');
  const keyPath = key === undefined ? undefined : key.isText ? keys[0] : keys[1];
  const plainProbe = { ...probe, takesUnsureChanges: false }; // whether a file changes must be known before it does: the lists are loaded first
  const stanza = printStanza({ ...given, types, signed_by: keyPath ?? signed_by });
  const sources = update_cache ? await readSources(probe, keys) : [];
  let isKeyNew = false;
  if (key !== undefined && keyPath !== undefined) {
    yield* ensureFolder(probe, `${folder}/keyrings`);
    for await (const change of ensureFileContent(plainProbe, { path: keyPath, content: key.bytes, mode })) {
      isKeyNew = true;
      yield change;
    }
  }
  yield* ensureFolder(probe, `${folder}/sources.list.d`);
  let areListsLoaded = false;
  for await (const change of ensureFileContent(plainProbe, { path, content: stanza, mode })) {
    if (update_cache && !areListsLoaded) yield loadNewAptLists(uris, { path, text: stanza }, sources);
    areListsLoaded = true;
    yield change;
  }
  if (isKeyNew && update_cache && !areListsLoaded) yield loadAptLists(uris, sources);
  return { path, ...(keyPath === undefined ? {} : { key: keyPath }) };
}

async function* removals(probe: Probe, paths: readonly string[]): AsyncGenerator<Change, void, void> {
  const found = await statPaths(
    probe,
    paths.map((path) => ({ path })),
  );
  for (const path of paths.filter((_, at) => found[at]?.type !== 'absent')) yield removeFile(path);
}

/** The key behind a URL; undefined for anything else. */
async function loadKey(probe: Probe, url: string): Promise<{ readonly bytes: Uint8Array; readonly isText: boolean } | undefined> {
  if (!/^https?:\/\//.test(url)) return undefined;
  const bytes = Buffer.from(
    await queryScript(probe, withLoadUrl(readScript(import.meta.dirname, 'deb822_repository-key.sh')), [url], `key ${url}`),
    'base64',
  );
  const isText = bytes.includes('-----BEGIN PGP PUBLIC KEY BLOCK-----');
  // a packet of OpenPGP begins with the highest bit set
  if (!isText && (bytes[0] ?? 0) < 0x80)
    throw new SwarmError('SW6012', `${url} is not a key`, {
      hint: 'Write signed_by: with the URL of a key of OpenPGP, as text or binary.',
    });
  return { bytes, isText };
}

function printStanza(wanted: Readonly<Record<string, string | boolean | number | readonly string[] | undefined>>): string {
  const lines = Object.keys(fields).flatMap((name) => {
    const value = wanted[name];
    return value === undefined ? [] : [`${printName(name)}:${printValue(value)}`];
  });
  return `${lines.join('\n')}\n`;
}

function printName(name: string): string {
  if (name === 'name') return 'X-Repolib-Name';
  if (name === 'uris') return 'URIs';
  return name.replace(/(?:^|_)[a-z]/g, (part) => part.toUpperCase()).replaceAll('_', '-');
}

/** A text of several lines begins on the next line, and an empty line of it is a point. */
function printValue(value: string | boolean | number | readonly string[]): string {
  if (typeof value === 'boolean') return value ? ' yes' : ' no';
  if (typeof value !== 'string') return ` ${[value].flat().join(' ')}`;
  const lines = value.trim().split('\n');
  return lines.length === 1 ? ` ${lines[0]}` : lines.map((line) => `\n    ${line.trim() || '.'}`).join('');
}
