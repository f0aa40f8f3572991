import { defineModule, queryScript, readScript, runOrThrow, SwarmError, z } from '../../src/index.ts';

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
    const [now = '', later = now] = (
      await queryScript(probe, readScript(import.meta.dirname, 'seboolean-state.sh'), [name], `boolean ${name}`)
    )
      .trim()
      .split('\n');
    if (now !== 'on' && now !== 'off')
      throw new SwarmError('SW6012', `${name} is not a boolean of SELinux on the host: ${now || 'getsebool prints nothing'}`, {
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
