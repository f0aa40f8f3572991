import { compareVersions, isVersion } from '../../core/version/portage-version.ts';
import type { Fingerprint } from './fingerprint.ts';

type Toolchain = Fingerprint['toolchain'];

/** A program that was built with a newer one may need what an older one does not have. */
const TOOLCHAIN = [
  { name: 'glibc', atom: 'sys-libs/glibc', effect: 'no package that needs the newer glibc is installed before it' },
  { name: 'gcc', atom: 'sys-devel/gcc', effect: 'an update leaves out what needs the newer libstdc++' },
] as const;

/** The versions that decide where a package runs, in a fixed order. */
export const toolchainVersions = (toolchain: Toolchain): readonly string[] => TOOLCHAIN.map(({ name }) => toolchain[name] ?? '');

/** Below 0 where the first is older, so that what it builds runs with both. A version that is not known comes last. */
export function compareToolchainAge(one: Toolchain, other: Toolchain): number {
  const orders = TOOLCHAIN.map(({ name }) => {
    const [a, b] = [knownVersion(one[name]), knownVersion(other[name])];
    return a === undefined || b === undefined ? Number(a === undefined) - Number(b === undefined) : compareVersions(a, b);
  });
  return orders.find((order) => order !== 0) ?? 0;
}

const knownVersion = (version: string | undefined): string | undefined =>
  version !== undefined && isVersion(version) ? version : undefined;

/** In what the toolchain of a drone differs from that of the others, and what to do. */
export function findToolchainFaults(mine: Toolchain, others: Toolchain): readonly { readonly because: string; readonly fix: string }[] {
  return TOOLCHAIN.flatMap(({ name, atom }) => {
    const [own = 'missing', theirs = 'missing'] = [mine[name], others[name]];
    if (own === theirs) return [];
    return [{ because: `its ${name} is ${own}, that of the others ${theirs}`, fix: suggestFix(name, atom, mine, others) }];
  });
}

/** Of a client: what is older than what its packages are compiled with, so that it cannot use all of them. */
export function findOlderParts(client: Toolchain, drones: Toolchain): readonly OlderPart[] {
  return TOOLCHAIN.flatMap(({ name, atom, effect }) => {
    const [own, theirs] = [knownVersion(client[name]), knownVersion(drones[name])];
    if (own === undefined || theirs === undefined || compareVersions(own, theirs) >= 0) return [];
    return [{ name, atom, own, theirs, effect }];
  });
}

/** A part of a client's toolchain that is older than that of the drones. */
export interface OlderPart {
  readonly name: (typeof TOOLCHAIN)[number]['name'];
  readonly atom: string;
  readonly own: string;
  readonly theirs: string;
  /** What an update of the client leaves out. */
  readonly effect: string;
}

function suggestFix(name: string, atom: string, mine: Toolchain, others: Toolchain): string {
  if (mine[name] === undefined || others[name] === undefined) {
    if (name === 'glibc') return 'Name drones with the same libc in the target.';
    return `Install ${atom} on ${mine[name] === undefined ? 'the host' : 'the others'}.`;
  }
  if (compareToolchainAge({ [name]: mine[name] }, { [name]: others[name] }) <= 0) return `Update ${atom} on the host.`;
  return `Update ${atom} on the others: what this one builds may not run on a host with the older one.`;
}
