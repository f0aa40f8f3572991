import { absolutePath, defineModule, queryScript, readScript, runScript, SwarmError, z } from '../../src/index.ts';

export default defineModule({
  summary: 'Set the time zone: /etc/localtime, and /etc/timezone where the host has it',
  args: z.strictObject({
    name: z
      .string()
      .regex(/^[A-Za-z0-9_+-]+(\/[A-Za-z0-9_+-]+)*$/, 'must be a time zone such as Europe/Berlin or UTC')
      .describe('The time zone'),
    root: absolutePath.default('/').describe('The folder of the system: another one for what is mounted or a chroot'),
  }),
  returns: z.strictObject({ name: z.string(), before: z.string().describe('The zone that it had; empty where none was set') }),
  freeForm: 'name',
  example: `timezone:
  name: Europe/Berlin
`,
  async *run(probe, { name, root }) {
    const [known, ...lines] = (
      await queryScript(probe, readScript(import.meta.dirname, 'timezone-read.sh'), [name, root], 'timezone')
    ).split('\n');
    if (known !== 'known')
      throw new SwarmError('SW6012', `the host does not know the time zone ${name}`, {
        hint: 'Correct the name, or install the zones: sys-libs/timezone-data on Gentoo, tzdata elsewhere.',
      });
    const at = lines.findIndex((line) => line === 'file' || line === 'none');
    const before = /zoneinfo\/(.+)$/.exec(lines.slice(0, at).join(''))?.[1] ?? '';
    const { os_family: family, init } = probe.facts;
    const hasFile = lines[at] === 'file' || family === 'Debian' || (family === 'Gentoo' && init !== 'systemd');
    const written = lines[at] === 'file' ? (lines[at + 1] ?? '').trim() : '';
    if (before !== name || (hasFile && written !== name))
      yield {
        verb: 'update',
        subject: 'time zone',
        before: before === '' ? '' : `${before}\n`,
        after: `${name}\n`,
        apply: async (remote) =>
          void (await runScript(
            remote,
            readScript(import.meta.dirname, 'timezone-set.sh'),
            [name, root, hasFile ? 'yes' : 'no'],
            'timezone',
          )),
      };
    return { name, before };
  },
});
