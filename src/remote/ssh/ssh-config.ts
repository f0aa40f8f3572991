import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import type { Directive, Line, Section } from 'ssh-config';
import { SwarmError } from '../../core/error/swarm-error.ts';
import { findUserName, homeFolder } from '../../core/program/account.ts';
import { matchesPattern } from '../identity/known-hosts.ts';
import { expandGlob, expandPath, expandTokens } from './ssh-config-paths.ts';

/** A line that would run a program, or that swarm has no equal for. It is reported and never obeyed. */
export interface IgnoredDirective {
  readonly file: string;
  readonly line: number;
  /** `ProxyCommand`, `Match exec`, … */
  readonly keyword: string;
}

/** The settings of ~/.ssh/config for one host. Paths are absolute; undefined: not set. */
export interface SshSettings {
  readonly hostName?: string;
  readonly user?: string;
  readonly port?: number;
  readonly identityFiles: readonly string[];
  /** The agent's socket, or `none`. */
  readonly identityAgent?: string;
  readonly identitiesOnly: boolean;
  /** Hops as written, first one first; empty: none. */
  readonly proxyJump: readonly string[];
  readonly hostKeyAlias?: string;
  readonly userKnownHostsFiles: readonly string[];
  /** RefuseConnection: why nobody should connect. */
  readonly refusalReason?: string;
}

export interface SshTarget {
  /** The inventory name; its blocks give everything but HostName, Port and ProxyJump, which belong to a route. */
  readonly name?: string;
  readonly address: string;
  /** The login's user, as `ssh -l` would give it. */
  readonly user?: string;
}

export interface SshConfig {
  readonly ignored: readonly IgnoredDirective[];
  settings(target: SshTarget): SshSettings;
}

const UNSUPPORTED_KEYWORDS =
  /^\s*(ProxyCommand|KnownHostsCommand|LocalCommand|RemoteCommand|PKCS11Provider|SecurityKeyProvider|ForkAfterAuthentication)\b/i;
const UNSUPPORTED_CRITERIA = /^\s*Match\b.*?\b(exec|final|canonical|localnetwork|tagged|command|sessiontype|version)\b/i;
const MAX_DEPTH = 16; // as in OpenSSH

/** Reads the file and what it includes; no settings where there is no file. Never runs a program. Throws SW5003 for a file that is not ssh_config(5). */
export function readSshConfig(path: string): SshConfig {
  const ignored: IgnoredDirective[] = [];
  const lines = existsSync(path) ? readConfigFile(path, dirname(path), ignored, 0) : [];
  return { ignored, settings: (target) => resolveSettings(lines, target) };
}

type ConfigNode = { readonly kind: 'setting'; readonly key: string; readonly values: readonly string[] } | ConfigGroup;
/** Lines under one condition: a Host or Match block, or an included file (no condition of its own). */
interface ConfigGroup {
  readonly kind: 'group';
  readonly host?: readonly string[];
  readonly match?: readonly string[];
  readonly children: readonly ConfigNode[];
}

function readConfigFile(file: string, base: string, ignored: IgnoredDirective[], depth: number): readonly ConfigNode[] {
  if (depth > MAX_DEPTH) throw new SwarmError('SW5003', `${file}: Include is nested more than ${MAX_DEPTH} levels deep`);
  let text: string;
  let parsed: readonly Line[];
  try {
    text = readFileSync(file, 'utf8');
    parsed = loadParser().parse(text);
  } catch (error) {
    throw new SwarmError('SW5003', `${file}: ${(error as Error).message}`, { hint: 'Run: ssh -G localhost', cause: error });
  }
  for (const [index, line] of text.split('\n').entries()) {
    const keyword =
      UNSUPPORTED_KEYWORDS.exec(line)?.[1] ??
      (UNSUPPORTED_CRITERIA.test(line) ? `Match ${UNSUPPORTED_CRITERIA.exec(line)?.[1]}` : undefined);
    if (keyword !== undefined) ignored.push({ file, line: index + 1, keyword });
  }
  const nodes = (all: readonly Line[]): readonly ConfigNode[] =>
    all.filter(isDirective).map((line): ConfigNode => {
      const values = directiveValues(line);
      const key = line.param.toLowerCase();
      if (key === 'host') return { kind: 'group', host: values, children: nodes((line as Section).config ?? []) };
      if (key === 'match') return { kind: 'group', match: values, children: nodes((line as Section).config ?? []) };
      if (key !== 'include') return { kind: 'setting', key, values };
      const files = values.flatMap((each) => expandGlob(expandPath(each, base)));
      return { kind: 'group', children: files.flatMap((each) => readConfigFile(each, base, ignored, depth + 1)) };
    });
  return nodes(parsed);
}

/** Loaded only where the user has a configuration file. */
const loadParser = (): typeof import('ssh-config') => createRequire(import.meta.url)('ssh-config');

const isDirective = (line: Line): line is Directive => line.type === loadParser().LineType.DIRECTIVE;

const directiveValues = ({ value }: Directive): readonly string[] => (typeof value === 'string' ? [value] : value.map(({ val }) => val));

interface CollectedValues {
  readonly first: Map<string, readonly string[]>;
  readonly identityFiles: string[];
}
type MatchScope = { readonly byAddress: boolean; readonly byName: boolean };

function resolveSettings(nodes: readonly ConfigNode[], target: SshTarget): SshSettings {
  const collected: CollectedValues = { first: new Map(), identityFiles: [] };
  collectValues(nodes, { byAddress: true, byName: target.name !== undefined }, collected, target);
  const firstValue = (key: string): string | undefined => collected.first.get(key)?.[0];
  const hostName = resolveHostName(collected, target);
  const user = firstValue('user');
  const [port] =
    collected.first
      .get('port')
      ?.map(Number)
      .filter((each) => Number.isInteger(each) && each > 0 && each < 65536) ?? [];
  const alias = firstValue('hostkeyalias');
  const tokens = {
    '%': '%',
    d: homeFolder(),
    h: hostName ?? target.address,
    i: String(process.getuid?.() ?? ''),
    k: alias ?? target.address,
    n: target.address,
    p: String(port ?? 22),
    r: target.user || user || (findUserName() ?? ''),
    u: findUserName() ?? '',
  };
  const path = (text: string): readonly string[] => {
    const filled = expandTokens(text, tokens);
    return filled === undefined ? [] : [expandPath(filled, process.cwd())];
  };
  const agent = resolveAgent(firstValue('identityagent'), path);
  const jump = firstValue('proxyjump');
  const refusalReason = collected.first.get('refuseconnection')?.join(' ');
  return {
    ...(hostName === undefined ? {} : { hostName }),
    ...(user === undefined ? {} : { user }),
    ...(port === undefined ? {} : { port }),
    identityFiles: [...new Set(collected.identityFiles)].filter((file) => file.toLowerCase() !== 'none').flatMap(path),
    ...(agent === undefined ? {} : { identityAgent: agent }),
    identitiesOnly: firstValue('identitiesonly')?.toLowerCase() === 'yes',
    proxyJump: jump === undefined || jump.toLowerCase() === 'none' ? [] : jump.split(',').map((hop) => hop.trim()),
    ...(alias === undefined ? {} : { hostKeyAlias: alias }),
    userKnownHostsFiles: (collected.first.get('userknownhostsfile') ?? []).filter((file) => file.toLowerCase() !== 'none').flatMap(path),
    ...(refusalReason === undefined ? {} : { refusalReason }),
  };
}

/** The first value of a keyword counts, save IdentityFile, where all do. */
function collectValues(nodes: readonly ConfigNode[], active: MatchScope, collected: CollectedValues, target: SshTarget): void {
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

function resolveHostName(collected: CollectedValues, { address }: SshTarget): string | undefined {
  const text = collected.first.get('hostname')?.[0];
  return text === undefined ? undefined : expandTokens(text, { '%': '%', h: address });
}

function resolveAgent(text: string | undefined, path: (text: string) => readonly string[]): string | undefined {
  if (text === undefined) return undefined;
  if (text.toLowerCase() === 'none') return 'none';
  if (text === 'SSH_AUTH_SOCK') return process.env['SSH_AUTH_SOCK'] ?? 'none';
  if (/^\$\w+$/.test(text)) return process.env[text.slice(1)] ?? 'none';
  return path(text)[0];
}
