import { findUserName } from '../../core/program/account.ts';
import { matchesPattern } from '../identity/known-hosts.ts';
import { configError } from './read-config-file.ts';
import type { ConfigLine } from './split-config-line.ts';

/** What the criteria of a Match line are compared with. */
export interface MatchSubjects {
  /** HostName as far as it is known by then. */
  readonly host: string;
  readonly originalHost: string;
  readonly user: string;
  readonly tag: string;
  /** The second pass, which `Match final` asks for. */
  readonly isFinal: boolean;
}

/** Whether a block counts. `doubt`: all else holds, and this criterion decides, which swarm does not evaluate. */
export type MatchVerdict = { readonly holds: boolean; readonly doubt?: string; readonly wantsFinal: boolean };

/** Criteria with an argument that would run a program, or that ask for what swarm does not know. */
const UNSUPPORTED = new Set(['exec', 'localnetwork', 'version', 'command', 'sessiontype']);
const WITH_ARGUMENT = /^(host|originalhost|user|localuser|localnetwork|version|tagged|command|exec)=(.*)$/is;

/** Compares the criteria of a Match line, all of which must hold. Throws SW5003 for a line that OpenSSH refuses. */
export function matchCriteria({ words, file, line }: ConfigLine, subjects: MatchSubjects): MatchVerdict {
  let holds = true;
  let wantsFinal = false;
  let doubt: string | undefined;
  let count = 0;
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    const negated = word.startsWith('!');
    const [, named, joined] = WITH_ARGUMENT.exec(negated ? word.slice(1) : word) ?? [];
    const name = (named ?? (negated ? word.slice(1) : word)).toLowerCase();
    if (name === 'all') {
      if (count > 1 || at + 1 < words.length) throw configError(file, line, `'${word}' cannot be combined with other criteria of Match`);
      return {
        holds: holds && !negated && doubt === undefined,
        wantsFinal,
        ...(doubt === undefined || !holds || negated ? {} : { doubt }),
      };
    }
    count++;
    if (name === 'final' || name === 'canonical') {
      wantsFinal ||= name === 'final' && !negated;
      holds &&= subjects.isFinal !== negated;
      continue;
    }
    const argument = joined ?? words[++at];
    if (argument === undefined || (argument === '' && name !== 'tagged' && name !== 'command'))
      throw configError(file, line, `no argument for '${word}' of Match`);
    if (UNSUPPORTED.has(name)) doubt ??= name;
    else holds = criterionHolds(name, argument, subjects, file, line) !== negated && holds;
  }
  if (count === 0) throw configError(file, line, 'Match has no criteria');
  return { holds: holds && doubt === undefined, wantsFinal, ...(holds && doubt !== undefined ? { doubt } : {}) };
}

function criterionHolds(name: string, argument: string, subjects: MatchSubjects, file: string, line: number): boolean {
  switch (name) {
    case 'host':
      return matchesList(subjects.host.toLowerCase(), argument.toLowerCase());
    case 'originalhost':
      return matchesList(subjects.originalHost.toLowerCase(), argument.toLowerCase());
    case 'user':
      return matchesList(subjects.user, argument);
    case 'localuser':
      return matchesList(findUserName() ?? '', argument);
    case 'tagged':
      return subjects.tag === '' ? argument === '' : matchesList(subjects.tag, argument);
    default:
      throw configError(file, line, `Match has no criterion '${name}'`);
  }
}

/** `a,b*,!c`: one positive pattern fits, and no negated one. */
const matchesList = (text: string, list: string): boolean => matchesPatterns(text, list.split(','));

/** The same for the words of a Host line, which are compared letter for letter. */
export function matchesPatterns(text: string, patterns: readonly string[]): boolean {
  if (patterns.some((each) => each.startsWith('!') && matchesPattern(text, each.slice(1)))) return false;
  return patterns.some((each) => !each.startsWith('!') && matchesPattern(text, each));
}
