import { defineModule, SwarmError, z } from '../../src/index.ts';

export default defineModule({
  summary: 'Fail with a message; use it with when:',
  args: z.strictObject({ msg: z.string().default('failed as asked').describe('Why it fails') }),
  returns: z.undefined(),
  freeForm: 'msg',
  example: `fail:
  msg: this playbook is for Gentoo
`,
  // biome-ignore lint/correctness/useYield: nothing changes
  async *run(_probe, { msg }) {
    throw new SwarmError('SW6012', msg);
  },
});
