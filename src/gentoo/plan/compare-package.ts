import { SwarmError } from '../../core/error/swarm-error.ts';
import { findBuiltSlots } from '../atom/built-slots.ts';
import { packageName } from '../atom/cpv.ts';
import type { PackageFile } from '../package/package-file.ts';
import type { PackageSlot, PlanItem } from './build-plan.ts';

/** What a package is held to: its item of the plan. */
export type ExpectedPackage = Pick<
  PlanItem,
  'cpv' | 'slot' | 'subSlot' | 'repo' | 'eapi' | 'ebuild' | 'use' | 'iuse' | 'flags' | 'builtWith'
> &
  Partial<Pick<PlanItem, 'base' | 'ignored'>>;

/** A value that a package has and its plan has not. */
export interface PackageDifference {
  readonly what: string;
  readonly planned: string;
  readonly built: string;
}

/** Compares a package, by what is stored in it, with what was planned. Nothing that the building host says counts. */
export function comparePackage({ cpv, metadata, ebuild }: PackageFile, expected: ExpectedPackage): readonly PackageDifference[] {
  const text = (key: string): string => (metadata.get(key) ?? '').trim().split(/\s+/).join(' ');
  const [slot = '0', subSlot = slot] = (text('SLOT') || '0').split('/');
  const iuse = words(text('IUSE')).map((flag) => flag.replace(/^[+-]/, ''));
  const use = words(text('USE')).filter((flag) => expected.iuse.includes(flag));
  return [
    differ('package', expected.cpv, cpv.text),
    differ('SLOT', `${expected.slot}/${expected.subSlot}`, `${slot}/${subSlot}`),
    differ('repository', expected.repo, text('repository')),
    expected.eapi === null ? [] : differ('EAPI', expected.eapi, text('EAPI') || '0'),
    differ('IUSE', sortedText(expected.iuse), sortedText(iuse)),
    differ('USE', sortedText(expected.use), sortedText(use)),
    differ('CHOST', expected.flags['CHOST'] ?? text('CHOST'), text('CHOST')),
    ...['CFLAGS', 'CXXFLAGS'].map((key) => compareArchitecture(key, expected.flags[key] ?? '', text(key))),
    expected.ebuild === null ? [] : differ('ebuild', digestText(expected.ebuild), digestText(ebuild ?? '')),
    ...compareDependencies(DEPENDENCY_KEYS.map(text).join(' '), expected.builtWith),
  ].flat();
}

/** Throws SW4008 with both values of each difference. */
export function assertAsPlanned(file: PackageFile, expected: ExpectedPackage, host: string): void {
  const differences = comparePackage(file, expected);
  const [first] = differences;
  if (first === undefined) return;
  throw new SwarmError(
    'SW4008',
    `${expected.cpv} from ${host} is not as planned: ${first.what} is ${quote(first.built)}, not ${quote(first.planned)}`,
    {
      hint:
        first.what === 'ebuild'
          ? `The tree of ${expected.repo} changed on ${host} after the plan, or is not whole. Run: swarm run sync -l ${host}`
          : `Compare ${host} with the other drones: swarm doctor`,
      detail: differences.map(({ what, planned, built }) => `${what}\n  planned ${quote(planned)}\n  built   ${quote(built)}`).join('\n'),
    },
  );
}

const DEPENDENCY_KEYS = ['DEPEND', 'BDEPEND', 'RDEPEND', 'IDEPEND', 'PDEPEND'];

const words = (text: string): readonly string[] => text.split(' ').filter((word) => word !== '');
const sortedText = (list: readonly string[]): string => [...new Set(list)].sort().join(' ');
const digestText = (sha256: string): string => (sha256 === '' ? '' : `SHA-256 ${sha256}`);
const quote = (text: string): string => (text === '' ? 'empty' : `"${text}"`);
const differ = (what: string, planned: string, built: string): readonly PackageDifference[] =>
  planned === built ? [] : [{ what, planned, built }];

/** Ebuilds filter and add flags, so only the architecture is compared, where both name one. */
function compareArchitecture(key: string, planned: string, built: string): readonly PackageDifference[] {
  const read = (text: string): string => words(text).findLast((flag) => /^-m(arch|cpu)=/.test(flag)) ?? '';
  return read(planned) === '' || read(built) === '' ? [] : differ(key, read(planned), read(built));
}

/** Each dependency that the package records with a sub-slot (`cat/name:slot/sub=`) has the one that was planned. */
function compareDependencies(recorded: string, builtWith: readonly PackageSlot[]): readonly PackageDifference[] {
  const found = new Map<string, PackageDifference>();
  for (const { name, slot, subSlot } of findBuiltSlots(recorded)) {
    const built = `${slot}/${subSlot}`;
    const planned = builtWith.filter(({ cpv }) => packageName(cpv) === name).map((one) => `${one.slot}/${one.subSlot}`);
    if (planned.length > 0 && !planned.includes(built)) found.set(name, { what: `slot of ${name}`, planned: planned.join(' '), built });
  }
  return [...found.values()];
}
