import { ownValue } from '../../core/own-value.ts';
import { compareVersions, isVersion } from '../../core/version/portage-version.ts';
import { declareFunction, FunctionFault } from './language-function.ts';

const OPERATORS: Readonly<Record<string, (order: number) => boolean>> = {
  '==': (order) => order === 0,
  '!=': (order) => order !== 0,
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
};
/** Words of versions that come before the release. */
const BEFORE_RELEASE = ['dev', 'alpha', 'a', 'beta', 'b', 'pre', 'preview', 'rc', 'c'];

/** `1.10` is after `1.9`, `1.0rc1` before `1.0`; `v` at the start and the build after `+` do not count. */
function comparePlain(one: string, other: string): number {
  const parts = (text: string): readonly string[] =>
    text
      .replace(/^v(?=\d)/i, '')
      .replace(/\+.*$/, '')
      .toLowerCase()
      .match(/\d+|[a-z]+/g) ?? [];
  const a = parts(one);
  const b = parts(other);
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const order = compareParts(a[i], b[i]);
    if (order !== 0) return order;
  }
  return 0;
}

function compareParts(one: string | undefined, other: string | undefined): number {
  if (one === undefined) return -compareToEnd(other ?? '');
  if (other === undefined) return compareToEnd(one);
  const numbers = [/^\d/.test(one), /^\d/.test(other)];
  if (numbers[0] && numbers[1]) return Math.sign(Number(BigInt(one) - BigInt(other)));
  if (numbers[0] !== numbers[1]) return numbers[0] ? 1 : -1;
  const [rank, otherRank] = [BEFORE_RELEASE.indexOf(one), BEFORE_RELEASE.indexOf(other)];
  return rank - otherRank || (one < other ? -1 : one > other ? 1 : 0);
}

/** Whether a part more is before the end (below 0), the same (a zero) or after it. */
const compareToEnd = (part: string): number => (BEFORE_RELEASE.includes(part) ? -1 : /^0+$/.test(part) ? 0 : 1);

function compareBy(scheme: string, one: string, other: string): number {
  if (scheme === 'plain') return comparePlain(one, other);
  if (scheme !== 'gentoo') throw new FunctionFault(`knows the schemes plain and gentoo, not ${scheme}`);
  for (const text of [one, other]) if (!isVersion(text)) throw new FunctionFault(`takes versions of Gentoo, and \`${text}\` is none`);
  return compareVersions(one, other);
}

/** Functions of versions. */
export const versionFunctions = [
  declareFunction('version', {
    params: { version: 'text', operator: 'text', other: 'text', scheme: 'text?' },
    does: 'compares two versions by ==, !=, <, <=, > or >=; `1.0rc1` is before `1.0`. With "gentoo" by Gentoo\'s rules',
    example: [['1.10', '>=', '1.9'], true],
    call({ version, operator, other, scheme = 'plain' }) {
      const holds = ownValue(OPERATORS, operator);
      if (holds === undefined) throw new FunctionFault(`takes one of ${Object.keys(OPERATORS).join(', ')}, not \`${operator}\``);
      return holds(compareBy(scheme, version, other));
    },
  }),
  declareFunction('version_compare', {
    params: { version: 'text', other: 'text', scheme: 'text?' },
    does: '-1, 0 or 1: the first version is before, the same or after the other',
    example: [['1.2_rc1', '1.2', 'gentoo'], -1],
    call: ({ version, other, scheme = 'plain' }) => Math.sign(compareBy(scheme, version, other)),
  }),
];
