import { defineModule, SwarmError, z } from '../../src/index.ts';

export default defineModule({
  summary: 'Fail unless all conditions hold',
  args: z.strictObject({
    that: z.union([z.array(z.json()), z.json()]).describe('A condition or a list of them, as in `when`: result.rc == 0'),
    fail_msg: z.string().optional().describe('What is shown where it is not so'),
  }),
  returns: z.strictObject({ asserted: z.int().describe('How many conditions held') }),
  freeForm: 'that',
  expressionArgs: ['that'],
  example: `assert:
  that: [disk.stat.exists, 'disk.stat.isdir || disk.stat.size > 0']
  fail_msg: the cache is not mounted
`,
  // biome-ignore lint/correctness/useYield: nothing changes
  async *run(_probe, { that, fail_msg }) {
    const values = Array.isArray(that) ? that : [that];
    for (const [index, value] of values.entries()) {
      if (value === true || value === 'true') continue;
      if (value !== false && value !== 'false' && value !== null) {
        throw new SwarmError('SW6014', `assertion ${index + 1} is neither true nor false: ${JSON.stringify(value)}`, {
          hint: 'Write a comparison, for example: that: size(x) > 0',
        });
      }
      throw new SwarmError('SW6012', fail_msg ?? `assertion ${index + 1} of ${values.length} does not hold`);
    }
    return { asserted: values.length };
  },
});
