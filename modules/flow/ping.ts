import { defineModule, SwarmError, z } from '../../src/index.ts';

export default defineModule({
  summary: 'Connect to the host and run one command that changes nothing',
  args: z.strictObject({ data: z.string().default('pong').describe('Text that the host must return') }),
  returns: z.strictObject({ ping: z.string().describe('The data'), ms: z.number().describe('Time of the round trip in milliseconds') }),
  freeForm: 'data',
  example: `ping:
  data: pong
`,
  // biome-ignore lint/correctness/useYield: nothing changes
  async *run(probe, { data }) {
    const { stdout, ms } = await probe.query({ argv: ['printf', '%s', data] });
    if (stdout !== data) throw new SwarmError('SW2006', 'the host returned another text than swarm sent', { detail: stdout });
    return { ping: data, ms };
  },
});
