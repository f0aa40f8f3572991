import { defineModule, portageEntryArgs, portageEntryChanges, portageEntryReturns, z } from '../../src/index.ts';

const args = z
  .strictObject({
    ...portageEntryArgs,
    licenses: z
      .array(z.string().regex(/^-?(@?[A-Za-z0-9][\w.+-]*|\*)$/, 'must be a licence or a group: @BINARY-REDISTRIBUTABLE'))
      .default([])
      .describe('Licenses that the package may have'),
  })
  .refine(({ state, licenses }) => state === 'absent' || licenses.length > 0, { error: 'state: present needs licenses' });

export default defineModule({
  summary: 'Keep the accepted licences of a package in package.license; */* is every package',
  args,
  returns: portageEntryReturns,
  example: `license:
  name: sys-kernel/linux-firmware
  licenses: ["@BINARY-REDISTRIBUTABLE"]
`,
  async *run(probe, { licenses, ...entry }) {
    return yield* portageEntryChanges(probe, 'package.license', { ...entry, values: licenses });
  },
});
