import {
  absolutePath,
  type Change,
  defineModule,
  editFile,
  editIni,
  ensureFileContent,
  ensureFolder,
  oneLine,
  type Probe,
  queryScript,
  readScript,
  removeFile,
  requireProgram,
  runOrThrow,
  SwarmError,
  withLoadUrl,
  z,
} from '../../src/index.ts';

const args = z
  .strictObject({
    name: z
      .string()
      .regex(/^[\w][\w.:+-]*$/, 'must be the alias of a repository')
      .optional()
      .describe('Alias of the repository; left out where repo is the URL of a .repo file'),
    repo: oneLine.optional().describe('URL of the repository, or of a .repo file'),
    state: z.enum(['present', 'absent']).default('present').describe('present: the repository is there; absent: it is removed'),
    description: oneLine.optional().describe('Its name for people'),
    enabled: z.boolean().default(true).describe('Whether it is used'),
    autorefresh: z.boolean().default(true).describe('Whether its lists are loaded by themselves'),
    priority: z.int().min(1).max(200).default(99).describe('A repository with a lower number wins'),
    disable_gpg_check: z.boolean().default(false).describe('Take packages that nobody signed'),
    auto_import_keys: z.boolean().default(false).describe('Trust the key of the repository when it is new'),
    runrefresh: z.boolean().default(false).describe('Load its lists at each run'),
    reposdir: absolutePath.default('/etc/zypp/repos.d').describe('Folder of the files'),
  })
  .refine(({ state, name, repo }) => name !== undefined || (repo !== undefined && (state === 'absent' || isRepoFile(repo))), {
    error: 'give name; without it, repo must be the URL of a .repo file',
  })
  .refine(({ state, repo }) => state === 'absent' || repo !== undefined, { error: 'state: present needs repo' });

const isRepoFile = (repo: string): boolean => /^https?:\/\/\S+\.repo$/.test(repo);

type Args = z.output<typeof args>;

export default defineModule({
  summary: 'Keep a repository of zypper in /etc/zypp/repos.d',
  args,
  returns: z.strictObject({ path: z.string().describe('The file with the repository') }),
  example: `zypper_repository:
  name: example
  repo: https://example.org/opensuse/
  auto_import_keys: true
`,
  async *run(probe, given) {
    const { name, repo = '', state, reposdir } = given;
    const subject = `repository ${name ?? repo}`;
    await requireProgram(probe, ['zypper'], subject);
    const found = await findFiles(probe, reposdir);
    if (state === 'absent') return { path: yield* removeRepository(probe, given, found) };
    let isNew = false;
    let path: string;
    yield* ensureFolder(probe, reposdir);
    if (isRepoFile(repo)) {
      path = `${reposdir}/${repo.split('/').at(-1)}`;
      const text = await loadRepoFile(probe, repo);
      const aliases = [...text.matchAll(/^\[(.+)\]\s*$/gm)].map(([, alias = '']) => alias);
      if (!aliases.every((alias) => found.some((entry) => entry.alias === alias))) {
        isNew = true;
        yield* ensureFileContent(probe, { path, content: text, mode: '0644' });
      }
    } else {
      path = found.find((entry) => entry.alias === name)?.path ?? `${reposdir}/${name}.repo`;
      isNew = !found.some((entry) => entry.alias === name);
      yield* editFile(probe, { path, missing: 'create', mode: '0644' }, (text) => editRepository(text, name ?? '', given));
    }
    if (given.runrefresh || (isNew && given.auto_import_keys)) yield refreshChange(given, subject);
    return { path };
  },
});

interface Entry {
  readonly alias: string;
  readonly path: string;
  readonly url: string;
}

/** The repositories in the files of the folder. */
async function findFiles(probe: Probe, folder: string): Promise<readonly Entry[]> {
  const script = readScript(import.meta.dirname, 'zypper_repository-find.sh');
  const rows = (await queryScript(probe, script, [folder], folder)).split('\n').map((line) => line.split('\t'));
  return rows.flatMap(([alias = '', path, url = '']) => (path === undefined ? [] : [{ alias, path, url }]));
}

async function* removeRepository(
  probe: Probe,
  { name, repo, reposdir }: Args,
  found: readonly Entry[],
): AsyncGenerator<Change, string, void> {
  const entry = found.find(({ alias, url }) => (name === undefined ? url === repo : alias === name));
  if (entry === undefined) return `${reposdir}/${name ?? 'none'}.repo`;
  const { alias, path } = entry;
  if (found.every((each) => each.path !== path || each.alias === alias)) yield removeFile(path);
  else yield* editFile(probe, { path, missing: 'skip' }, (text) => editIni(text, { section: alias, state: 'absent' }));
  return path;
}

function editRepository(
  text: string,
  section: string,
  { repo = '', description, enabled, autorefresh, priority, disable_gpg_check }: Args,
): string {
  const rows: Readonly<Record<string, string>> = {
    name: description ?? section,
    enabled: enabled ? '1' : '0',
    autorefresh: autorefresh ? '1' : '0',
    baseurl: repo,
    priority: String(priority),
    gpgcheck: disable_gpg_check ? '0' : '1',
  };
  return Object.entries(rows).reduce((old, [option, value]) => editIni(old, { section, option, value, state: 'present' }), text);
}

async function loadRepoFile(probe: Probe, url: string): Promise<string> {
  const text = await queryScript(probe, withLoadUrl('load_url "$1" 60 -'), [url], url);
  if (/^\[.+\]\s*$/m.test(text)) return text;
  throw new SwarmError('SW6012', `${url} is not a file with a repository`, {
    hint: 'Write the URL of the .repo file, or name: and the URL of the repository.',
  });
}

function refreshChange({ name, auto_import_keys }: Args, subject: string): Change {
  const words = [
    ...(auto_import_keys ? ['--gpg-auto-import-keys'] : []),
    '-q',
    '-n',
    'refresh',
    ...(name === undefined ? [] : ['--', name]),
  ];
  return {
    verb: 'run',
    subject: `lists of ${subject}`,
    apply: async (remote) => void (await runOrThrow(remote, ['zypper', ...words], subject)),
  };
}
