import { ownValue } from '../../../core/own-value.ts';
import { NEAR_FACTS } from '../../../language/expression/ansible-variables.ts';
import { rejectConversion } from '../../not-convertible.ts';

const DISTRIBUTIONS: Readonly<Record<string, string>> = {
  ...{ redhat: 'rhel', archlinux: 'arch', oraclelinux: 'ol', amazon: 'amzn', 'linux mint': 'linuxmint', 'pop!_os': 'pop' },
  ...{
    'opensuse leap': 'opensuse-leap',
    'opensuse tumbleweed': 'opensuse-tumbleweed',
    sles_sap: 'sles_sap',
    'red hat enterprise linux': 'rhel',
  },
};

/** The ID in /etc/os-release for what Ansible calls a distribution. */
export const toDistributionId = (of: string): string => ownValue(DISTRIBUTIONS, of.toLowerCase()) ?? of.toLowerCase();

const PACKAGE_FAMILIES: Readonly<Record<string, string>> = {
  ...{ apt: 'Debian', yum: 'RedHat', dnf: 'RedHat', dnf5: 'RedHat', pacman: 'Archlinux', apk: 'Alpine', portage: 'Gentoo', zypper: 'Suse' },
};

/** Why a fact is not translated that swarm has in another form. */
export const nearFact = (of: string): string => `in place of ansible_${of} swarm has facts.${NEAR_FACTS[of]}, in another form`;

/** The family of systems that has a package manager. */
export const familyOfPackageManager = (manager: string): string =>
  ownValue(PACKAGE_FAMILIES, manager) ?? rejectConversion(`${nearFact('pkg_mgr')}, without ${manager}`);
