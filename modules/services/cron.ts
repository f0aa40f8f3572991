import {
  type Change,
  defineModule,
  editCrontab,
  editFile,
  type Probe,
  queryScript,
  readScript,
  runScript,
  withTemporaryFiles,
  z,
} from '../../src/index.ts';

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** A field of crontab(5): cron ignores the whole file, or the host refuses it, where one is wrong. */
const field = (least: number, most: number, names: readonly string[] = []) =>
  z
    .union([z.string(), z.number()])
    .transform(String)
    .pipe(
      z.string().refine((text) => text.split(',').every((part) => isFieldPart(part, { least, most, names })), {
        error: `takes *, a number from ${least} to ${most}, a range such as ${least}-${most}, a step such as */2, or several with commas`,
      }),
    )
    .default('*');

function isFieldPart(part: string, { least, most, names }: { least: number; most: number; names: readonly string[] }): boolean {
  const [range = '', step, ...rest] = part.split('/');
  if (rest.length > 0 || (step !== undefined && !/^0*[1-9]\d*$/.test(step))) return false;
  if (range === '*') return true;
  const ends = range.split('-');
  const isEnd = (end: string): boolean =>
    /^\d+$/.test(end) ? Number(end) >= least && Number(end) <= most : names.includes(end.toLowerCase());
  return ends.length <= 2 && ends.every(isEnd);
}

const args = z
  .strictObject({
    name: z
      .string()
      .regex(/^[^\0\n]+$/, 'must be one line')
      .describe('Name of the entry, which stands in a comment before it; with env: the variable'),
    job: z
      .string()
      .regex(/^[^\0\n]+$/, 'must be one line')
      .optional()
      .describe('The command line; cron reads % as a line break, so write \\%. With env: the value'),
    env: z.boolean().default(false).describe('true: the entry is a variable, such as MAILTO'),
    cron_file: z
      .string()
      .regex(/^(?:\/|[\w-])[^\0\n]*$/, 'must be a name for /etc/cron.d, or an absolute path')
      .optional()
      .describe('A file of /etc/cron.d, or an absolute path, in place of the crontab of a user, which needs the program crontab'),
    state: z.enum(['present', 'absent']).default('present').describe('present: the job is there; absent: it is removed'),
    user: z
      .string()
      .regex(/^[a-z_][a-z0-9_.-]*$/i)
      .optional()
      .describe('Whose crontab, default: the user of the login. With cron_file: who runs the job, default: root'),
    minute: field(0, 59).describe('Minute of the hour'),
    hour: field(0, 23).describe('Hour of the day'),
    day: field(1, 31).describe('Day of the month'),
    month: field(1, 12, MONTHS).describe('Month of the year'),
    weekday: field(0, 7, WEEKDAYS).describe('Day of the week, 0 is Sunday'),
    special_time: z
      .enum(['reboot', 'hourly', 'daily', 'weekly', 'monthly', 'yearly', 'annually'])
      .optional()
      .describe('Instead of the five fields'),
    disabled: z.boolean().default(false).describe('Keep the entry as a comment'),
  })
  .refine(({ state, job }) => state === 'absent' || job !== undefined, { error: 'state: present needs job' })
  .refine(({ env, name }) => !env || /^[A-Za-z_]\w*$/.test(name), { error: 'must be the name of a variable', path: ['name'] });

type Wanted = z.output<typeof args>;

export default defineModule({
  summary: 'Add, change or remove an entry of a crontab',
  args,
  returns: z.strictObject({ name: z.string(), entries: z.int().describe('How many entries the crontab has') }),
  shellArgs: ['job'],
  example: `cron:
  name: sync the tree
  minute: 30
  hour: 3
  job: emaint --auto sync >/dev/null
`,
  async *run(probe, wanted) {
    const { name, env, cron_file } = wanted;
    const line = wanted.state === 'absent' ? undefined : formatLine(wanted);
    const edit = (text: string): string => editCrontab(text, { name, line, kind: env ? 'variable' : 'job' });
    const after = yield* cron_file === undefined ? userChanges(probe, wanted.user, edit) : fileChanges(probe, cron_file, edit);
    return { name, entries: after.split('\n').filter((each) => /^[^#\s]/.test(each) && !/^\w+\s*=/.test(each)).length };
  },
});

function formatLine({ name, job = '', env, user, special_time, disabled, cron_file, ...time }: Wanted): string {
  if (env) return `${name}="${job}"`;
  const when = special_time === undefined ? `${time.minute} ${time.hour} ${time.day} ${time.month} ${time.weekday}` : `@${special_time}`;
  return [...(disabled ? ['#'] : []), when, ...(cron_file === undefined ? [] : [user ?? 'root']), job].join(' ');
}

async function* userChanges(probe: Probe, user: string | undefined, edit: (text: string) => string): AsyncGenerator<Change, string, void> {
  const owner = user === undefined ? [] : ['-u', user];
  const before = await queryScript(probe, readScript(import.meta.dirname, 'cron-read.sh'), owner, 'crontab');
  const after = edit(before);
  if (after !== before) {
    yield {
      verb: 'update',
      subject: `crontab${user === undefined ? '' : ` of ${user}`}`,
      before,
      after,
      apply: async (remote) => {
        const script = withTemporaryFiles(readScript(import.meta.dirname, 'cron-write.sh'));
        await runScript(remote, script, [String(Buffer.byteLength(after)), ...owner], 'crontab', after);
      },
    };
  }
  return after;
}

/** A file without an entry is removed. */
async function* fileChanges(probe: Probe, name: string, edit: (text: string) => string): AsyncGenerator<Change, string, void> {
  const path = name.startsWith('/') ? name : `/etc/cron.d/${name}`;
  const bytes = await probe.read(path);
  const before = new TextDecoder().decode(bytes);
  if (bytes === undefined || edit(before) !== '') return (yield* editFile(probe, { path, missing: 'create', mode: '0644' }, edit)) ?? '';
  yield {
    verb: 'delete',
    subject: path,
    before,
    after: '',
    apply: async (remote) => void (await runScript(remote, 'exec rm -f -- "$1"', [path], path)),
  };
  return '';
}
