import { defineModule, z } from '../../src/index.ts';

export default defineModule({
  summary: 'Send a message to a person, by the notifiers of the inventory',
  args: z.strictObject({
    text: z.string().min(1).describe('What the person reads'),
    title: z.string().min(1).optional().describe('The line above it. Default: the name of the playbook'),
  }),
  returns: z.strictObject({ text: z.string(), title: z.string().optional() }),
  freeForm: 'text',
  example: `send_message:
  title: "{{ inventory_hostname }} has a new kernel"
  text: "It waits for a reboot: swarm exec {{ inventory_hostname }} -- uname -r"
`,
  // biome-ignore lint/correctness/useYield: nothing changes
  async *run(probe, { text, title }) {
    const message = { text, ...(title === undefined ? {} : { title }) };
    if (!probe.check) probe.emit({ type: 'run.message', ...message });
    return message;
  },
});
