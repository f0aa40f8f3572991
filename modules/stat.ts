import { type Change, defineModule, type Json, z } from '../src/index.ts';
import { type PathStat, statPaths } from '../src/sdk/path-stat.ts';

export default defineModule({
  summary: 'What stands at a path of the host',
  args: z.strictObject({
    path: z.string().startsWith('/', 'an absolute path of the host'),
    checksum: z.boolean().default(true).describe('SHA-256 of a file, as `stat.checksum`'),
  }),
  freeForm: 'path',
  example: `stat:
  path: /etc/portage/make.conf
`,
  // biome-ignore lint/correctness/useYield: it only looks
  async *run(probe, { path, checksum }): AsyncGenerator<Change, Json, void> {
    const [found] = await statPaths(probe, [{ path, ...(checksum ? { size: 'any' as const } : {}) }]);
    return { stat: toStatResult(path, found as PathStat) };
  },
});

/** Ansible's names, where it has one. */
function toStatResult(path: string, found: PathStat): Json {
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
