import { asksForPackages, defineModule, NO_PACKAGES, packageArgs, packageChanges, packageReturns, z } from '../../src/index.ts';

export default defineModule({
  summary: 'Install, update or remove packages with pacman of Arch',
  args: z
    .strictObject({
      ...packageArgs,
      force: z.boolean().default(false).describe('With state: absent: also where another package needs it'),
    })
    .refine(asksForPackages, NO_PACKAGES),
  returns: packageReturns,
  freeForm: 'name',
  example: `pacman:
  name: [git, rsync]
  state: present
  update_cache: true
`,
  async *run(probe, { force, ...wanted }) {
    return yield* packageChanges(probe, 'pacman', { ...wanted, removeOptions: force ? ['-dd'] : [] });
  },
});
