import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir, userInfo } from 'node:os';
import { dirname } from 'node:path';
import type { Directive, Line, Section } from 'ssh-config';
import { SwarmError } from '../../core/error.ts';
import { matchesPattern } from '../identity/known-hosts.ts';
import { expandPath, filesOf, fillTokens } from './ssh-config-paths.ts';

/** A line that would run a program, or that we have no equal for: told, never obeyed. */
export interface Ignored {
  readonly file: string;
  readonly line: number;
  /** `ProxyCommand`, `Match exec`, … */
  readonly what: string;
}

/** What ~/.ssh/config says of one host. Paths are absolute; absent means: not said. */
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
  readonly refuse?: string;
}

export interface SshTarget {
  /** The inventory name; its blocks give everything but HostName, Port and ProxyJump, which belong to a route. */
  readonly name?: string;
  readonly address: string;
  /** The login's user, as `ssh -l` would give it. */
  readonly user?: string;
}

export interface SshConfig {
  readonly ignored: readonly Ignored[];
  settings(target: SshTarget): SshSettings;
}

const COMMANDS =
  /^\s*(ProxyCommand|KnownHostsCommand|LocalCommand|RemoteCommand|PKCS11Provider|SecurityKeyProvider|ForkAfterAuthentication)\b/i;
const MATCH = /^\s*Match\b.*?\b(exec|final|canonical|localnetwork|tagged|command|sessiontype|version)\b/i;
const MAX_DEPTH = 16; // as in OpenSSH

/** Reads the file and what it includes; no file: nothing is said. Runs nothing, ever. Throws SW5003 for a file that is not ssh_config(5). */
export function readSshConfig(path: string): SshConfig {
  const ignored: Ignored[] = [];
  const lines = existsSync(path) ? read(path, dirname(path), ignored, 0) : [];
  return { ignored, settings: (target) => settingsOf(lines, target) };
}

type Node = { readonly kind: 'say'; readonly key: string; readonly values: readonly string[] } | Group;
/** Lines under one condition: a Host or Match block, or an included file (no condition of its own). */
interface Group {
  readonly kind: 'group';
  readonly host?: readonly string[];
  readonly match?: readonly string[];
  readonly inside: readonly Node[];
}

function read(file: string, base: string, ignored: Ignored[], depth: number): readonly Node[] {
  if (depth > MAX_DEPTH) throw new SwarmError('SW5003', `${file}: Include more than ${MAX_DEPTH} levels deep`);
  let text: string;
  let parsed: readonly Line[];
  try {
    text = readFileSync(file, 'utf8');
    parsed = library().parse(text);
  } catch (error) {
    throw new SwarmError('SW5003', `${file}: ${(error as Error).message}`, { hint: `ssh -G localhost tells more.`, cause: error });
  }
  for (const [index, line] of text.split('\n').entries()) {
    const what = COMMANDS.exec(line)?.[1] ?? (MATCH.test(line) ? `Match ${MATCH.exec(line)?.[1]}` : undefined);
    if (what !== undefined) ignored.push({ file, line: index + 1, what });
  }
  const nodes = (all: readonly Line[]): readonly Node[] =>
    all.filter(isDirective).map((line): Node => {
      const values = valuesOf(line);
      const key = line.param.toLowerCase();
      if (key === 'host') return { kind: 'group', host: values, inside: nodes((line as Section).config ?? []) };
      if (key === 'match') return { kind: 'group', match: values, inside: nodes((line as Section).config ?? []) };
      if (key !== 'include') return { kind: 'say', key, values };
      const files = values.flatMap((each) => filesOf(expandPath(each, base)));
      return { kind: 'group', inside: files.flatMap((each) => read(each, base, ignored, depth + 1)) };
    });
  return nodes(parsed);
}

/** Loaded only where there is a file. */
const library = (): typeof import('ssh-config') => createRequire(import.meta.url)('ssh-config');

const isDirective = (line: Line): line is Directive => line.type === library().LineType.DIRECTIVE;

const valuesOf = ({ value }: Directive): readonly string[] => (typeof value === 'string' ? [value] : value.map(({ val }) => val));

interface Said {
  readonly first: Map<string, readonly string[]>;
  readonly identityFiles: string[];
}
type Active = { readonly byAddress: boolean; readonly byName: boolean };

function settingsOf(nodes: readonly Node[], target: SshTarget): SshSettings {
  const said: Said = { first: new Map(), identityFiles: [] };
  walk(nodes, { byAddress: true, byName: target.name !== undefined }, said, target);
  const one = (key: string): string | undefined => said.first.get(key)?.[0];
  const hostName = hostNameOf(said, target);
  const user = one('user');
  const [port] =
    said.first
      .get('port')
      ?.map(Number)
      .filter((each) => Number.isInteger(each) && each > 0 && each < 65536) ?? [];
  const alias = one('hostkeyalias');
  const tokens = {
    '%': '%',
    d: homedir(),
    h: hostName ?? target.address,
    i: String(process.getuid?.() ?? ''),
    k: alias ?? target.address,
    n: target.address,
    p: String(port ?? 22),
    r: target.user ?? user ?? userInfo().username,
    u: userInfo().username,
  };
  const path = (text: string): readonly string[] => {
    const filled = fillTokens(text, tokens);
    return filled === undefined ? [] : [expandPath(filled, process.cwd())];
  };
  const agent = agentOf(one('identityagent'), path);
  const jump = one('proxyjump');
  const refuse = said.first.get('refuseconnection')?.join(' ');
  return {
    ...(hostName === undefined ? {} : { hostName }),
    ...(user === undefined ? {} : { user }),
    ...(port === undefined ? {} : { port }),
    identityFiles: [...new Set(said.identityFiles)].filter((file) => file.toLowerCase() !== 'none').flatMap(path),
    ...(agent === undefined ? {} : { identityAgent: agent }),
    identitiesOnly: one('identitiesonly')?.toLowerCase() === 'yes',
    proxyJump: jump === undefined || jump.toLowerCase() === 'none' ? [] : jump.split(',').map((hop) => hop.trim()),
    ...(alias === undefined ? {} : { hostKeyAlias: alias }),
    userKnownHostsFiles: (said.first.get('userknownhostsfile') ?? []).filter((file) => file.toLowerCase() !== 'none').flatMap(path),
    ...(refuse === undefined ? {} : { refuse }),
  };
}

/** The first value of a keyword counts, save IdentityFile, where all do. */
function walk(nodes: readonly Node[], active: Active, said: Said, target: SshTarget): void {
  for (const node of nodes) {
    if (node.kind === 'group') {
      const inside = {
        byAddress: active.byAddress && holds(node, target.address, said, target),
        byName: active.byName && target.name !== undefined && holds(node, target.name, said, target),
      };
      if (inside.byAddress || inside.byName) walk(node.inside, inside, said, target);
    } else if (active.byAddress || !OF_ROUTE.has(node.key)) {
      if (node.key === 'identityfile') said.identityFiles.push(...node.values);
      else if (!said.first.has(node.key)) said.first.set(node.key, node.values);
    }
  }
}

const OF_ROUTE = new Set(['hostname', 'port', 'proxyjump']);

function holds({ host, match }: Group, name: string, said: Said, target: SshTarget): boolean {
  if (host !== undefined) return anyOf(host, name);
  if (match !== undefined) return criteriaHold(match, name, said, target);
  return true;
}

/** As readconf.c: Host and user names are compared letter for letter, host names of Match in lower case. */
function anyOf(patterns: readonly string[], name: string, fold = false): boolean {
  const hit = (pattern: string): boolean =>
    fold ? matchesPattern(name.toLowerCase(), pattern.toLowerCase()) : matchesPattern(name, pattern);
  if (patterns.some((each) => each.startsWith('!') && hit(each.slice(1)))) return false;
  return patterns.some((each) => !each.startsWith('!') && hit(each));
}

/** `Match a b !c d …`: all must hold. What would run a program, or is unknown here, does not hold. */
function criteriaHold(words: readonly string[], name: string, said: Said, target: SshTarget): boolean {
  const user = target.user ?? said.first.get('user')?.[0] ?? userInfo().username;
  const subjects: Readonly<Record<string, string>> = {
    host: (name === target.address ? hostNameOf(said, target) : undefined) ?? name,
    originalhost: name,
    user,
    localuser: userInfo().username,
  };
  for (let at = 0; at < words.length; at++) {
    const word = (words[at] ?? '').toLowerCase();
    const [negated, key] = word.startsWith('!') ? [true, word.slice(1)] : [false, word];
    if (key === 'all' && !negated) continue;
    if ((key === 'final' || key === 'canonical') && negated) continue;
    const subject = subjects[key];
    if (subject === undefined) return false;
    if (anyOf((words[++at] ?? '').split(','), subject, key.endsWith('host')) === negated) return false;
  }
  return words.length > 0;
}

function hostNameOf(said: Said, { address }: SshTarget): string | undefined {
  const text = said.first.get('hostname')?.[0];
  return text === undefined ? undefined : fillTokens(text, { '%': '%', h: address });
}

function agentOf(text: string | undefined, path: (text: string) => readonly string[]): string | undefined {
  if (text === undefined) return undefined;
  if (text.toLowerCase() === 'none') return 'none';
  if (text === 'SSH_AUTH_SOCK') return process.env['SSH_AUTH_SOCK'] ?? 'none';
  if (/^\$\w+$/.test(text)) return process.env[text.slice(1)] ?? 'none';
  return path(text)[0];
}
