import { basename, join } from 'node:path/posix';
import {
  absolutePath,
  type Change,
  contentChanges,
  createOrStat,
  defineModule,
  ensureFileContent,
  type FileAttributes,
  type FileContent,
  fileContentReturns,
  findFileTarget,
  findSource,
  hashSha256,
  makeFolders,
  type PathStat,
  type Probe,
  readSource,
  readSourceTree,
  SwarmError,
  statFile,
  statPaths,
  type WriteOptions,
  writeArgs,
  z,
} from '../../src/index.ts';

const args = z
  .strictObject({
    src: z.string().min(1).optional().describe('File or folder on this machine: absolute, or below files/ of the project'),
    content: z.string().optional().describe('The text itself, instead of src'),
    dest: absolutePath.describe('Path on the host; with / at the end, or where it is a folder: into that folder'),
    remote_src: z.boolean().default(false).describe('src is a file of the host'),
    force: z.boolean().default(true).describe('false: a file that is there stays as it is'),
    ...writeArgs,
  })
  .refine(({ remote_src, src }) => !remote_src || src?.startsWith('/'), { error: 'remote_src needs src with an absolute path' })
  .refine(({ src, content }) => (src === undefined) !== (content === undefined), { error: 'give either src or content' });

export default defineModule({
  summary: 'Copy a file, a text or a folder to the host',
  args,
  returns: z.union([
    z.strictObject({ dest: z.string().describe('Path on the host'), ...fileContentReturns.omit({ path: true }).shape }),
    z.strictObject({ dest: z.string().describe('Folder on the host'), files: z.int().describe('How many files, of a folder') }),
  ]),
  example: `copy:
  content: |
    # managed by swarm
    dev-lang/python sqlite
  dest: /etc/portage/package.use/python
  mode: "0644"
`,
  async *run(probe, { src, content, dest, remote_src, force, ...wanted }) {
    if (!force) {
      const { stat } = src === undefined ? await statFile(probe, dest) : await findFileTarget(probe, dest, basename(src));
      if (stat.type === 'file') return { dest, size: stat.size, sha256: stat.sha256 ?? '' };
    }
    if (remote_src) return yield* copyHostFile(probe, src ?? '', dest, wanted);
    if (src === undefined) return yield* copyFile(probe, { path: dest, content: content ?? '', ...wanted });
    const { path, directory } = await findSource(src, probe.paths.files);
    if (directory) return yield* copyTree(probe, path, src.endsWith('/') ? dest : join(dest, basename(path)), wanted);
    return yield* copyInto(probe, dest, basename(path), { content: await readSource(path), ...wanted });
  },
});

/** One look, whether `dest` is a folder or the file itself. */
async function* copyInto(
  probe: Probe,
  dest: string,
  name: string,
  wanted: Omit<FileContent, 'path'>,
): AsyncGenerator<Change, { dest: string; size: number; sha256: string }, void> {
  if (dest.endsWith('/')) return yield* copyFile(probe, { path: join(dest, name), ...wanted });
  const size = wanted.content.length;
  const found = yield* createOrStat(probe, { path: dest, ...wanted }, [
    { path: `${dest}/.` },
    { path: dest, size },
    { path: join(dest, name), size },
  ]);
  if (found === 'created') return { dest, size, sha256: hashSha256(wanted.content) };
  const [folder, file, inside] = found;
  const isFolder = folder?.type === 'directory';
  const path = isFolder ? join(dest, name) : dest;
  yield* contentChanges(probe, { path, ...wanted }, (isFolder ? inside : file) as PathStat);
  return { dest: path, size, sha256: hashSha256(wanted.content) };
}

async function* copyFile(probe: Probe, file: FileContent): AsyncGenerator<Change, { dest: string; size: number; sha256: string }, void> {
  const { path, ...rest } = yield* ensureFileContent(probe, file);
  return { dest: path, ...rest };
}

/** A file of the host itself. Its mode goes with it, as `cp -p` does. */
async function* copyHostFile(
  probe: Probe,
  src: string,
  dest: string,
  wanted: FileAttributes & WriteOptions,
): AsyncGenerator<Change, { dest: string; size: number; sha256: string }, void> {
  const { path, stat } = await statFile(probe, src);
  const content = stat.type === 'file' ? await probe.read(path) : undefined;
  if (content === undefined)
    throw new SwarmError('SW6012', `${src} is not a file of the host`, {
      hint: 'Write src: with the path of a file. For a folder use the module command with cp -a.',
      lacks: { kind: 'path', name: src },
    });
  return yield* copyInto(probe, dest, basename(src), { ...wanted, content, mode: wanted.mode ?? stat.mode });
}

/** As rsync has it: `src: conf` makes dest/conf, `src: conf/` fills dest. One look for the whole tree. */
async function* copyTree(
  probe: Probe,
  from: string,
  to: string,
  wanted: FileAttributes & WriteOptions,
): AsyncGenerator<Change, { dest: string; files: number }, void> {
  const { directories, files } = await readSourceTree(from);
  const folders = [to, ...directories.map((path) => join(to, path))];
  const all = await statPaths(probe, [
    ...folders.map((path) => ({ path })),
    ...files.map(({ path, content }) => ({ path: join(to, path), size: content.length })),
  ]);
  const missing = folders.filter((_, index) => all[index]?.type !== 'directory');
  if (missing.length > 0) {
    yield {
      verb: 'create',
      subject: missing.length === 1 ? `${missing[0]}/` : `${to}/ (${missing.length} folders)`,
      apply: async (remote) => {
        await makeFolders(remote, missing, wanted, to);
      },
    };
  }
  for (const [index, { path, content, executable }] of files.entries()) {
    const mode = wanted.mode ?? (executable ? '0755' : '0644');
    yield* contentChanges(probe, { ...wanted, mode, path: join(to, path), content }, all[folders.length + index] as PathStat);
  }
  return { dest: to, files: files.length };
}
