import { defineModule, portageEntryArgs, portageEntryChanges, portageEntryReturns, z } from '../../src/index.ts';

const args = z
  .strictObject({
    ...portageEntryArgs,
    use: z
      .array(z.string().regex(/^-?[A-Za-z0-9][\w+@-]*:?$|^-\*$/, 'must be a flag: ssl, -gtk'))
      .default([])
      .describe('Flags; with - before it: off'),
  })
  .refine(({ state, use }) => state === 'absent' || use.length > 0, { error: 'state: present needs use' });

export default defineModule({
  summary: 'Keep the USE flags of a package in package.use',
  args,
  returns: portageEntryReturns,
  example: `package_use:
  name: net-misc/curl
  use: [http2, -ldap]
`,
  async *run(probe, { use, ...entry }) {
    return yield* portageEntryChanges(probe, 'package.use', { ...entry, values: use });
  },
});
