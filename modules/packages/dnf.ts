import { defineModule, packageArgs, packageChanges, packageReturns, z } from '../../src/index.ts';

export default defineModule({
  summary: 'Install, update or remove packages with dnf of Fedora and its relatives',
  args: z.strictObject(packageArgs),
  returns: packageReturns,
  freeForm: 'name',
  example: `dnf:
  name: [git, rsync]
  state: present
  update_cache: true
`,
  async *run(probe, wanted) {
    return yield* packageChanges(probe, 'dnf', wanted);
  },
});
