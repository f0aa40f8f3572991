import {
  asksForPackages,
  defineModule,
  findPackageManager,
  NO_PACKAGES,
  packageArgs,
  packageChanges,
  packageReturns,
  z,
} from '../../src/index.ts';

export default defineModule({
  summary: 'Install, update or remove packages with the package manager of the host: emerge, apt, apk, dnf, pacman or zypper',
  args: z
    .strictObject({
      ...packageArgs,
      use: z.enum(['auto', 'emerge', 'apt', 'apk', 'dnf', 'pacman', 'zypper']).default('auto').describe('auto: the one that the host has'),
    })
    .refine(asksForPackages, NO_PACKAGES),
  returns: packageReturns,
  freeForm: 'name',
  example: `package:
  name: rsync
`,
  async *run(probe, { use, ...wanted }) {
    return yield* packageChanges(probe, use === 'auto' ? await findPackageManager(probe) : use, wanted);
  },
});
