import { defineModule, sleep, z } from '../../src/index.ts';

export default defineModule({
  summary: 'Wait for a time before the next task; a check does not wait',
  args: z
    .strictObject({
      seconds: z.number().min(0).optional().describe('How long'),
      minutes: z.number().min(0).optional().describe('How long'),
    })
    .refine(({ seconds, minutes }) => seconds !== undefined || minutes !== undefined, { error: 'give seconds or minutes' }),
  argHints: { prompt: 'A run never asks a question. Ask before it with args: of the playbook, or wait a time with seconds:.' },
  returns: z.strictObject({ seconds: z.number().describe('How long it waited') }),
  freeForm: 'seconds',
  example: `pause:
  seconds: 30
`,
  // biome-ignore lint/correctness/useYield: it only waits
  async *run(probe, { seconds = 0, minutes = 0 }) {
    const total = seconds + minutes * 60;
    if (!probe.check) await sleep(total * 1000, probe.signal);
    return { seconds: probe.check ? 0 : total };
  },
});
