import { absolutePath, defineModule, editFile, editIni, queryScript, runScript, z } from '../../src/index.ts';

const NOW =
  'if [ "$2" = systemd ] && command -v hostnamectl >/dev/null; then exec hostnamectl --transient set-hostname "$1"; fi; exec hostname "$1"';

export default defineModule({
  summary: 'Set the name that the machine gives itself, now and at each boot',
  args: z.strictObject({
    name: z
      .string()
      .regex(/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/i, 'must be a host name')
      .describe('The name'),
    path: absolutePath.optional().describe('The file; default /etc/conf.d/hostname with OpenRC, else /etc/hostname'),
  }),
  returns: z.strictObject({ name: z.string(), before: z.string().describe('The name that it had') }),
  freeForm: 'name',
  example: `hostname:
  name: drone-tarn
`,
  async *run(probe, { name, path }) {
    const { init } = probe.facts;
    const isOpenrc = init === 'openrc';
    const file = path ?? (isOpenrc ? '/etc/conf.d/hostname' : '/etc/hostname');
    const edit = (text: string): string =>
      isOpenrc ? editIni(text, { section: '', option: 'hostname', value: `"${name}"`, state: 'present', separator: '=' }) : `${name}\n`;
    yield* editFile(probe, { path: file, missing: 'create' }, edit);
    const before = (await queryScript(probe, 'hostname 2>/dev/null || uname -n', [], 'hostname')).trim();
    if (before !== name) {
      yield {
        verb: 'update',
        subject: 'name of the running system',
        before: `${before}\n`,
        after: `${name}\n`,
        apply: async (remote) => void (await runScript(remote, NOW, [name, init], 'hostname')),
      };
    }
    return { name, before };
  },
});
