import {
  aptUpkeep,
  asksForPackages,
  debFileChanges,
  defineModule,
  type PackageRequest,
  type Probe,
  packageArgs,
  packageChanges,
  packageReturns,
  queryScript,
  readScript,
  z,
} from '../../src/index.ts';

export default defineModule({
  summary: 'Install, update or remove packages with apt of Debian and Ubuntu',
  args: z
    .strictObject({
      ...packageArgs,
      deb: z
        .string()
        .regex(/^(?:\/|https?:\/\/)[^\n]+$/, 'must be an absolute path or a URL')
        .optional()
        .describe('A package that is a file of the host, or behind a URL; a newer one that is installed stays'),
      cache_valid_time: z
        .int()
        .min(0)
        .default(0)
        .describe('Seconds in which the lists of packages are not loaded again; it sets update_cache'),
      default_release: z
        .string()
        .regex(/^[\w.+~/-]*$/, 'must be the name of a release')
        .default('')
        .describe('The release that packages come from: bookworm-backports'),
      install_recommends: z.boolean().optional().describe('Install what a package recommends, or not; left out: as apt is set up'),
      policy_rc_d: z.int().min(0).max(255).optional().describe('101: no service starts while packages are installed'),
      purge: z.boolean().default(false).describe('What is removed loses its configuration too'),
      autoremove: z
        .boolean()
        .default(false)
        .describe('Remove what nothing needs any more: with state: absent, with upgrade, or without a name'),
      upgrade: z
        .enum(['no', 'safe', 'full'])
        .default('no')
        .describe('Update all packages; safe removes none (apt-get upgrade), full may (dist-upgrade)'),
      autoclean: z.boolean().default(false).describe('Remove the loaded packages that no repository has any more'),
      clean: z.boolean().default(false).describe('Remove all loaded packages'),
    })
    .refine(({ upgrade, name = [], deb }) => upgrade === 'no' || (name.length === 0 && deb === undefined), {
      error: 'upgrade is of all packages: leave out name and deb',
    })
    .refine((given) => given.deb !== undefined || given.cache_valid_time > 0 || asksForPackages(given) || asksForUpkeep(given), {
      error: 'give name, deb, upgrade, or update_cache: true',
    })
    .refine(({ deb, name = [], state }) => deb === undefined || (name.length === 0 && state === 'present'), {
      error: 'deb stands for name, and needs state: present',
    }),
  returns: packageReturns,
  freeForm: 'name',
  example: `apt:
  name: [git, rsync]
  state: present
  update_cache: true
`,
  async *run(probe, { cache_valid_time, default_release, install_recommends, policy_rc_d, deb, ...wanted }) {
    const { purge, autoremove } = wanted;
    const isWanted = wanted.update_cache || cache_valid_time > 0;
    const update_cache = isWanted && (cache_valid_time === 0 || !(await isFresh(probe, cache_valid_time)));
    const recommends = install_recommends === undefined ? [] : [install_recommends ? '--install-recommends' : '--no-install-recommends'];
    const request: PackageRequest = {
      ...wanted,
      ...(policy_rc_d === undefined ? {} : { serviceExit: policy_rc_d }),
      update_cache,
      hasOtherWork: deb !== undefined || asksForUpkeep(wanted),
      installOptions: [...(default_release === '' ? [] : ['-t', default_release]), ...recommends],
      removeOptions: [...(purge ? ['--purge'] : []), ...(autoremove ? ['--auto-remove'] : [])],
    };
    const result = yield* packageChanges(probe, 'apt', request);
    const isNamed = (wanted.name ?? []).length > 0 || deb !== undefined;
    const ofFile = deb === undefined ? [] : yield* debFileChanges(probe, deb, request);
    const ofAll = yield* aptUpkeep(probe, { ...wanted, autoremove: autoremove && !isNamed });
    return { ...result, changed_packages: [...result.changed_packages, ...ofFile, ...ofAll] };
  },
});

/** Whether a task wants something of all packages. */
const asksForUpkeep = (given: { readonly [K in 'autoremove' | 'autoclean' | 'clean']: boolean } & { readonly upgrade: string }): boolean =>
  given.upgrade !== 'no' || given.autoremove || given.autoclean || given.clean;

/** Whether the lists of packages were loaded in the last `seconds`. */
const isFresh = async (probe: Probe, seconds: number): Promise<boolean> =>
  (await queryScript(probe, readScript(import.meta.dirname, 'apt-fresh.sh'), [String(seconds)], 'lists of packages')).trim() === 'fresh';
