import { defineModule, SwarmError, z } from '../../src/index.ts';

export default defineModule({
  summary: 'Fail unless all values are true',
  args: z.strictObject({
    that: z.union([z.array(z.json()), z.json()]).describe('A value or a list of them: "{{ result.ready }}"'),
    fail_msg: z.string().optional().describe('What is shown where it is not so'),
  }),
  returns: z.strictObject({ asserted: z.int().describe('How many values were true') }),
  freeForm: 'that',
  example: `assert:
  that: ["{{ disk.stat.exists }}"]
  fail_msg: the cache is not mounted
`,
  // biome-ignore lint/correctness/useYield: nothing changes
  async *run(_probe, { that, fail_msg }) {
    const values = Array.isArray(that) ? that : [that];
    for (const [index, value] of values.entries()) {
      if (value === true || value === 'true') continue;
      if (value !== false && value !== 'false' && value !== null) {
        throw new SwarmError('SW6014', `assertion ${index + 1} is neither true nor false: ${JSON.stringify(value)}`, {
          hint: 'Write failed_when: on the task that registers the value. The module assert does not evaluate expressions.',
        });
      }
      throw new SwarmError('SW6012', fail_msg ?? `assertion ${index + 1} of ${values.length} does not hold`);
    }
    return { asserted: values.length };
  },
});
