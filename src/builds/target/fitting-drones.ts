import { createHash } from 'node:crypto';
import type { HostName } from '../../core/inventory/host-name.ts';
import type { Target } from '../../core/inventory/target.ts';
import { describeRoughDuration } from '../../core/time/duration-text.ts';
import { compareToolchainAge, findToolchainFaults, toolchainVersions } from './compare-toolchains.ts';
import type { Fingerprint, RepositoryRevision } from './fingerprint.ts';

/** A drone that was asked, in the order of the inventory. */
export interface ExaminedDrone {
  readonly host: HostName;
  readonly fingerprint: Fingerprint;
}

/** A drone that gets no packages of a target. */
export interface UnfitDrone {
  readonly host: string;
  readonly target: string;
  /** What differs. */
  readonly because: string;
  /** What to do. */
  readonly fix: string;
  /** What of the host it is about, where `swarm doctor` looks at that too. */
  readonly about?: 'tool' | 'disk' | 'clock' | 'tree' | undefined;
}

/** The drones that may build for a target, and the others with the reason. */
export interface DroneSelection {
  readonly fitting: readonly ExaminedDrone[];
  readonly unfit: readonly UnfitDrone[];
  /** What the drones that fit would build with. Absent where none fits. */
  readonly basis?: BuildBasis;
}

/** What decides what the packages of a target are like. */
export interface BuildBasis {
  readonly settings: Readonly<Record<string, string>>;
  /** The versions of glibc and gcc. */
  readonly toolchain: Readonly<Record<string, string>>;
  readonly profile: string;
  /** By name, revisions with the digest of the eclasses. */
  readonly repositories: Readonly<Record<string, string>>;
  readonly files: Readonly<Record<string, readonly string[]>>;
}

/** The same while the settings of the drones are the same. Without the repositories: each item has the digest of its ebuild. */
export function digestBasis({ settings, toolchain, profile, files }: BuildBasis): string {
  const sorted = [settings, toolchain, files].map((values) => Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1)));
  return createHash('sha256')
    .update(JSON.stringify([profile, sorted]))
    .digest('hex')
    .slice(0, 16);
}

/** Settings that are lists of words in any order. */
const LISTS = ['USE', 'ACCEPT_KEYWORDS', 'FEATURES'];
const MAX_CLOCK_ERROR_SECONDS = 600;
const MIN_FREE_BYTES = 64 * 1024 * 1024;

/** Holds drones to the target, and then to what most of them have. `now` is in Unix seconds. */
export function selectFittingDrones(target: Target, drones: readonly ExaminedDrone[], now: number): DroneSelection {
  const unfit: UnfitDrone[] = [];
  const able = drones.filter(({ host, fingerprint }) => {
    const [fault] = findFaults(target, fingerprint, now);
    if (fault !== undefined) unfit.push({ host, target: target.name, ...fault });
    return fault === undefined;
  });
  const reference = findReference(able);
  if (reference === undefined) return { fitting: [], unfit };
  const fitting = able.filter(({ host, fingerprint }) => {
    const [fault] = compareFingerprints(host, fingerprint, reference);
    if (fault !== undefined) unfit.push({ host, target: target.name, ...fault });
    return fault === undefined;
  });
  const { settings, toolchain, profile, files } = reference;
  const repositories = Object.fromEntries(Object.entries(reference.repositories).map(([name, one]) => [name, describeContent(one)]));
  return { fitting, unfit, basis: { settings, toolchain, profile, repositories, files } };
}

type Fault = Pick<UnfitDrone, 'because' | 'fix' | 'about'>;

function findFaults({ name, requires }: Target, drone: Fingerprint, now: number): readonly Fault[] {
  const [problem] = drone.problems;
  const { ARCH: arch = '', CHOST: chost = '' } = drone.settings;
  const missing = requires.cpuFlags.filter((flag) => !drone.cpuFlags.includes(flag));
  const offset = Math.round(drone.time - now);
  const full = Object.entries(drone.disk).find(([, free]) => free < MIN_FREE_BYTES);
  const repository = Object.entries(requires.repositories).find(([repo, revision]) => drone.repositories[repo]?.revision !== revision);
  return [
    problem === undefined ? [] : problem,
    requires.arch === undefined || requires.arch === arch
      ? []
      : { because: `ARCH is ${arch || 'not set'}, ${name} needs ${requires.arch}`, fix: 'Name other drones in the target.' },
    requires.chost === undefined || requires.chost === chost
      ? []
      : { because: `CHOST is ${chost || 'not set'}, ${name} needs ${requires.chost}`, fix: 'Name other drones in the target.' },
    missing.length === 0 ? [] : { because: `its processor lacks ${missing.join(' ')}`, fix: 'Name other drones in the target.' },
    repository === undefined
      ? []
      : {
          because: `repository ${repository[0]} is at ${drone.repositories[repository[0]]?.revision ?? 'no revision'}, ${name} needs ${repository[1]}`,
          fix: 'Run: swarm run sync',
        },
    Math.abs(offset) <= MAX_CLOCK_ERROR_SECONDS
      ? []
      : {
          because: `its clock is ${describeRoughDuration(Math.abs(offset) * 1000)} ${offset > 0 ? 'ahead' : 'behind'}`,
          fix: 'Start a time service on it, such as chronyd.',
          about: 'clock' as const,
        },
    full === undefined
      ? []
      : { because: `${full[0]} has ${Math.floor(full[1] / 1024 / 1024)} MiB free`, fix: 'Free space on its disk.', about: 'disk' as const },
  ].flat();
}

/** What most drones have. Of equal numbers that with more repositories, then with the newest, then with the older toolchain, as what it
 *  builds runs everywhere, then the first. */
function findReference(drones: readonly ExaminedDrone[]): Fingerprint | undefined {
  const groups = new Map<string, ExaminedDrone[]>();
  for (const drone of drones) {
    const key = JSON.stringify(comparedValues(drone.fingerprint));
    groups.set(key, [...(groups.get(key) ?? []), drone]);
  }
  const newest = ([drone]: readonly ExaminedDrone[]): number =>
    Math.max(0, ...Object.values(drone?.fingerprint.repositories ?? {}).map(({ time }) => time ?? 0));
  const count = ([drone]: readonly ExaminedDrone[]): number => Object.keys(drone?.fingerprint.repositories ?? {}).length;
  const toolchainOf = ([drone]: readonly ExaminedDrone[]): Fingerprint['toolchain'] => drone?.fingerprint.toolchain ?? {};
  const [most] = [...groups.values()].sort(
    (a, b) => b.length - a.length || count(b) - count(a) || newest(b) - newest(a) || compareToolchainAge(toolchainOf(a), toolchainOf(b)),
  );
  return most?.[0]?.fingerprint;
}

/** Everything that decides what a package is like. */
function comparedValues({ settings, toolchain, profile, repositories, files, cpuFlags }: Fingerprint): unknown {
  const native = /-m(arch|cpu|tune)=native/.test(`${settings['CFLAGS']} ${settings['CXXFLAGS']}`);
  const revisions = Object.entries(repositories).map(([name, one]) => [name, describeContent(one)]);
  return [settings, toolchainVersions(toolchain), profile, revisions.sort(), files, native ? cpuFlags : []];
}

const describeContent = ({ revision, eclasses }: RepositoryRevision): string => `${revision} (eclasses ${eclasses})`;

function compareFingerprints(host: HostName, drone: Fingerprint, reference: Fingerprint): readonly Fault[] {
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
): readonly Fault[] {
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
