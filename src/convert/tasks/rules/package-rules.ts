import { FALSE, FILE_DROPS, type ModuleRule, type ModuleRules, TRUE } from './module-rule.ts';

const PACKAGES: ModuleRule = {
  rename: { pkg: 'name', package: 'name', 'update-cache': 'update_cache' },
  values: { state: { installed: 'present', removed: 'absent' } },
  drop: {
    cache_valid_time: 'any',
    force: FALSE,
    allow_unauthenticated: FALSE,
    purge: FALSE,
    autoremove: FALSE,
    install_recommends: TRUE,
    disable_gpg_check: FALSE,
    lock_timeout: 'any',
  },
  note: { cache_valid_time: 'the lists of packages are loaded on each run: there is no cache_valid_time' },
};
const YUM: ModuleRule = {
  ...PACKAGES,
  to: 'dnf',
  drop: {
    ...PACKAGES.drop,
    allowerasing: 'any',
    nobest: 'any',
    use_backend: 'any',
    validate_certs: TRUE,
    security: FALSE,
    bugfix: FALSE,
    skip_broken: FALSE,
  },
  note: { ...PACKAGES.note, allowerasing: 'dnf removes no packages that are in the way: there is no allowerasing' },
};
const { force: _, ...PACMAN_DROPS } = PACKAGES.drop ?? {};
/** apt itself: what the other package managers do not have. */
const APT: ModuleRule = {
  rename: {
    ...PACKAGES.rename,
    'default-release': 'default_release',
    'install-recommends': 'install_recommends',
  },
  values: { ...PACKAGES.values, upgrade: { yes: 'safe', true: 'safe', dist: 'full' } },
  drop: {
    force: FALSE,
    upgrade: [false, 'no'],
    allow_unauthenticated: FALSE,
    lock_timeout: 'any',
    update_cache_retries: 'any',
    force_apt_get: 'any',
    dpkg_options: ['force-confdef,force-confold'],
  },
};

/** Of package managers and what they load packages from. */
export const packageRules: ModuleRules = {
  apt: APT,
  dnf: YUM,
  yum: YUM,
  dnf5: YUM,
  apk: PACKAGES,
  pacman: { ...PACKAGES, drop: PACMAN_DROPS },
  package: PACKAGES,
  zypper: {
    rename: PACKAGES.rename ?? {},
    values: PACKAGES.values ?? {},
    drop: { ...PACKAGES.drop, type: ['package'], extra_args_precommand: [''], oldpackage: FALSE, replacefiles: FALSE, quiet: 'any' },
    add: { disable_recommends: true },
  },
  zypper_repository: {
    rename: { refresh: 'autorefresh' },
    drop: { overwrite_multiple: 'any' },
  },
  debconf: { rename: { pkg: 'name', setting: 'question', selection: 'question', answer: 'value' } },
  apt_key: { drop: { validate_certs: TRUE } },
  npm: { rename: { execute: 'executable' }, drop: { unsafe_perm: 'any', no_bin_links: FALSE } },
  pip: { drop: { virtualenv_site_packages: FALSE, break_system_packages: FALSE } },
  snap: {},
  portage: { to: 'package', rename: { package: 'name', sync: 'update_cache' }, values: { update_cache: { yes: true } } },
  package_facts: {
    drop: { manager: ['auto'], strategy: ['first', 'all'] },
    note: { strategy: '`package_facts` has the packages of the package manager of the system alone' },
  },
  apt_repository: {
    drop: { validate_certs: TRUE, update_cache_retries: 'any', update_cache_retry_max_delay: 'any', install_python_apt: 'any' },
  },
  deb822_repository: { drop: { install_python_debian: 'any' }, add: { update_cache: false } },
  rpm_key: { drop: { validate_certs: TRUE } },
  yum_repository: { drop: FILE_DROPS },
};
