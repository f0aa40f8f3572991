import { dirname } from 'node:path';
import { absolutePath, defineModule, editFile, editIni, ensureFolder, type Probe, queryScript, runOrThrow, z } from '../../src/index.ts';

const args = z
  .strictObject({
    name: z
      .string()
      .regex(/^\w[\w.*/:@-]*$/, 'must be the name of a setting: vm.swappiness')
      .describe('The parameter, such as vm.swappiness'),
    value: z
      .union([z.string().regex(/^[^\0\n]+$/, 'must be one line'), z.number()])
      .transform((value) => String(value).trim())
      .optional()
      .describe('Its value'),
    state: z.enum(['present', 'absent']).default('present').describe('absent: remove it from the file; the running kernel keeps its value'),
    sysctl_file: absolutePath.default('/etc/sysctl.d/90-swarm.conf').describe('The file that sets it at boot'),
    live: z.boolean().default(true).describe('Set it in the running kernel too'),
    reload: z.boolean().default(false).describe('Load the whole file into the running kernel where the task changed it'),
    ignoreerrors: z
      .boolean()
      .default(false)
      .describe('A parameter that the kernel does not have is not an error: it is set in the file alone'),
  })
  .refine(({ state, value }) => state === 'absent' || value !== undefined, { error: 'state: present needs value' });

export default defineModule({
  summary: 'Set a parameter of the kernel, now and at each boot',
  args,
  returns: z.strictObject({ name: z.string(), value: z.string().exactOptional().describe('What the running kernel had before') }),
  example: `sysctl:
  name: vm.swappiness
  value: 10
`,
  async *run(probe, { name, value, state, sysctl_file, live, reload, ignoreerrors }) {
    const missing = state === 'present' ? 'create' : 'skip';
    if (state === 'present') yield* ensureFolder(probe, dirname(sysctl_file));
    let isEdited = false;
    const edits = editFile(probe, { path: sysctl_file, missing }, (text) => editIni(text, { section: '', option: name, value, state }));
    for (let step = await edits.next(); !step.done; step = await edits.next()) {
      isEdited = true;
      yield step.value;
    }
    if (isEdited && reload) {
      const argv: [string, ...string[]] = ['sysctl', ...(ignoreerrors ? ['-e'] : []), '-q', '-p', sysctl_file];
      yield {
        verb: 'run',
        subject: `sysctl -p ${sysctl_file}`,
        apply: async (remote) => void (await runOrThrow(remote, argv, sysctl_file)),
      };
    }
    if (state === 'absent' || !live) return { name };
    if (ignoreerrors && !(await isKnown(probe, name))) return { name };
    const found = (await queryScript(probe, 'sysctl -n "$1"', [name], `sysctl ${name}`)).trim();
    if (found.replace(/\s+/g, ' ') !== value?.replace(/\s+/g, ' ')) {
      yield {
        verb: 'update',
        subject: `${name} in the running kernel`,
        before: `${found}\n`,
        after: `${value}\n`,
        apply: async (remote) => void (await runOrThrow(remote, ['sysctl', '-q', '-w', `${name}=${value}`], `sysctl ${name}`)),
      };
    }
    return { name, value: found };
  },
});

const isKnown = async (probe: Probe, name: string): Promise<boolean> => (await probe.query({ argv: ['sysctl', '-n', name] })).exit === 0;
