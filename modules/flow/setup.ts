import { defineModule, factsSchema, readFacts, z } from '../../src/index.ts';

export default defineModule({
  summary: 'Read all facts of the host now',
  args: z.strictObject({}),
  returns: z.strictObject({ facts: factsSchema() }),
  argHints: {
    filter: 'It reads all facts. To use one, write: {{ facts.NAME }}',
    gather_subset: 'It reads all facts. To use one, write: {{ facts.NAME }}',
  },
  example: `setup: {}
`,
  // biome-ignore lint/correctness/useYield: it changes nothing on the host
  async *run(probe) {
    return { facts: await readFacts(probe) };
  },
});
