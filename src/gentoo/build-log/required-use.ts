import { ownValue } from '../../core/own-value.ts';
import { type FailureExplanation, findMatch, findParent, linesFrom } from './failure-rule.ts';
import { settingsHint } from './portage-setting.ts';

const UNMET = /^!!! The ebuild selected to satisfy "(.+)" has unmet requirements\.$/;
/** A search through more flags would take too long. */
const MAX_CHANGES = 3;

/** REQUIRED_USE that the flags of a package do not meet. */
export function requiredUse(lines: readonly string[]): FailureExplanation | undefined {
  const found = findMatch(lines, UNMET);
  if (!found) return undefined;
  const rest = lines.slice(found.at + 1);
  const [, cpv = found.match[1] ?? '', flags = ''] = /^- (\S+?)(?:::\S+)?(?: (.*))?$/.exec(rest[0] ?? '') ?? [];
  const unmet = textAfter(rest, /^ *The following REQUIRED_USE flag constraints are unsatisfied:$/);
  const all = textAfter(rest, /^ *The above constraints are a subset of the following complete expression:$/) || unmet;
  const fixed = wantedFlags(lines, cpv, found.match[1] ?? '');
  const change = meetConstraint(all, readFlags(flags), fixed);
  const parent = findParent(rest);
  return {
    code: 'SW6006',
    message: `the USE flags of ${cpv}${parent === undefined ? '' : `, which ${parent} needs,`} do not meet its REQUIRED_USE: ${unmet}`,
    hint:
      settingsHint(change === undefined ? [] : [{ file: 'package.use', line: `=${cpv} ${change}` }]) ??
      `Choose flags that meet this REQUIRED_USE, and add them to package.use on the drones: =${cpv} FLAG -FLAG`,
    detail: linesFrom(lines, new RegExp(`${UNMET.source}|^The following USE changes are necessary`)),
    package: cpv,
  };
}

function textAfter(lines: readonly string[], heading: RegExp): string {
  const at = findMatch(lines, heading)?.at;
  if (at === undefined) return '';
  const rest = lines.slice(at + 1);
  const end = rest.findIndex((line) => line.trim() === '');
  return rest
    .slice(0, end < 0 ? undefined : end)
    .map((line) => line.trim())
    .join(' ');
}

/** `USE="a -b" PYTHON_TARGETS="c"`: a on, b off, python_targets_c on. */
function readFlags(text: string): Map<string, boolean> {
  const flags = new Map<string, boolean>();
  for (const [, name = '', values = ''] of text.matchAll(/(\w+)="([^"]*)"/g)) {
    const prefix = name === 'USE' ? '' : `${name.toLowerCase()}_`;
    for (const value of values.split(/\s+/)) setFlag(flags, value.replace(/[()*%{}]/g, ''), prefix);
  }
  return flags;
}

function setFlag(flags: Map<string, boolean>, value: string, prefix = ''): void {
  if (value !== '') flags.set(prefix + value.replace(/^[-+]/, ''), !value.startsWith('-'));
}

/** The flags that the packages which need this one demand of it. */
function wantedFlags(lines: readonly string[], cpv: string, atom: string): Map<string, boolean> {
  const flags = new Map<string, boolean>();
  for (const line of lines) {
    const [, changed, values = ''] = /^[<>=~]+([\w+.-]+\/\S+) ([\w+@ -]+)$/.exec(line) ?? [];
    if (changed === cpv) for (const value of values.split(' ')) setFlag(flags, value);
  }
  for (const value of (/\[([^\]]*)\]/.exec(atom)?.[1] ?? '').split(',')) if (/^-?[\w+@-]+$/.test(value)) setFlag(flags, value);
  return flags;
}

type Constraint = (isOn: (flag: string) => boolean) => boolean;

/** The smallest change of flags that meets the constraint, as package.use has it. Flags that are off are turned on first. */
export function meetConstraint(text: string, now: ReadonlyMap<string, boolean>, fixed: ReadonlyMap<string, boolean>): string | undefined {
  const flags = new Set<string>();
  const holds = parseConstraint(text.split(/\s+/).filter(Boolean), flags);
  if (holds === undefined) return undefined;
  const isOn = (flag: string): boolean => fixed.get(flag) ?? now.get(flag) ?? false;
  const free = [...flags].filter((flag) => !fixed.has(flag)).sort((a, b) => Number(isOn(a)) - Number(isOn(b)));
  for (let count = 0; count <= MAX_CHANGES; count++) {
    for (const changed of choose(free, count)) {
      if (!holds((flag) => changed.includes(flag) !== isOn(flag))) continue;
      const words = [...fixed]
        .map(([flag, on]) => (on ? flag : `-${flag}`))
        .concat(changed.map((flag) => (isOn(flag) ? `-${flag}` : flag)));
      return words.length === 0 ? undefined : words.join(' ');
    }
  }
  return undefined;
}

function* choose(from: readonly string[], count: number): Generator<readonly string[]> {
  if (count === 0) return yield [];
  for (const [at, first] of from.entries()) {
    for (const rest of choose(from.slice(at + 1), count - 1)) yield [first, ...rest];
  }
}

const GROUPS: Readonly<Record<string, (met: number, all: number) => boolean>> = {
  '(': (met, all) => met === all,
  'any-of': (met, all) => met > 0 || all === 0,
  'exactly-one-of': (met) => met === 1,
  'at-most-one-of': (met) => met <= 1,
};

/** Reads the words of an expression as emerge shows it: `a? ( exactly-one-of ( b !c ) )`. Collects the flags that it names. */
function parseConstraint(words: string[], flags: Set<string>): Constraint | undefined {
  const members = parseMembers(words, flags);
  return members === undefined ? undefined : (isOn) => members.every((member) => member(isOn));
}

function parseMembers(words: string[], flags: Set<string>): Constraint[] | undefined {
  const members: Constraint[] = [];
  for (let word = words.shift(); word !== undefined && word !== ')'; word = words.shift()) {
    const [, not, flag, question] = /^(!?)([\w+@.-]+)(\??)$/.exec(word) ?? [];
    const isGroup = Object.hasOwn(GROUPS, word);
    if (!isGroup && flag === undefined) return undefined;
    const isMet = (isOn: (name: string) => boolean): boolean => isOn(flag ?? '') === (not === '');
    if (!isGroup && flag !== undefined) flags.add(flag);
    if (!isGroup && question === '') {
      members.push(isMet);
      continue;
    }
    if (word !== '(' && words.shift() !== '(') return undefined;
    const inner = parseMembers(words, flags);
    const enough = ownValue(GROUPS, isGroup ? word : '(');
    if (inner === undefined || enough === undefined) return undefined;
    members.push((isOn) => (!isGroup && !isMet(isOn)) || enough(inner.filter((member) => member(isOn)).length, inner.length));
  }
  return members;
}
