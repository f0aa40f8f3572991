import { defineModule, queryScript, runOrThrow, SwarmError, z } from '../../src/index.ts';

export default defineModule({
  summary: 'Select the profile of the host with eselect',
  args: z.strictObject({
    name: z
      .string()
      .regex(/^[A-Za-z0-9][\w./:+-]*$/, 'must be the name of a profile: default/linux/amd64/23.0')
      .describe('The profile'),
  }),
  returns: z.strictObject({ before: z.string(), after: z.string() }),
  freeForm: 'name',
  example: `profile:
  name: default/linux/amd64/23.0/systemd
`,
  async *run(probe, { name }) {
    const text = await queryScript(
      probe,
      'LC_ALL=C eselect --colour=no profile show && LC_ALL=C eselect --colour=no profile list',
      [],
      'eselect profile',
    );
    const [, before = ''] = text.split('\n').map((line) => line.trim());
    if (before === name) return { before, after: name };
    const names = text.split('\n').flatMap((line) => /^\s*\[\d+\]\s+(\S+)/.exec(line)?.[1] ?? []);
    if (!names.includes(name))
      throw new SwarmError('SW6012', `${probe.host.name} has no profile ${name}`, {
        hint: 'To see them, run: swarm exec NAME -- eselect profile list',
      });
    yield {
      verb: 'update',
      subject: 'profile',
      before: `${before}\n`,
      after: `${name}\n`,
      apply: async (remote) => void (await runOrThrow(remote, ['eselect', 'profile', 'set', name], 'profile')),
    };
    return { before, after: name };
  },
});
