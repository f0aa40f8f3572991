import { defineModule, portageEntryArgs, portageEntryChanges, portageEntryReturns, z } from '../../src/index.ts';

export default defineModule({
  summary: 'Mask or unmask versions of a package in package.mask or package.unmask',
  args: z.strictObject({
    ...portageEntryArgs,
    unmask: z.boolean().default(false).describe('Write to package.unmask instead'),
  }),
  returns: portageEntryReturns,
  example: `package_mask:
  name: ">=dev-db/postgresql-18"
`,
  async *run(probe, { unmask, ...entry }) {
    return yield* portageEntryChanges(probe, unmask ? 'package.unmask' : 'package.mask', { ...entry, values: [] });
  },
});
