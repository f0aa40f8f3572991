import { ownValue } from '../own-value.ts';

/** The parts of a version of PMS section 3.2. Numbers stay text, because they may have any length. */
interface Version {
  readonly numbers: readonly string[];
  readonly letter: string;
  readonly suffixes: readonly { readonly rank: number; readonly number: string }[];
  readonly revision: string;
}

/** The pattern of a version without its revision. It has no groups. */
export const VERSION_PATTERN = '\\d+(?:\\.\\d+)*[a-z]?(?:_(?:alpha|beta|pre|rc|p)\\d*)*';
const PARTS = /^(\d+(?:\.\d+)*)([a-z]?)((?:_(?:alpha|beta|pre|rc|p)\d*)*)(?:-r(\d+))?$/;
const RANK: Readonly<Record<string, number>> = { alpha: 0, beta: 1, pre: 2, rc: 3, p: 5 };
/** The rank of no suffix: after _rc, before _p. */
const NO_SUFFIX = { rank: 4, number: '0' };

/** True for a version of PMS section 3.2, with or without revision. */
export function isVersion(text: string): boolean {
  return PARTS.test(text);
}

/** Compares two versions by PMS section 3.3: below 0, 0 or above 0. Both may have a revision. Throws RangeError for anything else. */
export function compareVersions(one: string, other: string): number {
  const a = parseVersion(one);
  const b = parseVersion(other);
  return (
    compareNumbers(a.numbers, b.numbers) ||
    compareText(a.letter, b.letter) ||
    compareSuffixes(a, b) ||
    compareIntegers(a.revision, b.revision)
  );
}

function parseVersion(text: string): Version {
  const match = PARTS.exec(text);
  if (!match) throw new RangeError(`not a version: ${text}`);
  const [, numbers = '', letter = '', suffixes = '', revision = '0'] = match;
  return {
    numbers: numbers.split('.'),
    letter,
    suffixes: [...suffixes.matchAll(/_([a-z]+)(\d*)/g)].map(([, name = '', number = '']) => ({ rank: ownValue(RANK, name) ?? 0, number })),
    revision,
  };
}

function compareNumbers(a: readonly string[], b: readonly string[]): number {
  const [first = '', ...rest] = a;
  const [otherFirst = '', ...otherRest] = b;
  const major = compareIntegers(first, otherFirst);
  if (major !== 0) return major;
  for (let i = 0; i < Math.min(rest.length, otherRest.length); i++) {
    const order = compareFraction(rest[i] ?? '', otherRest[i] ?? '');
    if (order !== 0) return order;
  }
  return rest.length - otherRest.length;
}

/** A component after the first: as digits behind a decimal point if either begins with 0, else as an integer. */
function compareFraction(a: string, b: string): number {
  if (!a.startsWith('0') && !b.startsWith('0')) return compareIntegers(a, b);
  return compareText(a.replace(/0+$/, ''), b.replace(/0+$/, ''));
}

function compareSuffixes(a: Version, b: Version): number {
  for (let i = 0; i < Math.max(a.suffixes.length, b.suffixes.length); i++) {
    const one = a.suffixes[i] ?? NO_SUFFIX;
    const other = b.suffixes[i] ?? NO_SUFFIX;
    const order = one.rank - other.rank || compareIntegers(one.number, other.number);
    if (order !== 0) return order;
  }
  return 0;
}

function compareIntegers(one: string, other: string): number {
  const a = one.replace(/^0+/, '');
  const b = other.replace(/^0+/, '');
  return a.length - b.length || compareText(a, b);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
