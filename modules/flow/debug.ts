import { defineModule, z } from '../../src/index.ts';

export default defineModule({
  summary: 'Print a value',
  args: z.strictObject({ msg: z.json().describe('Text, or any value: "{{ plan.packages }}"') }),
  returns: z.strictObject({ msg: z.json() }),
  argHints: { var: 'Write: debug: "{{ NAME }}"', verbosity: 'Write when: with a condition. A run with -v prints every result.' },
  freeForm: 'msg',
  example: `debug:
  msg: "hello from {{ inventory_hostname }}"
`,
  // biome-ignore lint/correctness/useYield: nothing changes
  async *run(probe, { msg }) {
    const text = typeof msg === 'string' ? msg : JSON.stringify(msg, undefined, 2);
    probe.emit({ type: 'task.output', stream: 'stdout', lines: text.split('\n') });
    return { msg };
  },
});
