import { type Change, defineModule, type Json, z } from '../src/index.ts';

export default defineModule({
  summary: 'Prints a value',
  args: z.strictObject({ msg: z.json().describe('Text, or any value: "{{ plan.packages }}"') }),
  freeForm: 'msg',
  example: `debug:
  msg: "hello from {{ inventory_hostname }}"
`,
  // biome-ignore lint/correctness/useYield: nothing changes
  async *run(probe, { msg }): AsyncGenerator<Change, Json, void> {
    const text = typeof msg === 'string' ? msg : JSON.stringify(msg, undefined, 2);
    probe.emit({ type: 'task.output', stream: 'stdout', lines: text.split('\n') });
    return { msg };
  },
});
