import { absolutePath, defineModule, queryScript, readScript, runOrThrow, SwarmError, z } from '../../src/index.ts';

export default defineModule({
  summary: 'Read which kernels the host has, and select the sources that /usr/src/linux leads to',
  args: z.strictObject({
    name: z
      .string()
      .regex(/^linux-[\w.+-]+$/, 'must be the name of a folder in /usr/src: linux-6.12.31-gentoo')
      .optional()
      .describe('The sources to select; left out: only read'),
    sources: absolutePath.default('/usr/src').describe('Folder of the sources'),
  }),
  returns: z.strictObject({
    running: z.string().describe('Release of the running kernel'),
    selected: z.string().describe('Where the link leads; empty where there is none'),
    available: z.array(z.string()).describe('The sources on the host'),
    reboot_needed: z.boolean().describe('The running kernel is another one than the selected sources'),
  }),
  example: `kernel:
  name: linux-6.12.31-gentoo
`,
  async *run(probe, { name, sources }) {
    const [running = '', link = '', ...available] = (
      await queryScript(probe, readScript(import.meta.dirname, 'kernel-read.sh'), [sources], 'kernel')
    )
      .trimEnd()
      .split('\n');
    const before = link.replace(/\/$/, '').split('/').at(-1) ?? '';
    if (name !== undefined && !available.includes(name))
      throw new SwarmError('SW6012', `${probe.host.name} has no sources ${name}`, { hint: sourcesHint(sources, available) });
    if (name !== undefined && name !== before) {
      yield {
        verb: 'update',
        subject: `${sources}/linux`,
        before: `${before}\n`,
        after: `${name}\n`,
        apply: async (remote) => void (await runOrThrow(remote, ['ln', '-sfn', '--', name, `${sources}/linux`], 'kernel')),
      };
    }
    const selected = name ?? before;
    return { running, selected, available, reboot_needed: selected !== '' && selected !== `linux-${running}` };
  },
});

const sourcesHint = (folder: string, available: readonly string[]): string =>
  available.length > 0 ? `It has: ${available.join(', ')}.` : `${folder} has none. Install them in a task before.`;
