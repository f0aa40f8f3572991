import { defineModule, z } from '../../src/index.ts';

export default defineModule({
  summary: 'Print a value',
  args: z
    .strictObject({
      msg: z.json().optional().describe('Text, or any value: "{{ plan.packages }}"'),
      var: z.json().optional().describe('An expression: its value is printed'),
    })
    .refine(({ msg, var: value }) => (msg === undefined) !== (value === undefined), 'takes `msg` or `var`'),
  returns: z.strictObject({ msg: z.json() }),
  argHints: { verbosity: 'Write when: with a condition. A run with -v prints every result.' },
  freeForm: 'msg',
  expressionArgs: ['var'],
  example: `debug:
  msg: "hello from {{ inventory_hostname }}"
`,
  // biome-ignore lint/correctness/useYield: nothing changes
  async *run(probe, { var: value, msg = value ?? null }) {
    const text = typeof msg === 'string' ? msg : JSON.stringify(msg, undefined, 2);
    probe.emit({ type: 'task.output', stream: 'stdout', lines: text.split('\n') });
    return { msg };
  },
});
