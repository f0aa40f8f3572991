import { defineModule, SwarmError, z } from '../src/index.ts';

export default defineModule({
  summary: 'Does the host answer? It proved itself when the connection was made; this runs one command',
  args: z.strictObject({ data: z.string().default('pong').describe('What is sent and has to come back') }),
  returns: z.strictObject({ ping: z.string().describe('The data'), ms: z.number().describe('Time of the round trip in milliseconds') }),
  freeForm: 'data',
  example: `ping:
  data: pong
`,
  // biome-ignore lint/correctness/useYield: nothing changes
  async *run(probe, { data }) {
    const { stdout, ms } = await probe.query({ argv: ['printf', '%s', data] });
    if (stdout !== data) throw new SwarmError('SW2006', 'the host answered with other text than was sent', { detail: stdout });
    return { ping: data, ms };
  },
});
