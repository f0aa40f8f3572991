import type { Facts } from '../../core/connection.ts';
import { ownValue } from '../../core/own-value.ts';

/** Families of systems by the ID of one of them. */
const FAMILIES: Readonly<Record<string, string>> = {
  ...{ gentoo: 'Gentoo', debian: 'Debian', ubuntu: 'Debian', alpine: 'Alpine', arch: 'Archlinux', archarm: 'Archlinux' },
  ...{ rhel: 'RedHat', fedora: 'RedHat', centos: 'RedHat', rocky: 'RedHat', almalinux: 'RedHat', ol: 'RedHat', amzn: 'RedHat' },
  ...{ suse: 'Suse', sles: 'Suse', opensuse: 'Suse', 'opensuse-leap': 'Suse', 'opensuse-tumbleweed': 'Suse' },
};
/** Names that are not the ID with a capital. */
const NAMES: Readonly<Record<string, string>> = {
  ...{ rhel: 'RedHat', centos: 'CentOS', almalinux: 'AlmaLinux', ol: 'OracleLinux', amzn: 'Amazon', arch: 'Archlinux' },
  ...{
    linuxmint: 'Linux Mint',
    'opensuse-leap': 'openSUSE Leap',
    'opensuse-tumbleweed': 'openSUSE Tumbleweed',
    sles: 'SLES',
    nixos: 'NixOS',
  },
};

const readValue = (line: string | undefined): string | undefined => line?.replace(/^\w+=|["']/g, '');
const capitalize = (id: string): string => id.charAt(0).toUpperCase() + id.slice(1);

/** The facts in /etc/os-release, of its lines. Family and name are the words that Ansible has for them. */
export function describeSystem({ release, version, codename, like }: Readonly<Record<string, string | undefined>>): Partial<Facts> {
  const id = readValue(release);
  if (id === undefined) return {};
  const name = ownValue(NAMES, id) ?? capitalize(id);
  const relatives = readValue(like)?.split(' ') ?? [];
  const family = [id, ...relatives].map((each) => ownValue(FAMILIES, each)).find((each) => each !== undefined);
  const number = readValue(version);
  const word = readValue(codename);
  return {
    distribution: id,
    distribution_name: name,
    os_family: family ?? name,
    ...(number === undefined ? {} : { distribution_version: number, distribution_major_version: number.split('.')[0] ?? number }),
    ...(word === undefined ? {} : { distribution_codename: word }),
  };
}
