import type { HostName } from '../../core/inventory/host-name.ts';
import { describeRoughDuration } from '../../core/time/duration-text.ts';
import { findToolchainFaults, toolchainVersions } from './compare-toolchains.ts';
import type { Fingerprint, RepositoryRevision } from './fingerprint.ts';

/** Why a drone gets no packages of a target. */
export interface DroneFault {
  /** What differs. */
  readonly because: string;
  /** What to do. */
  readonly fix: string;
  /** What of the host it is about, where `swarm doctor` looks at that too. */
  readonly about?: 'tool' | 'disk' | 'clock' | 'tree' | undefined;
}

/** Settings that are lists of words in any order. */
const LISTS = ['USE', 'ACCEPT_KEYWORDS', 'FEATURES'];

/** Everything that decides what a package is like. */
export function comparedValues({ settings, toolchain, profile, repositories, files, cpuFlags }: Fingerprint): unknown {
  const native = /-m(arch|cpu|tune)=native/.test(`${settings['CFLAGS']} ${settings['CXXFLAGS']}`);
  const revisions = Object.entries(repositories).map(([name, one]) => [name, describeContent(one)]);
  return [settings, toolchainVersions(toolchain), profile, revisions.sort(), files, native ? cpuFlags : []];
}

/** What tells the trees of two drones apart. */
export const describeContent = ({ revision, eclasses }: RepositoryRevision): string => `${revision} (eclasses ${eclasses})`;

/** In what a drone differs from the others, and what to do. */
export function compareFingerprints(host: HostName, drone: Fingerprint, reference: Fingerprint): readonly DroneFault[] {
  if (JSON.stringify(comparedValues(drone)) === JSON.stringify(comparedValues(reference))) return [];
  const faults = [
    ...compareRepositories(host, drone.repositories, reference.repositories),
    ...findToolchainFaults(drone.toolchain, reference.toolchain),
    ...(drone.profile === reference.profile
      ? []
      : [
          {
            because: `its profile is ${drone.profile}, that of the others ${reference.profile}`,
            fix: 'On the host, run: eselect profile set PROFILE',
          },
        ]),
    ...[...new Set([...Object.keys(reference.settings), ...Object.keys(drone.settings)])].flatMap((name) => {
      const [mine = '', others = ''] = [drone.settings[name], reference.settings[name]];
      return mine === others ? [] : [{ because: describeSetting(name, mine, others), fix: 'Correct /etc/portage/make.conf on the host.' }];
    }),
    ...Object.keys(reference.files).flatMap((name) => {
      const [mine = [], others = []] = [drone.files[name], reference.files[name]];
      const extra = mine.filter((line) => !others.includes(line));
      const missing = others.filter((line) => !mine.includes(line));
      if (extra.length + missing.length === 0) return [];
      const lines = [...extra.map((line) => `has "${line}"`), ...missing.map((line) => `lacks "${line}"`)];
      return [{ because: `its ${name} ${lines.slice(0, 3).join(', ')}`, fix: `Correct /etc/portage/${name} on the host.` }];
    }),
  ];
  return faults.length > 0
    ? faults
    : [{ because: '-march=native means another processor there', fix: 'Name a processor in CFLAGS: -march=x86-64-v3' }];
}

function compareRepositories(
  host: HostName,
  mine: Readonly<Record<string, RepositoryRevision>>,
  others: Readonly<Record<string, RepositoryRevision>>,
): readonly DroneFault[] {
  const names = [...new Set([...Object.keys(others), ...Object.keys(mine)])];
  return names.flatMap((name) => {
    const [one, other] = [mine[name], others[name]];
    if (one?.revision === other?.revision && one?.eclasses === other?.eclasses) return [];
    if (one === undefined)
      return [
        {
          because: `it lacks the repository ${name}`,
          fix: `Add ${name} to /etc/portage/repos.conf on the host, then run: swarm run sync -l ${host}`,
        },
      ];
    if (other === undefined)
      return [
        { because: `it has the repository ${name}, the others have not`, fix: `Remove ${name} from /etc/portage/repos.conf on the host.` },
      ];
    if (one.revision === other.revision)
      return [
        {
          because: `the eclasses of ${name} differ from those of the others, at the same revision`,
          fix: `Undo what was changed in the folder eclass of ${name} on the host, then run: swarm run sync -l ${host}`,
          about: 'tree',
        },
      ];
    const age = one.time === null || other.time === null ? 0 : other.time - one.time;
    const differs = age === 0 ? 'differs' : `is ${describeRoughDuration(Math.abs(age) * 1000)} ${age > 0 ? 'older' : 'newer'}`;
    return [{ because: `tree of ${name} ${differs}`, fix: `Run: swarm run sync -l ${host}`, about: 'tree' }];
  });
}

function describeSetting(name: string, mine: string, others: string): string {
  if (!LISTS.includes(name)) return `its ${name} is "${mine}", that of the others "${others}"`;
  const [own, theirs] = [mine.split(' '), others.split(' ')];
  const more = own.filter((word) => word !== '' && !theirs.includes(word)).map((word) => `+${word}`);
  const fewer = theirs.filter((word) => word !== '' && !own.includes(word)).map((word) => `-${word}`);
  return `its ${name} differs: ${[...more, ...fewer].join(' ')}`;
}
