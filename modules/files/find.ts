import { basename } from 'node:path/posix';
import {
  absolutePath,
  attributeArgs,
  defineModule,
  type Probe,
  patternSchema,
  readFoundPaths,
  resolveMode,
  SwarmError,
  statPaths,
  z,
} from '../../src/index.ts';

const texts = z.union([z.string(), z.array(z.string())]).transform((value) => (typeof value === 'string' ? [value] : value));
const TYPES = { file: ['-type', 'f'], directory: ['-type', 'd'], link: ['-type', 'l'], any: [] } as const;
const MINUTES = { m: 1, h: 60, d: 1440, w: 10_080 } as const;
const KIBIBYTES = { k: 1, m: 1024, g: 1024 ** 2 } as const;

const foundSchema = z.strictObject({
  path: z.string(),
  type: z.enum(['file', 'directory', 'link', 'other']),
  size: z.int().describe('Bytes'),
  mtime: z.int().describe('Unix seconds'),
  mode: z.string(),
  owner: z.string(),
  group: z.string(),
  checksum: z.string().exactOptional().describe('SHA-256 of a file, with get_checksum'),
});

export default defineModule({
  summary: 'List the files of a folder that match, with size, time and owner',
  args: z
    .strictObject({
      paths: z.union([absolutePath, z.array(absolutePath).min(1)]).describe('Folder on the host, or a list of them'),
      patterns: texts.default([]).describe('Names, with * and ?; left out: every name'),
      excludes: texts.default([]).describe('Names that do not count, with * and ?'),
      use_regex: z
        .boolean()
        .default(false)
        .describe('patterns and excludes are regular expressions, which match from the beginning of a name'),
      recurse: z.boolean().default(false).describe('Search the folders below too'),
      depth: z.int().min(1).optional().describe('With recurse: how many folders deep'),
      follow: z.boolean().default(false).describe('Follow links'),
      limit: z.int().min(1).optional().describe('At most this many, in the order of their paths'),
      mode: attributeArgs.mode.describe('Only what has these permissions: octal digits in quotes, "0644", or symbolic, u=rw,go=r'),
      get_checksum: z.boolean().default(false).describe('Return the SHA-256 of each file too'),
      file_type: z.enum(['file', 'directory', 'link', 'any']).default('file').describe('What is found'),
      hidden: z.boolean().default(false).describe('Include names that begin with a dot'),
      contains: patternSchema.optional().describe('Only files with a line that matches from its beginning'),
      age: z
        .string()
        .regex(/^-?\d+[mhdw]$/, 'must be a number with m, h, d or w: 7d')
        .optional()
        .describe('Only what is older: 7d. With a minus: only what is newer'),
      age_stamp: z
        .enum(['mtime', 'atime', 'ctime'])
        .default('mtime')
        .describe('Which time age compares: of the content, the last access, or the inode'),
      size: z
        .string()
        .regex(/^-?\d+[kmg]$/, 'must be a number with k, m or g: 10m')
        .optional()
        .describe('Only what is larger: 10m. With a minus: only what is smaller'),
    })
    .refine(
      ({ use_regex, patterns, excludes }) =>
        !use_regex || [...patterns, ...excludes].every((each) => patternSchema.safeParse(each).success),
      {
        error: 'with use_regex, patterns and excludes take regular expressions',
      },
    ),
  returns: z.strictObject({
    files: z.array(foundSchema),
    matched: z.int().describe('How many files match'),
    skipped_paths: z.record(z.string(), z.string()).describe('Each of `paths` that was not searched, with the reason'),
  }),
  example: `find:
  paths: /var/log/portage
  patterns: "*.log"
  age: 30d
`,
  async *run(probe, given) {
    const { paths, recurse, depth, file_type, hidden, contains, age, age_stamp, size, use_regex, follow, mode, get_checksum } = given;
    const [patterns, excludes] = use_regex ? [[], []] : [given.patterns, given.excludes];
    const names = patterns.flatMap((pattern, at) => [...(at === 0 ? [] : ['-o']), '-name', pattern]);
    const argv: [string, ...string[]] = [
      'find',
      ...(follow ? ['-L'] : []),
      ...(typeof paths === 'string' ? [paths] : paths),
      '-mindepth',
      '1',
    ];
    if (!recurse || depth !== undefined) argv.push('-maxdepth', recurse ? String(depth) : '1');
    argv.push(...TYPES[file_type], ...(names.length > 0 ? ['(', ...names, ')'] : []));
    argv.push(...excludes.flatMap((pattern) => ['!', '-name', pattern]));
    if (!hidden) argv.push('!', '-name', '.*', '!', '-path', '*/.*');
    argv.push(...moreThan(`-${age_stamp[0]}min`, age, MINUTES), ...moreThan('-size', size, KIBIBYTES, 'k'));
    argv.push('-print0');
    const { exit, stdout, stderr } = await probe.query({ argv });
    const skipped = exit === 0 ? {} : await findSkipped(probe, typeof paths === 'string' ? [paths] : paths);
    if (exit !== 0 && stdout === '' && Object.keys(skipped).length === 0)
      throw new SwarmError('SW6012', stderr.split('\n')[0]?.replace(/^find: /, '') ?? 'find failed', { detail: stderr });
    for (const [path, why] of Object.entries(skipped)) probe.emit({ type: 'run.note', text: `find did not search ${path}: ${why}` });
    const listed = readFoundPaths(probe, stdout)
      .filter((path) => !use_regex || matchesName(basename(path), given))
      .sort();
    const stats = await statPaths(
      probe,
      listed.map((path) => ({ path, ...(get_checksum ? { size: 'any' as const } : {}) })),
    );
    const files = stats.flatMap(({ type, size: bytes, mtime, mode: found, owner, group, sha256 }, at) => {
      if (type === 'absent' || (mode !== undefined && resolveMode(mode, '0000', type === 'directory') !== found)) return [];
      const checksum = sha256 === undefined ? {} : { checksum: sha256 };
      return [{ path: listed[at] ?? '', type, size: bytes, mtime, mode: found, owner, group, ...checksum }];
    });
    const pattern = contains === undefined ? undefined : new RegExp(`^(?:${contains})`, 'm');
    const matching: typeof files = [];
    for (const file of files) {
      if (matching.length === given.limit) break;
      if (pattern === undefined || pattern.test(await readText(probe, file.path))) matching.push(file);
    }
    return { files: matching, matched: matching.length, skipped_paths: skipped };
  },
});

/** Which of the paths cannot be searched, and why. */
async function findSkipped(probe: Probe, paths: readonly string[]): Promise<Readonly<Record<string, string>>> {
  const script = 'for p; do if [ ! -e "$p" ]; then echo absent; elif [ -d "$p" ] && [ ! -r "$p" ]; then echo closed; else echo; fi; done';
  const { stdout } = await probe.query({ argv: ['sh', '-c', script, 'sh', ...paths] });
  const answers = stdout.split('\n');
  const reasons: Readonly<Record<string, string>> = { absent: 'it does not exist', closed: 'no permission to read it' };
  return Object.fromEntries(
    paths.flatMap((path, at): readonly (readonly [string, string])[] => {
      const reason = reasons[answers[at] ?? ''];
      return reason === undefined ? [] : [[path, reason]];
    }),
  );
}

const matchesName = (
  name: string,
  { patterns, excludes }: { readonly patterns: readonly string[]; readonly excludes: readonly string[] },
) => {
  const matches = (pattern: string): boolean => new RegExp(`^(?:${pattern})`).test(name);
  return (patterns.length === 0 || patterns.some(matches)) && !excludes.some(matches);
};

/** Empty for what is not a file. */
const readText = async (probe: Probe, path: string): Promise<string> => {
  const [stat] = await statPaths(probe, [{ path }]);
  return stat?.type === 'file' ? new TextDecoder().decode(await probe.read(path)) : '';
};

/** `7d` as the words of find: more than so many; with a minus, less. */
function moreThan(option: string, text: string | undefined, units: Readonly<Record<string, number>>, unit = ''): readonly string[] {
  if (text === undefined) return [];
  const amount = Number.parseInt(text.replace('-', ''), 10) * (units[text.at(-1) ?? ''] ?? 1);
  return [option, `${text.startsWith('-') ? '-' : '+'}${amount}${unit}`];
}
