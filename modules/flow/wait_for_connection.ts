import { defineModule, z } from '../../src/index.ts';

export default defineModule({
  summary: 'Wait until the host answers and proves who it is',
  args: z.strictObject({
    timeout: z.int().positive().default(600).describe('Seconds until it must answer'),
    delay: z.int().min(0).default(0).describe('Seconds before the first try'),
    sleep: z.int().positive().optional().describe('Seconds between two tries; without it 1, 2, 4 and so on up to 60'),
  }),
  returns: z.strictObject({ elapsed: z.int().describe('Seconds that the first command took') }),
  waitsForHost: ({ timeout, delay, sleep }) => ({ seconds: timeout, delay, ...(sleep === undefined ? {} : { interval: sleep }) }),
  example: `wait_for_connection:
  timeout: 300
`,
  // biome-ignore lint/correctness/useYield: it only waits
  async *run(probe) {
    const started = performance.now();
    await probe.query({ argv: ['true'] });
    return { elapsed: Math.round((performance.now() - started) / 1000) };
  },
});
