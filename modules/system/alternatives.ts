import { absolutePath, defineModule, queryScript, readScript, runOrThrow, SwarmError, z } from '../../src/index.ts';

export default defineModule({
  summary: 'Choose which program a name such as iptables or java stands for',
  args: z.strictObject({
    name: z
      .string()
      .regex(/^[\w][\w.+-]*$/, 'must be the name of a group of alternatives')
      .describe('Name of the group: iptables'),
    path: absolutePath.describe('The program that it stands for'),
    link: absolutePath.optional().describe('The link itself, where the group does not have the program yet: /usr/sbin/iptables'),
    priority: z.int().default(50).describe('With link: which program is chosen where nobody chose'),
  }),
  returns: z.strictObject({ name: z.string(), path: z.string() }),
  example: `alternatives:
  name: iptables
  path: /usr/sbin/iptables-legacy
`,
  async *run(probe, { name, path, link, priority }) {
    const text = await queryScript(probe, readScript(import.meta.dirname, 'alternatives-query.sh'), [name], `alternatives ${name}`);
    const lines = text.split('\n').map((line) => line.trim());
    // Debian writes `Value: PATH` and `Alternative: PATH`, Red Hat `link currently points to PATH` and `PATH - priority 10`
    const current = lines.map((line) => /^(?:Value:|link currently points to) (.+)$/.exec(line)?.[1]).find((found) => found !== undefined);
    const isKnown = lines.some((line) => line === `Alternative: ${path}` || line.startsWith(`${path} - `));
    const subject = `${name} stands for`;
    if (!isKnown && link === undefined)
      throw new SwarmError('SW6012', `${name} has no alternative ${path}`, {
        hint: 'Write link: too, with the link that leads to the program.',
      });
    if (!isKnown && link !== undefined)
      yield {
        verb: 'create',
        subject: `${path} as an alternative of ${name}`,
        apply: async (remote) =>
          void (await runOrThrow(remote, ['update-alternatives', '--install', link, name, path, String(priority)], subject)),
      };
    if (current !== path)
      yield {
        verb: 'update',
        subject,
        before: current === undefined ? '' : `${current}\n`,
        after: `${path}\n`,
        apply: async (remote) => void (await runOrThrow(remote, ['update-alternatives', '--set', name, path], subject)),
      };
    return { name, path };
  },
});
