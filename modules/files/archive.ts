import {
  absolutePath,
  attributeArgs,
  attributeChanges,
  defineModule,
  type FileMeta,
  queryScript,
  readScript,
  resolveMode,
  runScript,
  setAttributes,
  statPaths,
  z,
} from '../../src/index.ts';

const ENDINGS = { gz: /\.(tar\.gz|tgz)$/, bz2: /\.(tar\.bz2|tbz2)$/, xz: /\.(tar\.xz|txz)$/, tar: /\.tar$/, zip: /\.zip$/ } as const;
type Format = keyof typeof ENDINGS;
const formatOf = (dest: string): Format | undefined => (Object.keys(ENDINGS) as Format[]).find((format) => ENDINGS[format].test(dest));

/** Prints the first path that is newer than the archive. */
const NEWER = 'archive=$1; shift; for path; do find "$path" -newer "$archive"; done | head -n 1';

const args = z
  .strictObject({
    path: z
      .union([absolutePath, z.array(absolutePath).min(1)])
      .transform((path) => (typeof path === 'string' ? [path] : path).map((each) => each.replace(/\/+$/, '') || '/'))
      .describe('File or folder on the host, or a list of them'),
    dest: absolutePath
      .refine((dest) => formatOf(dest) !== undefined, 'must end in .tar, .tar.gz, .tar.bz2, .tar.xz or .zip')
      .describe('The archive'),
    ...attributeArgs,
  })
  // where another argument is wrong, the path is still as it was written
  .refine(({ path, dest }) => ![path].flat().some((each) => `${dest}/`.startsWith(`${each}/`)), {
    error: 'dest must not be in a folder that it packs',
  })
  .refine(({ path, dest }) => formatOf(dest) !== 'zip' || [path].flat().length === 1, { error: 'a zip archive packs one path' });

export default defineModule({
  summary: 'Pack files or folders of the host into an archive there; again when one of them is newer',
  args,
  returns: z.strictObject({ dest: z.string() }),
  example: `archive:
  path: /etc/portage
  dest: /var/backups/portage.tar.gz
`,
  async *run(probe, { path, dest, ...wanted }) {
    const [found] = await statPaths(probe, [{ path: dest }]);
    const exists = found !== undefined && found.type !== 'absent';
    const isOld = exists && (await queryScript(probe, NEWER, [dest, ...path], dest)) !== '';
    if (exists && !isOld) yield* attributeChanges(dest, found, wanted);
    else {
      yield {
        verb: exists ? 'update' : 'create',
        subject: dest,
        apply: async (remote) => {
          await runScript(remote, readScript(import.meta.dirname, 'archive-pack.sh'), [formatOf(dest) ?? 'tar', dest, ...path], dest);
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
    return { dest };
  },
});
