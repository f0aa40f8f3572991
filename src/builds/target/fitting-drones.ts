import { createHash } from 'node:crypto';
import type { HostName } from '../../core/inventory/host-name.ts';
import type { Target } from '../../core/inventory/target.ts';
import { describeRoughDuration } from '../../core/time/duration-text.ts';
import { comparedValues, compareFingerprints, type DroneFault, describeContent } from './compare-fingerprints.ts';
import { compareToolchainAge } from './compare-toolchains.ts';
import type { Fingerprint } from './fingerprint.ts';

/** A drone that was asked, in the order of the inventory. */
export interface ExaminedDrone {
  readonly host: HostName;
  readonly fingerprint: Fingerprint;
}

/** A drone that gets no packages of a target. */
export interface UnfitDrone extends DroneFault {
  readonly host: string;
  readonly target: string;
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

/** A digest that changes with what the drones build with. The repositories are not in it: each item has the digest of its ebuild. */
export function digestBasis({ settings, toolchain, profile, files }: BuildBasis): string {
  const sorted = [settings, toolchain, files].map((values) => Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1)));
  return createHash('sha256')
    .update(JSON.stringify([profile, sorted]))
    .digest('hex')
    .slice(0, 16);
}

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

function findFaults({ name, requires }: Target, drone: Fingerprint, now: number): readonly DroneFault[] {
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
