import type { DemoPackage } from './demo-package.ts';
import type { DroneSystem } from './drone-system.ts';

/** Who wanted a package: another package, or the command line. */
export type RequiredBy = { readonly pkg: DemoPackage } | { readonly argument: string };

const requiredBy = (by: readonly RequiredBy[]): string =>
  by
    .map((each) => ('pkg' in each ? `"${each.pkg.cpv.text}::${each.pkg.repository}" [${each.pkg.type}]` : `"${each.argument}" [argument]`))
    .map((who) => `(dependency required by ${who})\n`)
    .join('');

const MASK_END = `
For more information, see the MASKED PACKAGES section in the emerge
man page or refer to the Gentoo Handbook.

`;

/** Why an ebuild is not visible, in Portage's words. */
export function findMask({ ebuild }: DemoPackage, { arch }: DroneSystem): string | undefined {
  if (ebuild?.mask !== undefined) return 'package.mask';
  if (ebuild?.keywords === '~') return `~${arch} keyword`;
  if (ebuild?.license !== undefined) return `${ebuild.license} license(s)`;
  return undefined;
}

export function maskedMessage(atom: string, all: readonly DemoPackage[], by: readonly RequiredBy[], system: DroneSystem): string {
  const entries = all.map((pkg) => {
    const { ebuild } = pkg;
    const comment =
      ebuild?.mask !== undefined
        ? `/var/db/repos/${pkg.repository}/profiles/package.mask:\n# Swarm Lab <lab@example.invalid> (2024-01-01)\n# ${ebuild.mask}\n\n`
        : ebuild?.license !== undefined
          ? `A copy of the '${ebuild.license}' license is located at '/var/db/repos/${pkg.repository}/licenses/${ebuild.license}'.\n\n`
          : '';
    return `- ${pkg.cpv.text}::${pkg.repository} (masked by: ${findMask(pkg, system)})\n${comment}`;
  });
  return `
!!! All ebuilds that could satisfy "${atom}" have been masked.
!!! One of the following masked packages is required to complete your request:
${entries.join('')}${by.some((each) => 'pkg' in each) ? requiredBy(by) : ''}${MASK_END}`;
}

export function noEbuildMessage(atom: string, by: readonly RequiredBy[], ebuilds: readonly DemoPackage[]): string {
  const text = `\nemerge: there are no ebuilds to satisfy "${atom}".\n`;
  if (by.some((each) => 'pkg' in each)) return text + requiredBy(by);
  const category = atom.replace(/^[<>=~]+/, '').split('/')[0];
  const names = new Set(ebuilds.map((pkg) => `${pkg.cpv.category}/${pkg.cpv.name}`).filter((name) => name.startsWith(`${category}/`)));
  const similar = [...names].slice(0, 3);
  const hint = similar.length === 0 ? 'nothing similar found.' : `Maybe you meant any of these: ${similar.join(', ')}?`;
  return `${text}\nemerge: searching for similar names...\nemerge: ${hint}\n`;
}

export function noBinaryMessage(atom: string, by: readonly RequiredBy[]): string {
  return `\nemerge: there are no binary packages to satisfy "${atom}".\n${by.some((each) => 'pkg' in each) ? requiredBy(by) : ''}`;
}

export function formatUseChanges(
  changes: readonly { readonly pkg: DemoPackage; readonly flag: string; readonly by: readonly RequiredBy[] }[],
): string {
  const blocks = changes.map(({ pkg, flag, by }) => {
    const who = by.map((each) =>
      'pkg' in each ? `# required by ${each.pkg.cpv.text}::${each.pkg.repository}\n` : `# required by ${each.argument} (argument)\n`,
    );
    return `${who.join('')}>=${pkg.cpv.text} ${flag}\n`;
  });
  return `
The following USE changes are necessary to proceed:
 (see "package.use" in the portage(5) man page for more details)
${blocks.join('')}
Use --autounmask-write to write changes to config files (honoring
CONFIG_PROTECT). Carefully examine the list of proposed changes,
paying special attention to mask or keyword changes that may expose
experimental or unstable packages.
`;
}

/** `(cat/name-1.0:0/0::demo, ebuild scheduled for merge)`: how Portage names a task. */
export const taskName = (pkg: DemoPackage): string => {
  const built = pkg.buildId === undefined ? '' : `-${pkg.buildId}`;
  return `(${pkg.cpv.text}${built}:${pkg.slot}/${pkg.subSlot}::${pkg.repository}, ${pkg.type} scheduled for merge)`;
};

export function circularMessage(first: DemoPackage, second: DemoPackage): string {
  return `


 * Error: circular dependencies:

${taskName(second)} depends on
 ${taskName(first)} (buildtime)
  ${taskName(second)} (buildtime)

 * Note that circular dependencies can often be avoided by temporarily
 * disabling USE flags that trigger optional dependencies.
`;
}

/** The block that `die` prints, and that the end of emerge repeats without the stars' colour. */
export function dieMessage(pkg: DemoPackage, phase: string, why: string, log: string, build: string): readonly string[] {
  const name = `${pkg.cpv.text}::${pkg.repository}`;
  return [
    `ERROR: ${name} failed (${phase} phase):`,
    `  ${why}`,
    '',
    'Call stack:',
    `    ebuild.sh, line 143:  Called src_${phase}`,
    '  environment, line 210:  Called die',
    'The specific snippet of code:',
    `      die "${why}"`,
    '',
    `If you need support, post the output of \`emerge --info '=${name}'\`,`,
    `the complete build log and the output of \`emerge -pqv '=${name}'\`.`,
    `The complete build log is located at '${log}'.`,
    `For convenience, a symlink to the build log is located at '${build}/temp/build.log'.`,
    `The ebuild environment file is located at '${build}/temp/environment'.`,
    `Working directory: '${build}/work'`,
    `S: '${build}/work'`,
  ];
}

/** What stands last on stderr when more than one package failed, or with --keep-going. */
export function failureSummary(failed: readonly { readonly pkg: DemoPackage; readonly log?: string }[]): string {
  const entries = failed.map(({ pkg, log }) => ` *  ${taskName(pkg)}${log === undefined ? '' : `, Log file:\n *   '${log}'`}\n`);
  return ` * \n * The following ${failed.length === 1 ? 'package has' : `${failed.length} packages have`} failed to build, install, or execute\n * postinst:\n * \n${entries.join('')} * \n`;
}

/** The lines of --pretend. */
export function pretendLine(pkg: DemoPackage, replaces: DemoPackage | undefined, verbose: boolean): string {
  const sign = replaces === undefined ? '  N     ' : replaces.cpv.text === pkg.cpv.text ? '   R    ' : '     U  ';
  const name = pkg.buildId === undefined ? pkg.cpv.text : `${pkg.cpv.text}-${pkg.buildId}`;
  const full = verbose ? `${name}${pkg.slot === '0' && pkg.subSlot === '0' ? '' : `:${pkg.slot}/${pkg.subSlot}`}::${pkg.repository}` : name;
  const old = replaces !== undefined && replaces.cpv.text !== pkg.cpv.text ? ` [${replaces.cpv.version}]` : '';
  const flags = [...pkg.iuse].sort((a, b) => Number(pkg.use.includes(b)) - Number(pkg.use.includes(a)) || (a < b ? -1 : 1));
  const use = flags.length === 0 ? '' : ` USE="${flags.map((flag) => (pkg.use.includes(flag) ? flag : `-${flag}`)).join(' ')}"`;
  return `[${pkg.type}${sign}] ${full}${old} ${use}${verbose ? ' 0 KiB' : ''}`.trimEnd() + (use === '' && !verbose ? ' ' : '');
}
