import { SwarmError } from '../../core/error/swarm-error.ts';

/** A dependency string taken apart: a token, all of a list, or any of a list. */
type Node = string | { readonly any: boolean; readonly when?: string; readonly nodes: readonly Node[] };

/** A dependency without USE conditionals: an atom, or a group of which all or any must be met. */
export type DependencyTree = string | { readonly any: boolean; readonly items: readonly DependencyTree[] };

/** The dependencies of a text whose USE conditionals are resolved, as in the index. Throws SW4003 when brackets do not match. */
export function parseDependencies(text: string): readonly DependencyTree[] {
  return reduce(readNodes(text), false, new Set(), false);
}

/** What Portage writes for a `|| ( )` that USE flags have emptied. Nothing satisfies it. */
const NOTHING = '__const__/empty-any-of';

/** A dependency, licence or property string as in the index: USE conditionals and USE dependencies resolved with the flags of the
 *  package, no needless brackets, single spaces. Throws SW4003 when brackets do not match. */
export function resolveConditionals(text: string, use: ReadonlySet<string>, atoms: boolean): string {
  return formatNodes(reduce(readNodes(text), false, use, atoms));
}

function readNodes(text: string): readonly Node[] {
  const tokens = text.split(/\s+/).filter((token) => token !== '');
  return parseNodes({ tokens, next: 0 }, text, false);
}

function parseNodes(parser: { readonly tokens: readonly string[]; next: number }, text: string, nested: boolean): Node[] {
  const nodes: Node[] = [];
  for (;;) {
    const token = parser.tokens[parser.next++];
    if (token === undefined) {
      if (nested) throw malformed(text, 'a bracket is not closed');
      return nodes;
    }
    if (token === ')') {
      if (!nested) throw malformed(text, 'a closing bracket has no opening bracket');
      return nodes;
    }
    const opens = token === '||' || token.endsWith('?');
    if (token !== '(' && !opens) {
      if (/^[()]|[()]$|^\|\|/.test(token) && !/\([+-]\)\]?$/.test(token)) throw malformed(text, `no space around "${token}"`);
      nodes.push(token);
      continue;
    }
    if (opens && parser.tokens[parser.next++] !== '(') throw malformed(text, `no bracket after "${token}"`);
    if (parser.tokens[parser.next] === ')') throw malformed(text, 'empty brackets');
    const inside = parseNodes(parser, text, true);
    nodes.push({ any: token === '||', nodes: inside, ...(token.endsWith('?') ? { when: token.slice(0, -1) } : {}) });
  }
}

function reduce(nodes: readonly Node[], inAny: boolean, use: ReadonlySet<string>, atoms: boolean): DependencyTree[] {
  return nodes.flatMap((node): DependencyTree[] => {
    if (typeof node === 'string') return [atoms ? resolveUseDependencies(node, use) : node];
    if (node.when !== undefined && !conditionHolds(node.when, use)) return [];
    const items = reduce(node.nodes, node.any, use, atoms);
    if (node.any) {
      const [only] = items;
      if (only === undefined) return [inAny ? { any: false, items: [NOTHING] } : NOTHING];
      if (items.length > 1) return inAny ? items : [{ any: true, items }];
      return typeof only === 'string' || only.any || inAny ? [only] : [...only.items];
    }
    const [only] = items;
    if (!inAny || only === undefined) return items;
    if (items.length > 1) return [{ any: false, items }];
    return typeof only !== 'string' && only.any ? [...only.items] : [only];
  });
}

function conditionHolds(condition: string, use: ReadonlySet<string>): boolean {
  return condition.startsWith('!') ? !use.has(condition.slice(1)) : use.has(condition);
}

/** `cat/name[a?,!b?,c=,!d=]` resolved with the flags of the package. Parts without effect are left out. */
function resolveUseDependencies(atom: string, use: ReadonlySet<string>): string {
  const open = atom.indexOf('[');
  if (open < 0 || !atom.endsWith(']')) return atom;
  const kept = atom
    .slice(open + 1, -1)
    .split(',')
    .flatMap((part) => {
      const [, not = '', flag = '', sign = ''] = /^(!?)([^!?=]+)([?=])$/.exec(part) ?? [];
      if (sign === '') return [part];
      const on = use.has(flag.replace(/\([+-]\)$/, ''));
      if (sign === '=') return [on === (not === '') ? flag : `-${flag}`];
      if (not === '') return on ? [flag] : [];
      return on ? [] : [`-${flag}`];
    });
  return atom.slice(0, open) + (kept.length === 0 ? '' : `[${kept.join(',')}]`);
}

function formatNodes(items: readonly DependencyTree[]): string {
  return items.map((item) => (typeof item === 'string' ? item : `${item.any ? '|| ' : ''}( ${formatNodes(item.items)} )`)).join(' ');
}

function malformed(text: string, why: string): SwarmError {
  return new SwarmError(
    'SW4003',
    `the dependency ${JSON.stringify(text.length > 200 ? `${text.slice(0, 200)}…` : text)} cannot be read: ${why}`,
  );
}
