import {
  type Account,
  absolutePath,
  type Change,
  defineModule,
  type Probe,
  passwordAgeArgs,
  passwordAgeChange,
  readAccount,
  readScript,
  requireProgram,
  runScript,
  statPaths,
  UNSET_PASSWORD,
  userKeyArgs,
  userKeyChanges,
  userPasswordArgs,
  userPasswordChanges,
  withExactMode,
  withSweepLeftovers,
  z,
} from '../../src/index.ts';

const NAME = String.raw`[a-z_][a-z0-9_.-]{0,31}\$?`;
const accountName = z.string().regex(new RegExp(`^${NAME}$`, 'i'), 'must be the name of a user or group');
// A part of a line of /etc/passwd: shadow refuses control characters, after it has begun to write
const passwdField = /^[^:\x00-\x1f\x7f-\x9f]*$/;
const GROUP_NAMES = new RegExp(String.raw`^(?:${NAME}(?:\s*,\s*${NAME})*)?$`, 'i');
const groupNames = z
  .union([z.array(accountName), z.string().regex(GROUP_NAMES, 'must be names of groups with commas between them')])
  .transform((value) => (typeof value === 'string' ? value.split(',').flatMap((each) => each.trim() || []) : value));

const args = z
  .strictObject({
    name: accountName.describe('Name of the account'),
    state: z.enum(['present', 'absent']).default('present').describe('present: the account is there; absent: it is removed'),
    uid: z.int().min(0).optional().describe('Number of the account'),
    group: accountName.optional().describe('Primary group'),
    groups: groupNames.optional().describe('Other groups: a list, or names with commas'),
    append: z.boolean().default(false).describe('Keep the other groups that the user is in'),
    comment: z.string().regex(passwdField, 'must be one line without :').optional().describe('Full name'),
    home: absolutePath.regex(passwdField, 'must be one line without :').optional().describe('Home folder'),
    shell: absolutePath.regex(passwdField, 'must be one line without :').optional().describe('Login shell'),
    system: z.boolean().default(false).describe('Of a new user: an account of the system'),
    create_home: z
      .boolean()
      .default(true)
      .describe('Make its home where there is none; the one of Debian that must not be made, /nonexistent, stays so'),
    ...userPasswordArgs,
    expires: z.number().optional().describe('When the account ends, in seconds since 1970; below 0: never'),
    non_unique: z.boolean().default(false).describe('Let another account have the same uid'),
    move_home: z.boolean().default(false).describe('With another home: move the files there'),
    skeleton: absolutePath.optional().describe('Of a new home: folder of the files for it'),
    umask: z
      .string()
      .regex(/^0?[0-7]{3}$/, 'must be three octal digits')
      .optional()
      .describe('Of a new home: umask for it'),
    ...userKeyArgs,
    ...passwordAgeArgs,
    remove: z.boolean().default(false).describe('With state: absent, remove the home too'),
    force: z.boolean().default(false).describe('With state: absent, also where the user is logged in'),
  })
  .refine(({ password }) => password === undefined || /^([!*]|\$\w+\$)/.test(password), {
    error: 'password must be a hash: make one with openssl passwd -6',
    path: ['password'],
  });

type Wanted = z.output<typeof args>;

export default defineModule({
  summary: 'Create, change or remove a user',
  args,
  returns: z.strictObject({
    name: z.string(),
    state: z.enum(['present', 'absent']),
    home: z.string().exactOptional(),
    ssh_key_file: z.string().exactOptional(),
    ssh_public_key: z.string().exactOptional().describe('The public part of the key, with generate_ssh_key'),
  }),
  example: `user:
  name: builder
  groups: [portage]
  append: true
  shell: /bin/bash
`,
  async *run(probe, wanted) {
    const { name, state } = wanted;
    const found = await readAccount(probe, name);
    if (state === 'absent') {
      if (found === undefined) return { name, state };
      await requireProgram(probe, ['userdel', 'deluser'], `user ${name}`);
      yield accountChange(
        'delete',
        name,
        'remove',
        [...(wanted.remove ? ['-r'] : []), ...(wanted.force ? ['-f'] : [])],
        `${describe(found)}`,
        '',
      );
      return { name, state };
    }
    yield* presentChanges(probe, wanted, found);
    const home = wanted.home ?? found?.home ?? `/home/${name}`;
    return { name, state, home, ...(wanted.generate_ssh_key ? yield* userKeyChanges(probe, wanted, home) : {}) };
  },
});

async function* presentChanges(probe: Probe, wanted: Wanted, found: Account | undefined): AsyncGenerator<Change, void, void> {
  const { name } = wanted;
  const ages = await passwordAgeChange(probe, wanted, found);
  const kept = found === undefined || !wanted.append ? [] : found.groups.slice(1);
  const groups = wanted.groups === undefined ? undefined : [...new Set([...kept, ...wanted.groups])].sort();
  const options = changedOptions({ ...wanted, groups }, found);
  if (found === undefined || options.length > 0) {
    const after = describe({
      uid: String(wanted.uid ?? found?.uid ?? 'the next free one'),
      comment: wanted.comment ?? found?.comment ?? '',
      home: wanted.home ?? found?.home ?? '',
      shell: wanted.shell ?? found?.shell ?? '',
      groups: [wanted.group ?? found?.groups[0] ?? name, ...(groups ?? found?.groups.slice(1) ?? [])],
    });
    await requireProgram(probe, found === undefined ? ['useradd', 'adduser'] : ['usermod'], `user ${name}`);
    if (found === undefined) yield creation(wanted, [...options, ...(wanted.password === undefined ? [] : ['-p', UNSET_PASSWORD])], after);
    else yield accountChange('update', name, 'change', options, describe(found), after);
  }
  if (found !== undefined && wanted.create_home && !wanted.move_home) yield* homeChanges(probe, wanted, wanted.home ?? found.home);
  yield* userPasswordChanges(wanted, found);
  if (ages !== undefined) yield ages;
}

/** If useradd -m is killed, it leaves half a home, or one of root. So useradd makes none, and a script does it. */
function creation(wanted: Wanted, options: readonly string[], after: string): Change {
  const { name, system, create_home } = wanted;
  const change = accountChange('create', name, 'create', ['-M', ...(system ? ['-r'] : []), ...options], undefined, after);
  const apply: Change['apply'] = async (remote) => {
    await change.apply(remote);
    const made = create_home ? await readAccount(remote, name) : undefined;
    if (made !== undefined) for await (const { apply } of homeChanges(remote, wanted, made.home)) await apply(remote);
  };
  return { ...change, apply };
}

async function* homeChanges(probe: Probe, wanted: Wanted, home: string): AsyncGenerator<Change, void, void> {
  if (!home.startsWith('/') || home === '/nonexistent' || (await statPaths(probe, [{ path: home }]))[0]?.type !== 'absent') return;
  const { name, skeleton = '/etc/skel', umask = '' } = wanted;
  const script = withSweepLeftovers(withExactMode(readScript(import.meta.dirname, 'user-home.sh')));
  const apply: Change['apply'] = async (remote) => void (await runScript(remote, script, [name, home, skeleton, umask], `home of ${name}`));
  yield { verb: 'create', subject: home, apply };
}

/** The words of useradd or usermod for what differs. */
function changedOptions(wanted: Wanted, found: Account | undefined): readonly string[] {
  const rows: readonly (readonly [option: string, value: string | undefined, current: string | undefined])[] = [
    ['-u', wanted.uid?.toString(), found?.uid],
    ['-g', wanted.group, found?.groups[0]],
    ['-G', wanted.groups?.join(','), found === undefined ? undefined : found.groups.slice(1).toSorted().join(',')],
    ['-c', wanted.comment, found?.comment],
    ['-d', wanted.home, found?.home],
    ['-s', wanted.shell, found?.shell],
    ['-e', expiryDate(wanted.expires, found), found === undefined ? undefined : dayToDate(found.expires)],
  ];
  const changed = rows.filter(([, value, current]) => value !== undefined && value !== current);
  const flags = (option: string): readonly string[] =>
    option === '-u' && wanted.non_unique ? ['-o'] : option === '-d' && found !== undefined && wanted.move_home ? ['-m'] : [];
  return changed.flatMap(([option, value = '']) => [option, value, ...flags(option)]);
}

const dayToDate = (day: string): string => (day === '' ? '' : new Date(Number(day) * 86_400_000).toISOString().slice(0, 10));

/** The day on which the account ends, as useradd takes it; an empty text for never. */
function expiryDate(expires: number | undefined, found: Account | undefined): string | undefined {
  if (expires === undefined || (expires < 0 && found === undefined)) return undefined;
  return expires < 0 ? '' : dayToDate(String(Math.floor(expires / 86_400)));
}

function accountChange(
  verb: Change['verb'],
  name: string,
  step: string,
  options: readonly string[],
  before: string | undefined,
  after: string,
): Change {
  const script = readScript(import.meta.dirname, 'user-apply.sh');
  return {
    verb,
    subject: `user ${name}`,
    ...(before === undefined ? {} : { before }),
    after,
    apply: async (remote) => void (await runScript(remote, script, [step, name, ...options], `user ${name}`)),
  };
}

const describe = ({ uid, comment, home, shell, groups }: Omit<Account, 'name' | 'gid' | 'password' | 'expires' | 'passwordAges'>): string =>
  Object.entries({ uid, comment, home, shell, groups: groups.join(' ') })
    .map(([field, value]) => (value === '' ? '' : `${field} ${value}\n`)) // what the host chooses for a new user is not known yet
    .join('');
