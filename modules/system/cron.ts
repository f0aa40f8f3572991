import { defineModule, queryScript, runScript, z } from '../../src/index.ts';

const field = z
  .union([z.string(), z.number()])
  .transform(String)
  .pipe(z.string().regex(/^[\w*,/-]+$/, 'must be a field of crontab(5)'))
  .default('*');

const args = z
  .strictObject({
    name: z
      .string()
      .regex(/^[^\0\n]+$/, 'must be one line')
      .describe('Name of the entry; it stands in a comment before it'),
    job: z
      .string()
      .regex(/^[^\0\n]+$/, 'must be one line')
      .optional()
      .describe('The command line; cron reads % as a line break, so write \\%'),
    state: z.enum(['present', 'absent']).default('present').describe('present: the job is there; absent: it is removed'),
    user: z
      .string()
      .regex(/^[a-z_][a-z0-9_.-]*$/i)
      .optional()
      .describe('Whose crontab; default: the user of the login'),
    minute: field.describe('Minute of the hour'),
    hour: field.describe('Hour of the day'),
    day: field.describe('Day of the month'),
    month: field.describe('Month of the year'),
    weekday: field.describe('Day of the week, 0 is Sunday'),
    special_time: z.enum(['reboot', 'hourly', 'daily', 'weekly', 'monthly', 'yearly']).optional().describe('Instead of the five fields'),
    disabled: z.boolean().default(false).describe('Keep the entry as a comment'),
  })
  .refine(({ state, job }) => state === 'absent' || job !== undefined, { error: 'state: present needs job' });

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
  async *run(probe, { name, job, state, user, special_time, disabled, ...time }) {
    const owner = user === undefined ? [] : ['-u', user];
    const before = await queryScript(
      probe,
      'command -v crontab >/dev/null || { echo "the host has no crontab" >&2; exit 1; }; crontab "$@" -l 2>/dev/null || :',
      owner,
      'crontab',
    );
    const when = special_time === undefined ? `${time.minute} ${time.hour} ${time.day} ${time.month} ${time.weekday}` : `@${special_time}`;
    const entry = state === 'absent' ? [] : [`# swarm: ${name}`, `${disabled ? '# ' : ''}${when} ${job}`];
    const after = editCrontab(before, `# swarm: ${name}`, entry);
    if (after !== before) {
      yield {
        verb: 'update',
        subject: `crontab${user === undefined ? '' : ` of ${user}`}`,
        before,
        after,
        apply: async (remote) => void (await runScript(remote, 'exec crontab "$@" -', owner, 'crontab', after)),
      };
    }
    return { name, entries: after.split('\n').filter((line) => /^[^#\s]/.test(line)).length };
  },
});

/** The entry is the comment with its name and the line after it. */
function editCrontab(text: string, title: string, entry: readonly string[]): string {
  const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n');
  const at = lines.indexOf(title);
  const next = at < 0 ? [...lines, ...entry] : lines.toSpliced(at, 2, ...entry);
  return next.map((line) => `${line}\n`).join('');
}
