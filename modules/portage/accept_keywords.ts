import { defineModule, portageEntryArgs, portageEntryChanges, portageEntryReturns, z } from '../../src/index.ts';

export default defineModule({
  summary: 'Keep the accepted keywords of a package in package.accept_keywords',
  args: z.strictObject({
    ...portageEntryArgs,
    keywords: z
      .array(z.string().regex(/^-?(~?[\w-]+|\*\*|~?\*)$/, 'must be a keyword: ~amd64, **'))
      .default([])
      .describe('Left out: the testing keyword of the host'),
  }),
  returns: portageEntryReturns,
  example: `accept_keywords:
  name: dev-lang/zig
  keywords: ["~amd64"]
`,
  async *run(probe, { keywords, ...entry }) {
    return yield* portageEntryChanges(probe, 'package.accept_keywords', { ...entry, values: keywords });
  },
});
