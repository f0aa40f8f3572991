import {
  absolutePath,
  attributeArgs,
  attributeChanges,
  defineModule,
  ownerWord,
  type PathStat,
  queryScript,
  readScript,
  removeFile,
  requireFileOrAbsence,
  resolveMode,
  runScript,
  statPaths,
  z,
} from '../../src/index.ts';

export default defineModule({
  summary: 'Make parameters for the key exchange of Diffie and Hellman; large ones take minutes',
  args: z.strictObject({
    path: absolutePath.describe('File of the parameters'),
    size: z.int().min(512).max(16_384).default(4096).describe('Bits'),
    state: z.enum(['present', 'absent']).default('present').describe('present: the file is there; absent: it is removed'),
    force: z.boolean().default(false).describe('Make them anew on each run'),
    ...attributeArgs,
  }),
  returns: z.strictObject({ filename: z.string(), size: z.int() }),
  example: `openssl_dhparam:
  path: /etc/nginx/dh.pem
  size: 2048
`,
  async *run(probe, { path, size, state, force, ...wanted }) {
    const [stat] = (await statPaths(probe, [{ path }])) as [PathStat];
    if (state === 'absent') {
      if (stat.type !== 'absent') yield removeFile(path);
      return { filename: path, size };
    }
    await requireFileOrAbsence(probe, path);
    const bits = (await queryScript(probe, readScript(import.meta.dirname, 'openssl_dhparam-read.sh'), [path], path)).trim();
    if (bits === String(size) && !force) yield* attributeChanges(path, stat, wanted);
    else
      yield {
        verb: stat.type === 'absent' ? 'create' : 'update',
        subject: path,
        before: stat.type === 'absent' ? '' : `${bits === '' ? 'no parameters' : `${bits} bits`}\n`,
        after: `${size} bits\n`,
        apply: async (remote) => {
          const mode = resolveMode(wanted.mode ?? '0644', '0644', false);
          const words = [path, mode, ownerWord(wanted), String(size)];
          await runScript(remote, readScript(import.meta.dirname, 'openssl_dhparam-make.sh'), words, path);
        },
      };
    return { filename: path, size };
  },
});
