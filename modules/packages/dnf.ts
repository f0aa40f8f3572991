import { asksForPackages, defineModule, NO_PACKAGES, packageArgs, packageChanges, packageReturns, z } from '../../src/index.ts';

const repository = z.string().regex(/^[\w.*:, -]*$/, 'must be the name of a repository');
const repositories = z
  .union([repository, z.array(repository)])
  .default([])
  .transform((value) =>
    [value]
      .flat()
      .flatMap((each) => each.split(/[, ]+/))
      .filter((each) => each !== ''),
  );

export default defineModule({
  summary: 'Install, update or remove packages with dnf of Fedora and its relatives',
  args: z
    .strictObject({
      ...packageArgs,
      enablerepo: repositories.describe('Repositories that are used for this task only'),
      disablerepo: repositories.describe('Repositories that are not used for this task'),
    })
    .refine(asksForPackages, NO_PACKAGES),
  returns: packageReturns,
  freeForm: 'name',
  example: `dnf:
  name: [git, rsync]
  state: present
  update_cache: true
`,
  async *run(probe, { enablerepo, disablerepo, ...wanted }) {
    const options = [...enablerepo.map((each) => `--enablerepo=${each}`), ...disablerepo.map((each) => `--disablerepo=${each}`)];
    return yield* packageChanges(probe, 'dnf', { ...wanted, installOptions: options, removeOptions: options });
  },
});
