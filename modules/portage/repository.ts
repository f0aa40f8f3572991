import {
  absolutePath,
  defineModule,
  ensureFileContent,
  ensureFolder,
  oneLine,
  removeFile,
  requirePortageFolder,
  statPaths,
  z,
} from '../../src/index.ts';

const args = z
  .strictObject({
    name: z
      .string()
      .regex(/^\w[\w-]*$/, 'must be the name of a repository')
      .describe('Name of the repository'),
    state: z.enum(['present', 'absent']).default('present').describe('present: the repository is there; absent: it is removed'),
    location: absolutePath.optional().describe('Folder on the host; default /var/db/repos/NAME'),
    sync_type: z.enum(['git', 'rsync', 'webrsync', 'none']).default('git').describe('How it is synced'),
    sync_uri: oneLine.optional().describe('Where it comes from'),
    auto_sync: z.boolean().default(true).describe('Sync it with all others'),
    priority: z.int().optional().describe('A repository with a higher number wins'),
    settings: z
      .record(z.string().regex(/^[a-z][a-z-]*$/, 'must be the name of a setting'), oneLine)
      .default({})
      .describe('More settings of repos.conf: sync-depth'),
    root: absolutePath.default('/etc/portage').describe('Folder of the configuration'),
  })
  .refine(({ state, sync_type, sync_uri }) => state === 'absent' || sync_uri !== undefined || ['none', 'webrsync'].includes(sync_type), {
    error: 'sync_type git and rsync need sync_uri',
  });

export default defineModule({
  summary: 'Keep a repository of ebuilds in repos.conf; portage_sync loads it',
  args,
  returns: z.strictObject({ path: z.string(), location: z.string() }),
  example: `repository:
  name: overlay
  sync_uri: https://example.org/overlay.git
`,
  async *run(probe, { name, state, location = `/var/db/repos/${name}`, sync_type, sync_uri, auto_sync, priority, settings, root }) {
    const folder = `${root}/repos.conf`;
    const path = `${folder}/${name}.conf`;
    const [found] = await statPaths(probe, [{ path }]);
    if (state === 'absent') {
      if (found?.type !== 'absent') yield removeFile(path);
      return { path, location };
    }
    await requirePortageFolder(probe, folder);
    yield* ensureFolder(probe, folder);
    const rows = {
      location,
      'sync-type': sync_type === 'none' ? undefined : sync_type,
      'sync-uri': sync_uri,
      'auto-sync': auto_sync ? 'yes' : 'no',
      priority,
      ...settings,
    };
    const lines = Object.entries(rows).flatMap(([key, value]) => (value === undefined ? [] : [`${key} = ${value}\n`]));
    yield* ensureFileContent(probe, { path, content: `# managed by swarm\n[${name}]\n${lines.join('')}`, mode: '0644' });
    return { path, location };
  },
});
