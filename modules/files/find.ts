import { absolutePath, defineModule, type Probe, patternSchema, SwarmError, statPaths, z } from '../../src/index.ts';

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
});

export default defineModule({
  summary: 'List the files of a folder that match, with size, time and owner',
  args: z.strictObject({
    paths: z.union([absolutePath, z.array(absolutePath).min(1)]).describe('Folder on the host, or a list of them'),
    patterns: texts.default([]).describe('Names, with * and ?; left out: every name'),
    excludes: texts.default([]).describe('Names that do not count, with * and ?'),
    recurse: z.boolean().default(false).describe('Search the folders below too'),
    file_type: z.enum(['file', 'directory', 'link', 'any']).default('file').describe('What is found'),
    hidden: z.boolean().default(false).describe('Include names that begin with a dot'),
    contains: patternSchema.optional().describe('Only files with a line that matches from its beginning'),
    age: z
      .string()
      .regex(/^-?\d+[mhdw]$/, 'must be a number with m, h, d or w: 7d')
      .optional()
      .describe('Only what is older: 7d. With a minus: only what is newer'),
    size: z
      .string()
      .regex(/^-?\d+[kmg]$/, 'must be a number with k, m or g: 10m')
      .optional()
      .describe('Only what is larger: 10m. With a minus: only what is smaller'),
  }),
  returns: z.strictObject({ files: z.array(foundSchema), matched: z.int().describe('How many files match') }),
  example: `find:
  paths: /var/log/portage
  patterns: "*.log"
  age: 30d
`,
  async *run(probe, { paths, patterns, excludes, recurse, file_type, hidden, contains, age, size }) {
    const names = patterns.flatMap((pattern, at) => [...(at === 0 ? [] : ['-o']), '-name', pattern]);
    const argv: [string, ...string[]] = ['find', ...(typeof paths === 'string' ? [paths] : paths), '-mindepth', '1'];
    if (!recurse) argv.push('-maxdepth', '1');
    argv.push(...TYPES[file_type], ...(names.length > 0 ? ['(', ...names, ')'] : []));
    argv.push(...excludes.flatMap((pattern) => ['!', '-name', pattern]));
    if (!hidden) argv.push('!', '-name', '.*', '!', '-path', '*/.*');
    argv.push(...limit('-mmin', age, MINUTES), ...limit('-size', size, KIBIBYTES, 'k'));
    const { exit, stdout, stderr } = await probe.query({ argv });
    if (exit !== 0 && stdout === '') throw new SwarmError('SW6012', `find: ${stderr.split('\n')[0]}`, { detail: stderr });
    const listed = stdout
      .split('\n')
      .filter((path) => path.startsWith('/'))
      .sort();
    const stats = await statPaths(
      probe,
      listed.map((path) => ({ path })),
    );
    const files = stats.flatMap(({ type, size: bytes, mtime, mode, owner, group }, at) =>
      type === 'absent' ? [] : [{ path: listed[at] ?? '', type, size: bytes, mtime, mode, owner, group }],
    );
    const pattern = contains === undefined ? undefined : new RegExp(`^(?:${contains})`, 'm');
    const matching: typeof files = [];
    for (const file of files) if (pattern === undefined || pattern.test(await readText(probe, file.path))) matching.push(file);
    return { files: matching, matched: matching.length };
  },
});

/** Empty for what is no file. */
const readText = async (probe: Probe, path: string): Promise<string> => {
  const [stat] = await statPaths(probe, [{ path }]);
  return stat?.type === 'file' ? new TextDecoder().decode(await probe.read(path)) : '';
};

/** `7d` as the words of find: more than so many; with a minus, less. */
function limit(option: string, text: string | undefined, units: Readonly<Record<string, number>>, unit = ''): readonly string[] {
  if (text === undefined) return [];
  const amount = Number.parseInt(text.replace('-', ''), 10) * (units[text.at(-1) ?? ''] ?? 1);
  return [option, `${text.startsWith('-') ? '-' : '+'}${amount}${unit}`];
}
