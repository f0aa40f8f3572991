import { defineModule, queryScript, runOrThrow, SwarmError, z } from '../../src/index.ts';

/** Prints what holds now, and what holds after the next start where semanage knows it. */
const READ = `command -v getsebool >/dev/null || { echo 'the host has no getsebool' >&2; exit 1; }
export LC_ALL=C
getsebool "$1" 2>&1 | sed 's/.*--> //'
command -v semanage >/dev/null && semanage boolean -l -n 2>/dev/null | sed -n "s/^$1  *(o[nf]* *, *\\(o[nf]*\\)).*/\\1/p"
:`;

export default defineModule({
  summary: 'Switch a boolean of SELinux on or off',
  args: z.strictObject({
    name: z
      .string()
      .regex(/^[a-zA-Z]\w*$/, 'must be the name of a boolean')
      .describe('Name: httpd_can_network_connect'),
    state: z.boolean().describe('true: on; false: off'),
    persistent: z.boolean().default(false).describe('Also after the next start of the host'),
  }),
  returns: z.strictObject({ name: z.string(), state: z.boolean() }),
  example: `seboolean:
  name: httpd_can_network_connect
  state: true
  persistent: true
`,
  async *run(probe, { name, state, persistent }) {
    const [now = '', later = now] = (await queryScript(probe, READ, [name], `boolean ${name}`)).trim().split('\n');
    if (now !== 'on' && now !== 'off')
      throw new SwarmError('SW6012', `${name} is no boolean of SELinux on the host: ${now || 'getsebool prints nothing'}`, {
        hint: 'To see their names, run on the host: getsebool -a',
      });
    const wanted = state ? 'on' : 'off';
    if (now !== wanted || (persistent && later !== wanted))
      yield {
        verb: 'update',
        subject: `boolean ${name}`,
        before: `${now}\n`,
        after: `${wanted}\n`,
        apply: async (remote) =>
          void (await runOrThrow(remote, ['setsebool', ...(persistent ? ['-P'] : []), name, wanted], `boolean ${name}`)),
      };
    return { name, state };
  },
});
