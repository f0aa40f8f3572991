import {
  absolutePath,
  defineModule,
  ensureFileContent,
  ensureFolder,
  queryScript,
  readScript,
  removeFile,
  requireProgram,
  runOrThrow,
  SwarmError,
  statPaths,
  z,
} from '../../src/index.ts';

export default defineModule({
  summary: 'Load or unload a module of the kernel, now and at each boot',
  args: z.strictObject({
    name: z
      .string()
      .regex(/^[A-Za-z0-9][\w-]*$/, 'must be the name of a kernel module')
      .describe('Name of the kernel module'),
    state: z.enum(['present', 'absent']).default('present').describe('present: it is loaded; absent: it is not'),
    params: z
      .string()
      .regex(/^[^\0\n]*$/, 'must be one line')
      .transform((text) => text.split(/\s+/).filter((word) => word !== ''))
      .default([])
      .describe('Parameters: numdummies=2'),
    persistent: z
      .enum(['disabled', 'present', 'absent'])
      .default('disabled')
      .describe('present: load it at each boot; absent: do not; disabled: leave that as it is'),
    folder: absolutePath.default('/etc').describe('Where modules-load.d and modprobe.d are'),
  }),
  returns: z.strictObject({ name: z.string(), loaded: z.boolean() }),
  freeForm: 'name',
  example: `modprobe:
  name: br_netfilter
  persistent: present
`,
  async *run(probe, { name, state, params, persistent, folder }) {
    const found = await queryScript(probe, readScript(import.meta.dirname, 'modprobe.sh'), [name], `kernel module ${name}`);
    const isLoaded = found.trim() === 'loaded';
    const subject = `kernel module ${name}`;
    if ((state === 'present') !== isLoaded) await requireProgram(probe, ['modprobe'], subject);
    if (state === 'present' && found.trim() === 'unknown')
      throw new SwarmError('SW6012', `${subject}: the host does not have it for the kernel that runs`, {
        hint: 'Correct the name, or install the module for that kernel.',
      });
    if (state === 'present' && !isLoaded)
      yield {
        verb: 'create',
        subject,
        apply: async (remote) => void (await runOrThrow(remote, ['modprobe', '--', name, ...params], subject)),
      };
    if (state === 'absent' && isLoaded)
      yield { verb: 'delete', subject, apply: async (remote) => void (await runOrThrow(remote, ['modprobe', '-r', '--', name], subject)) };
    const load = `${folder}/modules-load.d/${name}.conf`;
    const options = `${folder}/modprobe.d/${name}.conf`;
    if (persistent === 'present') {
      yield* ensureFolder(probe, `${folder}/modules-load.d`);
      yield* ensureFileContent(probe, { path: load, content: `${name}\n`, mode: '0644' });
      if (params.length > 0) {
        yield* ensureFolder(probe, `${folder}/modprobe.d`);
        yield* ensureFileContent(probe, { path: options, content: `options ${name} ${params.join(' ')}\n`, mode: '0644' });
      }
    }
    const stale = persistent === 'absent' ? await statPaths(probe, [{ path: load }, { path: options }]) : [];
    for (const [i, path] of [load, options].entries()) if (stale[i] !== undefined && stale[i].type !== 'absent') yield removeFile(path);
    return { name, loaded: state === 'present' };
  },
});
