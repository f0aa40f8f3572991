import { defineModule, packageArgs, packageChanges, packageReturns, z } from '../../src/index.ts';

export default defineModule({
  summary: 'Install, update or remove packages with zypper of SUSE',
  args: z.strictObject({
    ...packageArgs,
    install_recommends: z.boolean().optional().describe('Install what a package recommends, or not; left out: as zypper is set up'),
    clean_deps: z.boolean().default(false).describe('With state: absent: remove what nothing needs any more'),
  }),
  returns: packageReturns,
  freeForm: 'name',
  example: `zypper:
  name: [git, rsync]
  state: present
  update_cache: true
`,
  async *run(probe, { install_recommends, clean_deps, ...wanted }) {
    const recommends = install_recommends === undefined ? [] : [install_recommends ? '--recommends' : '--no-recommends'];
    return yield* packageChanges(probe, 'zypper', {
      ...wanted,
      installOptions: recommends,
      removeOptions: clean_deps ? ['--clean-deps'] : [],
    });
  },
});
