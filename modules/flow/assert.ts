import { defineModule, SwarmError, z } from '../../src/index.ts';

export default defineModule({
  summary: 'Fail unless all conditions hold',
  args: z.strictObject({
    that: z
      .union([z.array(z.json()), z.json()])
      .refine((that) => !Array.isArray(that) || that.length > 0, 'needs a condition')
      .describe('A condition or a list of them, as in `when`: result.rc == 0'),
    fail_msg: z.string().optional().describe('What is shown where it is not so'),
    success_msg: z.string().optional().describe('What is shown where all hold'),
    quiet: z.boolean().default(false).describe('Do not show success_msg'),
  }),
  returns: z.strictObject({
    asserted: z.int().describe('How many conditions held'),
    msg: z.string().exactOptional().describe('success_msg'),
  }),
  freeForm: 'that',
  conditionArgs: ['that'],
  example: `assert:
  that: [disk.stat.exists, 'disk.stat.isdir || disk.stat.size > 0']
  fail_msg: the cache is not mounted
`,
  // biome-ignore lint/correctness/useYield: nothing changes
  async *run(probe, { that, fail_msg, success_msg: msg, quiet }) {
    const values = Array.isArray(that) ? that : [that];
    for (const [index, value] of values.entries()) {
      if (value === true || value === 'true') continue;
      if (value !== false && value !== 'false' && value !== null) {
        throw new SwarmError('SW6014', `assertion ${index + 1} is neither true nor false: ${JSON.stringify(value)}`, {
          hint: 'Write a comparison, for example: that: size(x) > 0',
        });
      }
      const which = `assertion ${index + 1} of ${values.length} does not hold`;
      throw new SwarmError('SW6012', fail_msg ?? which, fail_msg === undefined ? {} : { detail: which });
    }
    if (msg === undefined) return { asserted: values.length };
    if (!quiet) probe.emit({ type: 'task.output', stream: 'stdout', lines: msg.split('\n') });
    return { asserted: values.length, msg };
  },
});
