import {
  absolutePath,
  attributeArgs,
  attributeChanges,
  defineModule,
  type FileMeta,
  queryScript,
  readScript,
  refuseMounts,
  requireFileOrAbsence,
  resolveMode,
  runOrThrow,
  runScript,
  setAttributes,
  statPaths,
  z,
} from '../../src/index.ts';

const ENDINGS = { gz: /\.(tar\.gz|tgz)$/, bz2: /\.(tar\.bz2|tbz2)$/, xz: /\.(tar\.xz|txz)$/, tar: /\.tar$/, zip: /\.zip$/ } as const;
type Format = keyof typeof ENDINGS;
const formatOf = (dest: string): Format | undefined => (Object.keys(ENDINGS) as Format[]).find((format) => ENDINGS[format].test(dest));

/** Prints the first path that is newer than the archive. Arguments: those of find. */
const NEWER = 'find "$@" | head -n 1';

const args = z
  .strictObject({
    path: z
      .union([absolutePath, z.array(absolutePath).min(1)])
      .transform((path) => (typeof path === 'string' ? [path] : path).map((each) => each.replace(/\/+$/, '') || '/'))
      .describe('File or folder on the host, or a list of them'),
    dest: absolutePath.describe('The archive'),
    format: z
      .enum(['gz', 'bz2', 'xz', 'tar', 'zip'])
      .optional()
      .describe('How it is packed; without it dest ends in .tar, .tar.gz, .tar.bz2, .tar.xz or .zip'),
    exclude_path: z.array(absolutePath).default([]).describe('Paths that are left out, with * and ?, below those of path'),
    remove: z.boolean().default(false).describe('Remove the paths after they were packed'),
    ...attributeArgs,
  })
  .refine(({ dest, format }) => (format ?? formatOf(dest)) !== undefined, {
    error: 'dest must end in .tar, .tar.gz, .tar.bz2, .tar.xz or .zip, or format must say how it is packed',
    path: ['dest'],
  })
  .refine(({ remove, exclude_path }) => !remove || exclude_path.length === 0, {
    error: 'remove would remove what exclude_path leaves out: take one of them',
  })
  .refine(({ remove, path }) => !remove || ![path].flat().includes('/'), { error: 'remove must not remove /' })
  .refine(({ path, exclude_path }) => exclude_path.every((each) => relativeTo([path].flat(), each) !== undefined), {
    error: 'exclude_path must be below one of path',
  })
  // where another argument is wrong, the path is still as it was written
  .refine(({ path, dest }) => ![path].flat().some((each) => `${dest}/`.startsWith(`${each}/`)), {
    error: 'dest must not be in a folder that it packs',
  })
  .refine(({ path, dest, format }) => (format ?? formatOf(dest)) !== 'zip' || [path].flat().length === 1, {
    error: 'a zip archive packs one path',
  });

export default defineModule({
  summary: 'Pack files or folders of the host into an archive there; again when one of them is newer',
  args,
  returns: z.strictObject({ dest: z.string() }),
  example: `archive:
  path: /etc/portage
  dest: /var/backups/portage.tar.gz
`,
  async *run(probe, { path, dest, format = formatOf(dest) ?? 'gz', exclude_path, remove, ...wanted }) {
    const [found, ...sources] = await statPaths(probe, [{ path: dest }, ...path.map((each) => ({ path: each }))]);
    await requireFileOrAbsence(probe, dest);
    const exists = found !== undefined && found.type !== 'absent';
    const isPacked = exists && remove && sources.every(({ type }) => type === 'absent');
    const skipped = exclude_path.flatMap((each) => ['-path', each, '-prune', '-o']);
    const isOld =
      exists && !isPacked && (remove || (await queryScript(probe, NEWER, [...path, ...skipped, '-newer', dest, '-print'], dest)) !== '');
    if (remove && !isPacked) for (const each of path) await refuseMounts(probe, each);
    if (exists && !isOld) yield* attributeChanges(dest, found, wanted);
    else {
      yield {
        verb: exists ? 'update' : 'create',
        subject: dest,
        apply: async (remote) => {
          const left = exclude_path.flatMap((each) => relativeTo(path, each) ?? []);
          const words = [format, dest, String(left.length), ...left, ...path];
          await runScript(remote, readScript(import.meta.dirname, 'archive-pack.sh'), words, dest);
          const mode = wanted.mode === undefined ? found?.mode || undefined : resolveMode(wanted.mode, '0644', false);
          const meta: FileMeta = {
            ...(mode && { mode }),
            ...(wanted.owner && { owner: wanted.owner }),
            ...(wanted.group && { group: wanted.group }),
          };
          await setAttributes(remote, dest, meta);
        },
      };
    }
    for (const [at, each] of path.entries())
      if (remove && sources[at]?.type !== 'absent')
        yield { verb: 'delete', subject: each, apply: async (remote) => void (await runOrThrow(remote, ['rm', '-rf', '--', each], each)) };
    return { dest };
  },
});

/** How the archive names a path: without the folder in which the packed path stands. */
function relativeTo(paths: readonly string[], excluded: string): string | undefined {
  const packed = paths.find((each) => excluded.startsWith(`${each === '/' ? '' : each}/`));
  return packed === undefined ? undefined : `.${excluded.slice(packed.lastIndexOf('/'))}`;
}
