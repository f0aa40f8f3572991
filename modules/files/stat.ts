import { absolutePath, defineModule, type PathStat, statPaths, z } from '../../src/index.ts';

/** Ansible's names, where it has one. */
const statSchema = z.strictObject({
  exists: z.boolean(),
  path: z.string().describe('Path on the host'),
  isreg: z.boolean().exactOptional().describe('A file'),
  isdir: z.boolean().exactOptional().describe('A folder'),
  islnk: z.boolean().exactOptional().describe('A symbolic link'),
  mode: z.string().exactOptional().describe('Four octal digits'),
  size: z.int().exactOptional(),
  mtime: z.int().exactOptional().describe('Unix seconds'),
  uid: z.int().exactOptional(),
  gid: z.int().exactOptional(),
  pw_name: z.string().exactOptional().describe('The user who owns it'),
  gr_name: z.string().exactOptional().describe('The group that owns it'),
  checksum: z.string().exactOptional().describe('SHA-256 of a file'),
  lnk_target: z.string().exactOptional().describe('What a link points to'),
});

export default defineModule({
  summary: 'Read the state of a path on the host',
  args: z.strictObject({
    path: absolutePath.describe('Path on the host'),
    checksum: z.boolean().default(true).describe('SHA-256 of a file, as `stat.checksum`'),
  }),
  returns: z.strictObject({ stat: statSchema }),
  freeForm: 'path',
  example: `stat:
  path: /etc/portage/make.conf
`,
  // biome-ignore lint/correctness/useYield: it only looks
  async *run(probe, { path, checksum }) {
    const [found] = await statPaths(probe, [{ path, ...(checksum ? { size: 'any' as const } : {}) }]);
    return { stat: toStatResult(path, found as PathStat) };
  },
});

function toStatResult(path: string, found: PathStat): z.output<typeof statSchema> {
  if (found.type === 'absent') return { exists: false, path };
  return {
    exists: true,
    path,
    isreg: found.type === 'file',
    isdir: found.type === 'directory',
    islnk: found.type === 'link',
    mode: found.mode,
    size: found.size,
    mtime: found.mtime,
    uid: Number(found.uid),
    gid: Number(found.gid),
    pw_name: found.owner,
    gr_name: found.group,
    ...(found.sha256 === undefined ? {} : { checksum: found.sha256 }),
    ...(found.target === undefined ? {} : { lnk_target: found.target }),
  };
}
