import { defineModule, packageArgs, packageChanges, packageReturns, z } from '../../src/index.ts';

export default defineModule({
  summary: 'Install, update or remove packages with pacman of Arch',
  args: z.strictObject(packageArgs),
  returns: packageReturns,
  freeForm: 'name',
  example: `pacman:
  name: [git, rsync]
  state: present
  update_cache: true
`,
  async *run(probe, wanted) {
    return yield* packageChanges(probe, 'pacman', wanted);
  },
});
