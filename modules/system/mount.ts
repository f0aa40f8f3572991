import {
  absolutePath,
  type Change,
  defineModule,
  editFile,
  joinLines,
  makeFolders,
  readScript,
  runOrThrow,
  splitLines,
  statPaths,
  z,
} from '../../src/index.ts';

const field = z.string().regex(/^[^\0\n]+$/, 'must be one line');

const args = z
  .strictObject({
    path: absolutePath.describe('Where it is mounted'),
    state: z
      .enum(['mounted', 'unmounted', 'present', 'absent', 'remounted'])
      .describe('mounted: in fstab and mounted; present: in fstab only; unmounted: stays in fstab; absent: neither'),
    src: field.optional().describe('Device, UUID=…, or HOST:PATH'),
    fstype: z
      .string()
      .regex(/^[\w.,-]+$/)
      .optional()
      .describe('Type of the file system'),
    opts: z
      .string()
      .regex(/^[^\s\0]+$/)
      .default('defaults')
      .describe('Options, with commas between'),
    dump: z.int().min(0).default(0).describe('Fifth field of fstab'),
    passno: z.int().min(0).default(0).describe('Sixth field of fstab: the order of the checks at boot'),
    fstab: absolutePath.default('/etc/fstab').describe('The file'),
    boot: z.boolean().default(true).describe('false: not at boot; it adds noauto to the options'),
    backup: z.boolean().default(false).describe('Keep a copy of the old fstab beside it'),
  })
  .refine(({ state, src, fstype }) => !['mounted', 'present'].includes(state) || (src !== undefined && fstype !== undefined), {
    error: 'state: mounted and state: present need src and fstype',
  });

export default defineModule({
  summary: 'Mount or unmount a file system, and keep its line in fstab',
  args,
  returns: z.strictObject({ path: z.string(), mounted: z.boolean() }),
  example: `mount:
  path: /var/tmp/portage
  src: tmpfs
  fstype: tmpfs
  opts: size=16G,mode=0775
  state: mounted
`,
  async *run(probe, { path, state, src, fstype, opts: given, dump, passno, fstab, boot, backup }) {
    const opts = boot || given.split(',').includes('noauto') ? given : `${given},noauto`;
    const line = [toField(src ?? ''), toField(path), fstype, opts, dump, passno].join(' ');
    const isMounted =
      (await probe.query({ argv: ['/bin/sh', '-c', readScript(import.meta.dirname, 'mount-state.sh'), 'sh', path] })).exit === 0;
    const before = state === 'mounted' || state === 'present' ? [line] : [];
    let isEdited = false;
    if (state === 'absent' && isMounted) yield command('umount', ['umount', path]);
    if (before.length > 0 || state === 'absent') {
      const changes = editFile(probe, { path: fstab, missing: state === 'absent' ? 'skip' : 'create', backup }, (text) =>
        editFstab(text, toField(path), before),
      );
      for (let step = await changes.next(); !step.done; step = await changes.next()) {
        isEdited = true;
        yield step.value;
      }
    }
    if (state === 'unmounted' && isMounted) yield command('umount', ['umount', path]);
    if (state === 'mounted' && !isMounted) {
      const [found] = await statPaths(probe, [{ path }]);
      yield {
        ...command('mount', ['mount', path]),
        apply: async (remote) => {
          if (found?.type === 'absent') await makeFolders(remote, [path], {}, path);
          await runOrThrow(remote, ['mount', path], `mount ${path}`);
        },
      };
    }
    if (state === 'mounted' && isMounted && isEdited) yield command('remount', ['mount', '-o', 'remount', path]);
    if (state === 'remounted') yield { ...command('remount', ['mount', '-o', 'remount', path]), verb: 'run' };
    return { path, mounted: state === 'mounted' || state === 'remounted' || (state === 'present' && isMounted) };
  },
});

const command = (word: string, argv: readonly [string, ...string[]]): Change => ({
  verb: 'update',
  subject: `${word} ${argv.at(-1)}`,
  apply: async (remote) => void (await runOrThrow(remote, argv, `${word} ${argv.at(-1)}`)),
});

/** As fstab(5) writes a space. */
const toField = (text: string): string => text.replaceAll('\\', '\\134').replaceAll(' ', '\\040').replaceAll('\t', '\\011');

/** The lines of fstab with these for the path, in the place of the old one. */
function editFstab(text: string, path: string, wanted: readonly string[]): string {
  const lines = splitLines(text);
  const isOld = (line: string): boolean => !line.trimStart().startsWith('#') && line.trim().split(/\s+/)[1] === path;
  const at = lines.findIndex(isOld);
  const old = lines[at]?.trim().split(/\s+/).join(' ');
  if (old !== undefined && old === wanted[0]) return text;
  const kept = lines.filter((line) => !isOld(line));
  return joinLines(kept.toSpliced(at < 0 ? kept.length : at, 0, ...wanted));
}
