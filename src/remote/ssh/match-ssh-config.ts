import { findUserName } from '../../core/program/account.ts';
import { matchesPattern } from '../identity/known-hosts.ts';
import type { ConfigGroup, ConfigNode } from './parse-ssh-config.ts';
import { expandTokens } from './ssh-config-paths.ts';

/** The host that settings are wanted for. */
export interface SshTarget {
  /** The inventory name; its blocks give everything but HostName, Port and ProxyJump, which belong to a route. */
  readonly name?: string;
  readonly address: string;
  /** The login's user, as `ssh -l` would give it. */
  readonly user?: string;
}

/** The values that count for one host: the first of each keyword, and all identity files. */
export interface CollectedValues {
  readonly first: Map<string, readonly string[]>;
  readonly identityFiles: string[];
}

type MatchScope = { readonly byAddress: boolean; readonly byName: boolean };

/** The first value of a keyword counts, save IdentityFile, where all do. */
export function collectValues(nodes: readonly ConfigNode[], active: MatchScope, collected: CollectedValues, target: SshTarget): void {
  for (const node of nodes) {
    if (node.kind === 'group') {
      const innerScope = {
        byAddress: active.byAddress && conditionHolds(node, target.address, collected, target),
        byName: active.byName && target.name !== undefined && conditionHolds(node, target.name, collected, target),
      };
      if (innerScope.byAddress || innerScope.byName) collectValues(node.children, innerScope, collected, target);
    } else if (active.byAddress || !ROUTE_KEYWORDS.has(node.key)) {
      if (node.key === 'identityfile') collected.identityFiles.push(...node.values);
      else if (!collected.first.has(node.key)) collected.first.set(node.key, node.values);
    }
  }
}

const ROUTE_KEYWORDS = new Set(['hostname', 'port', 'proxyjump']);

function conditionHolds({ host, match }: ConfigGroup, name: string, collected: CollectedValues, target: SshTarget): boolean {
  if (host !== undefined) return matchesPatterns(host, name);
  if (match !== undefined) return matchCriteriaHold(match, name, collected, target);
  return true;
}

/** As readconf.c: Host and user names are compared letter for letter, host names of Match in lower case. */
function matchesPatterns(patterns: readonly string[], name: string, fold = false): boolean {
  const hit = (pattern: string): boolean =>
    fold ? matchesPattern(name.toLowerCase(), pattern.toLowerCase()) : matchesPattern(name, pattern);
  if (patterns.some((each) => each.startsWith('!') && hit(each.slice(1)))) return false;
  return patterns.some((each) => !each.startsWith('!') && hit(each));
}

/** `Match a b !c d …`: all must hold. A criterion that would run a program, or that swarm does not know, does not hold. */
function matchCriteriaHold(words: readonly string[], name: string, collected: CollectedValues, target: SshTarget): boolean {
  const user = target.user ?? collected.first.get('user')?.[0] ?? findUserName() ?? '';
  const subjects: Readonly<Record<string, string>> = {
    host: (name === target.address ? resolveHostName(collected, target) : undefined) ?? name,
    originalhost: name,
    user,
    localuser: findUserName() ?? '',
  };
  for (let at = 0; at < words.length; at++) {
    const word = (words[at] ?? '').toLowerCase();
    const [negated, key] = word.startsWith('!') ? [true, word.slice(1)] : [false, word];
    if (key === 'all' && !negated) continue;
    if ((key === 'final' || key === 'canonical') && negated) continue;
    const subject = subjects[key];
    if (subject === undefined) return false;
    if (matchesPatterns((words[++at] ?? '').split(','), subject, key.endsWith('host')) === negated) return false;
  }
  return words.length > 0;
}

/** HostName with its tokens filled in; undefined: not set. */
export function resolveHostName(collected: CollectedValues, { address }: SshTarget): string | undefined {
  const text = collected.first.get('hostname')?.[0];
  return text === undefined ? undefined : expandTokens(text, { '%': '%', h: address });
}
