import { buildId, type DemoPackage, enabledFlags, flagNames, repository } from './demo-package.ts';
import type { DroneSystem } from './drone-system.ts';

/** Who wants a package: another package, or a word of the command line. */
export type RequiredBy = DemoPackage | string;

const requiredBy = (by: readonly RequiredBy[]): string =>
  by.every((each) => typeof each === 'string')
    ? ''
    : by
        .map((each) => (typeof each === 'string' ? `"${each}" [argument]` : `"${each.cpv}::${repository}" [${each.type}]`))
        .map((who) => `(dependency required by ${who})\n`)
        .join('');

/** Why an ebuild is not visible, in Portage's words. */
export function findMask({ ebuild }: DemoPackage, { arch }: DroneSystem): string | undefined {
  if (ebuild.mask !== undefined) return 'package.mask';
  if (ebuild.testing) return `~${arch} keyword`;
  return ebuild.license && `${ebuild.license} license(s)`;
}

export function maskedMessage(atom: string, pkg: DemoPackage, by: readonly RequiredBy[], system: DroneSystem): string {
  const { mask, license } = pkg.ebuild;
  const tree = `/var/db/repos/${repository}`;
  const why =
    mask !== undefined
      ? `${tree}/profiles/package.mask:\n# Swarm Lab <lab@example.invalid> (2024-01-01)\n# ${mask}\n\n`
      : license !== undefined
        ? `A copy of the '${license}' license is located at '${tree}/licenses/${license}'.\n\n`
        : '';
  return `
!!! All ebuilds that could satisfy "${atom}" have been masked.
!!! One of the following masked packages is required to complete your request:
- ${pkg.cpv}::${repository} (masked by: ${findMask(pkg, system)})
${why}${requiredBy(by)}
For more information, see the MASKED PACKAGES section in the emerge
man page or refer to the Gentoo Handbook.

`;
}

export function noEbuildMessage(atom: string, by: readonly RequiredBy[]): string {
  const text = `\nemerge: there are no ebuilds to satisfy "${atom}".\n`;
  return requiredBy(by) === ''
    ? `${text}\nemerge: searching for similar names...\nemerge: nothing similar found.\n`
    : text + requiredBy(by);
}

export function flagChangeMessage(pkg: DemoPackage, flag: string, by: readonly RequiredBy[]): string {
  const who = by.map((each) => `# required by ${typeof each === 'string' ? `${each} (argument)` : `${each.cpv}::${repository}`}\n`);
  return `
The following USE changes are necessary to proceed:
 (see "package.use" in the portage(5) man page for more details)
${who.join('')}>=${pkg.cpv} ${flag}

Use --autounmask-write to write changes to config files (honoring
CONFIG_PROTECT). Carefully examine the list of proposed changes,
paying special attention to mask or keyword changes that may expose
experimental or unstable packages.
`;
}

const task = ({ cpv, slot, subSlot, type }: DemoPackage): string =>
  `(${cpv}:${slot}/${subSlot}::${repository}, ${type} scheduled for merge)`;

export const circularMessage = (first: DemoPackage, second: DemoPackage): string => `


 * Error: circular dependencies:

${task(second)} depends on
 ${task(first)} (buildtime)
  ${task(second)} (buildtime)

 * Note that circular dependencies can often be avoided by temporarily
 * disabling USE flags that trigger optional dependencies.
`;

export const badAtomMessage = (atom: string): string =>
  `!!! '${atom}' is not a valid package atom.\n!!! Please check ebuild(5) for full details.\n`;

export const MISSING_DEPENDENCIES =
  '\n!!! --buildpkgonly requires all dependencies to be merged.\n!!! Cannot merge requested packages. Merge deps and try again.\n\n';

/** What `die` prints in the compile phase, without the stars. */
export const dieMessage = ({ cpv }: DemoPackage, why: string, log: string, folder: string): readonly string[] => [
  `ERROR: ${cpv}::${repository} failed (compile phase):`,
  `  ${why}`,
  '',
  'Call stack:',
  '    ebuild.sh, line 143:  Called src_compile',
  '  environment, line 210:  Called die',
  'The specific snippet of code:',
  `      die "${why}"`,
  '',
  `If you need support, post the output of \`emerge --info '=${cpv}::${repository}'\`,`,
  `the complete build log and the output of \`emerge -pqv '=${cpv}::${repository}'\`.`,
  `The complete build log is located at '${log}'.`,
  `For convenience, a symlink to the build log is located at '${folder}/temp/build.log'.`,
  `The ebuild environment file is located at '${folder}/temp/environment'.`,
  `Working directory: '${folder}/work'`,
  `S: '${folder}/work'`,
];

/** A line of --pretend. */
export function pretendLine(pkg: DemoPackage): string {
  const id = buildId(pkg);
  const on = enabledFlags(pkg);
  const flags = [...on, ...flagNames(pkg).flatMap((flag) => (on.includes(flag) ? [] : [`-${flag}`]))];
  const use = flags.length === 0 ? '' : ` USE="${flags.join(' ')}"`;
  return `[${pkg.type}  N     ] ${pkg.cpv}${id === undefined ? '' : `-${id}`} ${use}`;
}
