import { asksForPackages, defineModule, NO_PACKAGES, packageArgs, packageChanges, packageReturns, z } from '../../src/index.ts';

export default defineModule({
  summary: 'Install, update or remove packages with apk of Alpine',
  args: z.strictObject(packageArgs).refine(asksForPackages, NO_PACKAGES),
  returns: packageReturns,
  freeForm: 'name',
  example: `apk:
  name: [git, rsync]
  state: present
  update_cache: true
`,
  async *run(probe, wanted) {
    return yield* packageChanges(probe, 'apk', wanted);
  },
});
