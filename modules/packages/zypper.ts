import { asksForPackages, defineModule, NO_PACKAGES, packageArgs, packageChanges, packageReturns, z } from '../../src/index.ts';

export default defineModule({
  summary: 'Install, update or remove packages with zypper of SUSE',
  args: z
    .strictObject({
      ...packageArgs,
      disable_recommends: z.boolean().optional().describe('Leave out what a package recommends, or not; left out: as zypper is set up'),
      clean_deps: z.boolean().default(false).describe('With state: absent: remove what nothing needs any more'),
    })
    .refine(asksForPackages, NO_PACKAGES),
  returns: packageReturns,
  freeForm: 'name',
  example: `zypper:
  name: [git, rsync]
  state: present
  update_cache: true
`,
  async *run(probe, { disable_recommends, clean_deps, ...wanted }) {
    const recommends = disable_recommends === undefined ? [] : [disable_recommends ? '--no-recommends' : '--recommends'];
    return yield* packageChanges(probe, 'zypper', {
      ...wanted,
      installOptions: recommends,
      removeOptions: clean_deps ? ['--clean-deps'] : [],
    });
  },
});
