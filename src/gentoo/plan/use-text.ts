import type { MatchablePackage } from '../atom/satisfies-atom.ts';

/** The flags of a package that will be built. */
export interface PlannedFlags {
  /** The flags that are on. */
  readonly use: readonly string[];
  readonly iuse: readonly string[];
  /** The flags that the profile forces or masks. */
  readonly fixed: readonly string[];
}

/** The flags of the same package on the binhost. */
export type PublishedFlags = Pick<MatchablePackage, 'use' | 'iuse'>;

/**
 * The flags as `emerge --pretend --verbose` shows them: `USE="icu* -doc (-selinux)" PYTHON_TARGETS="python3_12"`. `*`: on the binhost it
 * is the other way. `%`: the package on the binhost has no such flag. `groups` are the lower-case names of USE_EXPAND.
 */
export function formatUse(flags: PlannedFlags, published: PublishedFlags | undefined, groups: readonly string[]): string {
  const byGroup = new Map<string, string[]>([['use', []]]);
  for (const flag of sortFlags(flags)) {
    const group = groups.filter((name) => flag.startsWith(`${name}_`)).sort((a, b) => b.length - a.length)[0];
    const words = byGroup.get(group ?? 'use') ?? [];
    byGroup.set(group ?? 'use', [...words, formatFlag(flag, group === undefined ? flag : flag.slice(group.length + 1), flags, published)]);
  }
  return [...byGroup]
    .filter(([, words]) => words.length > 0)
    .map(([group, words]) => `${group.toUpperCase()}="${words.join(' ')}"`)
    .join(' ');
}

/** The flags that are on, then the others, both in the order of the alphabet. */
const sortFlags = ({ use, iuse }: PlannedFlags): readonly string[] => [
  ...iuse.filter((flag) => use.includes(flag)).sort(),
  ...iuse.filter((flag) => !use.includes(flag)).sort(),
];

function formatFlag(flag: string, name: string, { use, fixed }: PlannedFlags, published: PublishedFlags | undefined): string {
  const isOn = use.includes(flag);
  const isNew = published !== undefined && !published.iuse.has(flag);
  const isChanged = published !== undefined && isOn !== published.use.has(flag);
  const text = `${isOn ? '' : '-'}${name}${isNew ? '%' : ''}${isChanged ? '*' : ''}`;
  return fixed.includes(flag) ? `(${text})` : text;
}
