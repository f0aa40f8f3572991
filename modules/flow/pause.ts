import { defineModule, type Probe, SwarmError, sleep, z } from '../../src/index.ts';

export default defineModule({
  summary: 'Wait for a time, or for an answer on the terminal, before the next task',
  args: z
    .strictObject({
      seconds: z.number().min(0).optional().describe('How long; a check does not wait'),
      minutes: z.number().min(0).optional().describe('How long; a check does not wait'),
      prompt: z
        .string()
        .regex(/\S/, 'must be a text')
        .optional()
        .describe('A question, whose answer is one line. With seconds or minutes: a text that is shown while it waits'),
      echo: z.boolean().default(true).describe('false: what is typed is not shown, and hidden in all output'),
    })
    .refine(({ seconds, minutes, prompt }) => (seconds ?? minutes ?? prompt) !== undefined, { error: 'give prompt, seconds or minutes' }),
  returns: z.strictObject({
    seconds: z.number().describe('How long it waited'),
    user_input: z.string().describe('The answer to prompt; empty without a question'),
  }),
  freeForm: 'seconds',
  example: `pause:
  seconds: 30
`,
  // biome-ignore lint/correctness/useYield: it only waits
  async *run(probe, { seconds, minutes, prompt, echo }) {
    if (seconds === undefined && minutes === undefined && prompt !== undefined) {
      const begin = performance.now();
      const user_input = await ask(probe, prompt, echo);
      return { seconds: Math.round((performance.now() - begin) / 1000), user_input };
    }
    const total = (seconds ?? 0) + (minutes ?? 0) * 60;
    if (prompt !== undefined) probe.emit({ type: 'task.output', stream: 'stdout', lines: prompt.trimEnd().split('\n') });
    if (!probe.check) await sleep(total * 1000, probe.signal);
    return { seconds: probe.check ? 0 : total, user_input: '' };
  },
});

async function ask({ ask, host, signal }: Probe, prompt: string, echo: boolean): Promise<string> {
  const answer = await ask?.(`${host.name}: ${prompt.trimEnd()}`, !echo, signal);
  if (answer !== undefined) return answer;
  throw new SwarmError('SW6012', 'prompt asks on the terminal, and this run has no terminal', {
    hint: 'Run it on a terminal. Or declare the value in args: of the playbook, give it with -e, and skip this task with when:.',
  });
}
