import { closestName } from '../../core/closest-name.ts';
import { SwarmError } from '../../core/error/swarm-error.ts';
import type { Host } from '../../core/inventory/host.ts';
import type { Inventory } from '../../core/inventory/inventory.ts';

/** One part of a host pattern, with its offset in the text. */
export interface PatternTerm {
  readonly text: string;
  readonly offset: number;
  readonly sign: '+' | '&' | '!';
  readonly body: string;
  /** `[0]`, `[-1]`, `[1:3]`: positions in what the body matches. */
  readonly from?: number;
  readonly to?: number;
}

/** `a,b`, `a:b:&c:!d`, globs, `~regex`, `group[0]`; commas and colons inside brackets, braces and a `~regex` do not separate. */
export function parseHostPattern(pattern: string): readonly PatternTerm[] {
  const terms: PatternTerm[] = [];
  let start = 0;
  while (start <= pattern.length) {
    const end = findTermEnd(pattern, start);
    const raw = pattern.slice(start, end);
    const text = raw.trim();
    if (text !== '') terms.push(parseTerm(text, start + raw.indexOf(text)));
    start = end + 1;
  }
  return terms;
}

/** A regular expression goes on to the next comma; everything else to the next comma or colon outside brackets. */
function findTermEnd(pattern: string, start: number): number {
  const regex = /^\s*[&!]?~/.test(pattern.slice(start));
  let depth = 0;
  for (let i = start; i < pattern.length; i++) {
    const char = pattern[i] ?? '';
    if ('[{('.includes(char)) depth++;
    else if (']})'.includes(char)) depth = Math.max(0, depth - 1);
    else if (depth === 0 && (char === ',' || (char === ':' && !regex))) return i;
  }
  return pattern.length;
}

const signOf = (term: string): PatternTerm['sign'] => {
  const first = term.charAt(0);
  return first === '!' || first === '&' ? first : '+';
};

function parseTerm(text: string, offset: number): PatternTerm {
  const sign = signOf(text);
  const rest = sign === '+' ? text : text.slice(1);
  const slice = rest.startsWith('~') ? null : /^(.+)\[(-?\d+)(?:(:)(-?\d+)?)?\]$/.exec(rest);
  if (slice === null) return { text, offset, sign, body: rest };
  const [, name = '', first, colon, last = Number.POSITIVE_INFINITY] = slice;
  const from = Number(first);
  return { text, offset, sign, body: name, from, to: colon === undefined ? from : Number(last) };
}

/** The hosts of a pattern, in the inventory's order; throws SW1203 for a term that matches nothing, SW1204 when none is left.
 *  Only its name selects `localhost`. Slices count both ends, as Ansible's do. */
export function selectByPattern(inventory: Inventory, pattern: string): readonly Host[] {
  const terms = parseHostPattern(pattern);
  const matches = terms.map((term) => ({ term, hosts: matchTerm(inventory, term) }));
  const union = matches.filter(({ term }) => term.sign === '+').flatMap(({ hosts }) => hosts);
  let chosen = new Set(matches.some(({ term }) => term.sign === '+') ? union : matches.length > 0 ? listRemoteHosts(inventory) : []);
  for (const { term, hosts } of matches) {
    if (term.sign === '&') chosen = new Set([...chosen].filter((host) => hosts.includes(host)));
  }
  for (const { term, hosts } of matches) {
    if (term.sign === '!') chosen = new Set([...chosen].filter((host) => !hosts.includes(host)));
  }
  if (chosen.size === 0) throw emptySelectionError(inventory, pattern, matches);
  return inventory.hosts.filter((host) => chosen.has(host));
}

interface TermMatch {
  readonly term: PatternTerm;
  readonly hosts: readonly Host[];
}

const listRemoteHosts = (inventory: Inventory): readonly Host[] => inventory.hosts.filter(({ routes }) => routes[0].kind !== 'here');

function emptySelectionError(inventory: Inventory, pattern: string, matches: readonly TermMatch[]): SwarmError {
  if (listRemoteHosts(inventory).length === 0) {
    return new SwarmError('SW1204', 'the inventory has no hosts yet, and only its name means this machine', {
      hint: 'Write your hosts into inventory/swarm.yml. To find them, run: swarm hosts discover. This machine is localhost.',
    });
  }
  const width = Math.max(0, ...matches.map(({ term }) => term.text.length));
  const signs = { '+': '', '&': 'only ', '!': 'without ' };
  const table = matches.map(({ term, hosts }) => `  ${term.text.padEnd(width)}  ${signs[term.sign]}${hosts.length}`);
  const message = pattern.trim() === '' ? 'the pattern is empty' : `\`${pattern}\` matches no hosts`;
  const [only, other] = matches;
  const empty = other === undefined && only !== undefined && inventory.groups.includes(only.term.body) ? only.term.body : undefined;
  const hint =
    empty === undefined
      ? 'To see the hosts and groups, run: swarm hosts list'
      : `Write groups: [${empty}] in a host. Or write: groups: { ${empty}: { hosts: [NAME] } }`;
  return new SwarmError('SW1204', message, { hint, ...(table.length > 0 ? { detail: table.join('\n') } : {}) });
}

/** The hosts of one term without its sign; throws SW1203 with the nearest name. */
export function matchTerm(inventory: Inventory, term: PatternTerm): readonly Host[] {
  const all = findHostsByName(inventory, term.body);
  if (term.from === undefined || term.to === undefined) return all;
  const toIndex = (n: number): number => (n < 0 ? all.length + n : n);
  const slice = all.slice(Math.max(0, toIndex(term.from)), toIndex(term.to) + 1);
  if (slice.length > 0) return slice;
  throw new SwarmError('SW1203', `\`${term.text}\` is out of range: \`${term.body}\` has ${all.length} hosts`, {
    hint: 'Positions count from 0.',
  });
}

function findHostsByName(inventory: Inventory, body: string): readonly Host[] {
  const hosts = listRemoteHosts(inventory);
  if (body === 'all' || body === '*') return hosts;
  const exact = inventory.hosts.find(({ name }) => name === body);
  if (exact !== undefined) return [exact];
  if (inventory.groups.includes(body)) return hosts.filter(({ groups }) => groups.includes(body));
  const matcher = body.startsWith('~') ? parseRegex(body.slice(1)) : /[*?[]/.test(body) ? globToRegex(body) : undefined;
  const groups = matcher === undefined ? [] : inventory.groups.filter((name) => matcher.test(name));
  const found = hosts.filter((host) => matcher?.test(host.name) || host.groups.some((name) => groups.includes(name)));
  if (found.length > 0 || groups.length > 0) return found;
  throw unknownHostError(inventory, body);
}

function unknownHostError(inventory: Inventory, body: string): SwarmError {
  const near = closestName(body, [...inventory.hosts.map(({ name }) => name), ...inventory.groups, 'all']);
  const group = near !== undefined && inventory.groups.includes(near);
  const size = group ? inventory.hosts.filter(({ groups }) => groups.includes(near)).length : 0;
  return new SwarmError('SW1203', `no host or group is called \`${body}\``, { hint: hintFor() });

  function hintFor(): string {
    if (listRemoteHosts(inventory).length === 0) return 'The inventory has no hosts. To find machines, run: swarm hosts discover';
    if (body.startsWith('@')) return `swarm reads no file of hosts. Write the names: "$(paste -sd, ${body.slice(1)})"`;
    if (near === undefined) return 'To see the hosts and groups, run: swarm hosts list';
    return group ? `Did you mean group \`${near}\` (${size} ${size === 1 ? 'host' : 'hosts'})?` : `Did you mean \`${near}\`?`;
  }
}

function parseRegex(text: string): RegExp {
  try {
    return new RegExp(`^(?:${text})`);
  } catch (cause) {
    throw new SwarmError('SW1203', `\`~${text}\` is not a regular expression`, {
      cause,
      hint: cause instanceof Error ? cause.message : undefined,
    });
  }
}

/** `*`, `?` and `[abc]`, as a shell has them. */
function globToRegex(text: string): RegExp {
  const source = text.replace(/\[!?[^\]]+\]|[\s\S]/g, (part) => {
    if (part === '*') return '.*';
    if (part === '?') return '.';
    if (part.length > 1 && part.startsWith('[')) return part.replace(/^\[!/, '[^').replace(/\\/g, '\\\\');
    return part.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  });
  return compileGlob(source);
}

function compileGlob(source: string): RegExp {
  try {
    return new RegExp(`^${source}$`);
  } catch {
    return /(?!)/; // [z-a]: matches nothing, as in a shell
  }
}
