import { absolutePath, defineModule, editFile, joinLines, keepLineEnds, splitLines, writeArgs, z } from '../../src/index.ts';

const ITEMS = [
  ...['core', 'data', 'fsize', 'memlock', 'nofile', 'rss', 'stack', 'cpu', 'nproc', 'as', 'maxlogins', 'maxsyslogins'],
  ...['priority', 'locks', 'sigpending', 'msgqueue', 'nice', 'rtprio', 'chroot'],
] as const;

const args = z
  .strictObject({
    domain: z
      .string()
      .regex(/^[^\s#\0]+$/, 'must be a user, @GROUP, or *')
      .describe('Whom it limits: a user, @GROUP, or *'),
    limit_type: z.enum(['-', 'hard', 'soft']).describe('- is hard and soft'),
    limit_item: z.enum(ITEMS).describe('What is limited'),
    value: z
      .union([z.int(), z.string().regex(/^(?:unlimited|infinity|-?\d+|\/\S*)$/, 'must be a number or unlimited')])
      .transform(String)
      .describe('The limit: a number or unlimited'),
    use_max: z.boolean().default(false).describe('Leave a limit that is higher'),
    use_min: z.boolean().default(false).describe('Leave a limit that is lower'),
    comment: z
      .string()
      .regex(/^[^\n\0]*$/, 'must be one line')
      .default('')
      .describe('Comment behind a new or changed limit; left out: a changed one keeps its own'),
    dest: absolutePath.default('/etc/security/limits.conf').describe('The file'),
    ...writeArgs,
  })
  .refine(({ use_max, use_min }) => !use_max || !use_min, { error: 'takes use_max or use_min' });

type Limit = Pick<z.output<typeof args>, 'domain' | 'limit_type' | 'limit_item' | 'value' | 'use_max' | 'use_min' | 'comment'>;

export default defineModule({
  summary: 'Keep a limit of users or groups in the limits of PAM',
  args,
  returns: z.strictObject({ path: z.string() }),
  example: `pam_limits:
  domain: "@builders"
  limit_type: "-"
  limit_item: nofile
  value: 65536
`,
  async *run(probe, { dest: path, mode, owner, group, backup, validate, ...limit }) {
    const file = { path, missing: 'create' as const, mode, owner, group, backup, validate };
    yield* editFile(
      probe,
      file,
      keepLineEnds((text) => editLimits(text, limit)),
    );
    return { path };
  },
});

/** The text with the limit in each line that has its domain, type and item; else in a new line at the end. */
function editLimits(text: string, limit: Limit): string {
  const { domain, limit_type: type, limit_item: item, value, comment } = limit;
  const lines = splitLines(text);
  const toLine = (note: string): string => `${domain}\t${type}\t${item}\t${value}${note === '' ? '' : `\t#${note}`}`;
  const found = lines.map((each) => {
    const words = each.replace(/#.*$/, '').trim().split(/\s+/);
    return words.length === 4 && words[0] === domain && words[1] === type && words[2] === item ? words[3] : undefined;
  });
  if (found.every((old) => old === undefined)) return joinLines([...lines, toLine(comment)]);
  if (found.every((old) => old === undefined || old === value || isLeft(old, limit))) return text;
  const change = (each: string, old: string | undefined): string =>
    old === undefined || old === value || isLeft(old, limit) ? each : toLine(comment || (/#(.*)$/.exec(each)?.[1] ?? '').trimEnd());
  return joinLines(lines.map((each, at) => change(each, found[at])));
}

const isLeft = (old: string, { limit_item: item, value, use_max, use_min }: Limit): boolean =>
  (use_max && toNumber(item, old) >= toNumber(item, value)) || (use_min && toNumber(item, old) <= toNumber(item, value));

/** -1 is no limit, except for what may be negative (limits.conf(5)). */
const toNumber = (item: string, value: string): number =>
  ['unlimited', 'infinity', ...(['nice', 'priority'].includes(item) ? [] : ['-1'])].includes(value)
    ? Number.POSITIVE_INFINITY
    : Number(value);
