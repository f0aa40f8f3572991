import {
  absolutePath,
  type Change,
  defineModule,
  missingProgramError,
  type Probe,
  parseForeignJson,
  runScript,
  SwarmError,
  statFile,
  z,
} from '../../src/index.ts';

/** Arguments: FOLDER or "", PROGRAM WORD... */
const IN_FOLDER = '[ -z "$1" ] || cd -- "$1" || exit; shift; exec "$@"';
const IN_NEW_FOLDER = `[ -z "$1" ] || mkdir -p -- "$1" || exit; ${IN_FOLDER}`;

const args = z
  .strictObject({
    name: z
      .string()
      .regex(/^(?:@[\w.~-]+\/)?[\w~][\w.~-]*$/, 'must be the name of a package')
      .optional()
      .describe('Package; left out: those of package.json in path'),
    version: z
      .string()
      .regex(/^\d[\w.+-]*$/, 'must be a version: 4.17.21')
      .optional()
      .describe('Version of the package; 4.17 takes any 4.17.x that is installed'),
    path: absolutePath.optional().describe('Folder of the project on the host; with name it is made where it is missing'),
    global: z.boolean().default(false).describe('Install it for the whole host'),
    state: z
      .enum(['present', 'absent', 'latest'])
      .default('present')
      .describe('latest: install it, and update it where there is a newer version'),
    production: z.boolean().default(false).describe('Leave out what only development needs'),
    ci: z.boolean().default(false).describe('Install what package-lock.json says, with npm ci'),
    ignore_scripts: z.boolean().default(false).describe('Run no scripts of packages'),
    no_optional: z.boolean().default(false).describe('Leave out optional packages'),
    force: z.boolean().default(false).describe('Install also where npm sees a conflict'),
    registry: z
      .string()
      .regex(/^https?:\/\/\S+$/, 'must be a URL')
      .optional()
      .describe('URL to load packages from'),
    executable: absolutePath.optional().describe('The program npm; left out: the one on PATH'),
  })
  .refine(({ global, path }) => global !== (path !== undefined), { error: 'give either path or global' })
  .refine(({ global, name }) => !global || name !== undefined, { error: 'global needs name' })
  .refine(({ state, name }) => state !== 'absent' || name !== undefined, { error: 'state: absent needs name' })
  .refine(({ version, name, state }) => version === undefined || (name !== undefined && state === 'present'), {
    error: 'version needs name, and state: present',
  })
  .refine(({ ci, name, state }) => !ci || (name === undefined && state === 'present'), {
    error: 'ci is for package.json: without name, with state: present',
  });

type Args = z.output<typeof args>;

export default defineModule({
  summary: 'Install, update or remove packages of Node.js with npm',
  args,
  returns: z.strictObject({
    changed_packages: z.array(z.string()).describe('Installed, updated or removed; in a check: those that would be'),
  }),
  example: `npm:
  path: /srv/app
  production: true
`,
  async *run(probe, given) {
    const { state, name, version } = given;
    const hasFolder = await findFolder(probe, given);
    const listed = parseDependencies(hasFolder ? await ask(probe, given, ['list', '--json', '--depth=0']) : {});
    const wanted = name === undefined ? [...listed.keys()] : [name];
    const has = (each: string): boolean => isPresent(listed.get(each), each === name ? version : undefined);
    if (state === 'absent') {
      if (listed.get(name ?? '')?.version === undefined) return { changed_packages: [] };
      yield change(given, 'delete', ['uninstall'], wanted);
      return { changed_packages: wanted };
    }
    const missing = wanted.filter((each) => !has(each));
    const outdated = state === 'latest' && hasFolder ? await listOutdated(probe, given, wanted) : [];
    const changed = [...new Set([...missing, ...outdated])].toSorted();
    if (changed.length === 0) return { changed_packages: [] };
    yield change(given, missing.length > 0 ? 'create' : 'update', installWords(given, missing.length === 0), changed);
    return { changed_packages: changed };
  },
});

interface Dependency {
  readonly version?: string | undefined;
  readonly isWrong: boolean;
}

/** Whether the folder is there. A package that is named makes it; without a name there is no package.json to read. */
async function findFolder(probe: Probe, { path, name }: Args): Promise<boolean> {
  if (path === undefined) return true;
  const { stat } = await statFile(probe, path);
  if (stat.type === 'directory') return true;
  if (stat.type === 'absent' && name !== undefined) return false;
  throw new SwarmError('SW6012', `${path} is not a folder of the host`, { lacks: { kind: 'path', name: path } });
}

const npmOf = ({ executable = 'npm' }: Args): string => executable;

const placeOf = ({ global }: Args): readonly string[] => (global ? ['--global'] : []);

type Answer = Readonly<Record<string, unknown>>;

/** npm ends with 1 where a package is missing or old: what it prints counts. Where it cannot tell, it prints an error as JSON too. */
async function ask(probe: Probe, given: Args, words: readonly string[]): Promise<Answer> {
  const argv = ['/bin/sh', '-c', IN_FOLDER, 'sh', given.path ?? '', npmOf(given), ...words, ...placeOf(given)] as const;
  const { exit, stdout, stderr } = await probe.query({ argv });
  const answer = exit === 0 && stdout.trim() === '' ? {} : parseAnswer(stdout);
  const problem = answer === undefined ? stderr.trim().split('\n')[0] || `exit ${exit}, and no JSON` : readProblem(answer);
  if (answer !== undefined && problem === undefined) return answer;
  throw missingProgramError({ stderr }, 'npm') ?? new SwarmError('SW6012', `npm ${words[0]}: ${problem}`);
}

const isAnswer = (value: unknown): value is Answer => typeof value === 'object' && value !== null && !Array.isArray(value);

function parseAnswer(text: string): Answer | undefined {
  try {
    const value: unknown = parseForeignJson(text);
    return isAnswer(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** A package may be called error: then it has no summary. ELSPROBLEMS: a package is missing or another version, as each of them says too. */
function readProblem({ error }: Answer): string | undefined {
  return isAnswer(error) && error['code'] !== 'ELSPROBLEMS' && typeof error['summary'] === 'string'
    ? (error['summary'].split('\n')[0] ?? '')
    : undefined;
}

function parseDependencies({ dependencies }: Answer): ReadonlyMap<string, Dependency> {
  return new Map(
    Object.entries(isAnswer(dependencies) ? dependencies : {}).map(([name, found]) => {
      const { version, missing, invalid } = isAnswer(found) ? found : {};
      const isMissing = missing === true;
      return [
        name,
        { version: typeof version === 'string' && !isMissing ? version : undefined, isWrong: isMissing || invalid !== undefined },
      ];
    }),
  );
}

const isPresent = (found: Dependency | undefined, version: string | undefined): boolean =>
  found?.version !== undefined &&
  !found.isWrong &&
  (version === undefined || found.version === version || found.version.startsWith(`${version}.`));

async function listOutdated(probe: Probe, given: Args, wanted: readonly string[]): Promise<readonly string[]> {
  const rows = await ask(probe, given, ['outdated', '--json', ...registryWords(given)]);
  return Object.entries(rows as Readonly<Record<string, { readonly current?: string; readonly wanted?: string; readonly latest?: string }>>)
    .filter(([name, row]) => wanted.includes(name) && row.current !== (given.name === undefined ? row.wanted : row.latest))
    .map(([name]) => name);
}

const registryWords = ({ registry }: Args): readonly string[] => (registry === undefined ? [] : ['--registry', registry]);

function installWords(given: Args, isUpdate: boolean): readonly string[] {
  const verb = given.ci ? 'ci' : isUpdate && given.name === undefined ? 'update' : 'install';
  return [
    verb,
    ...(given.production ? ['--production'] : []),
    ...(given.ignore_scripts ? ['--ignore-scripts'] : []),
    ...(given.no_optional ? ['--no-optional'] : []),
    ...(given.force ? ['--force'] : []),
    ...registryWords(given),
  ];
}

function change(given: Args, verb: Change['verb'], words: readonly string[], changed: readonly string[]): Change {
  const { name, version, state, path = '' } = given;
  const spec = version ?? (state === 'latest' ? 'latest' : undefined);
  const target = name === undefined ? [] : [`${name}${spec === undefined ? '' : `@${spec}`}`];
  const where = path === '' ? 'npm' : `npm in ${path}`;
  return {
    verb,
    subject: `packages ${changed.join(' ')} (${where})`,
    apply: async (remote) =>
      void (await runScript(remote, IN_NEW_FOLDER, [path, npmOf(given), ...words, ...placeOf(given), '--', ...target], where)),
  };
}
