import type { JinjaArgs, JinjaNode } from './jinja-tree.ts';
import { literal, type SwarmExpression } from './swarm-expression.ts';

/** A variable of another host, or a field of it. */
export interface HostVariable {
  /** What is between the brackets of `hostvars[…]`. */
  readonly host: JinjaNode;
  /** The same path as that host writes it: `port` of `hostvars['a'].port`. */
  readonly own: JinjaNode;
}

/** Reads `hostvars[HOST].NAME` or `hostvars.HOST.NAME`, with its fields; undefined for anything else. */
export function readHostVariable(node: JinjaNode): HostVariable | undefined {
  const field = fieldOf(node);
  if (field === undefined) return undefined;
  const { of, name } = field;
  const host = of.kind === 'item' ? of.key : of.kind === 'attribute' ? ({ kind: 'literal', value: of.name } as const) : undefined;
  const isOfAll = (of.kind === 'item' || of.kind === 'attribute') && of.of.kind === 'name' && of.of.name === 'hostvars';
  if (host !== undefined && isOfAll) return { host, own: { kind: 'name', name } };
  const outer = readHostVariable(of);
  return outer && { host: outer.host, own: { kind: 'attribute', of: outer.own, name } };
}

function fieldOf(node: JinjaNode): { readonly of: JinjaNode; readonly name: string } | undefined {
  if (node.kind === 'attribute') return node;
  const isText = node.kind === 'item' && node.key.kind === 'literal' && typeof node.key.value === 'string';
  return isText ? { of: node.of, name: String(node.key.value) } : undefined;
}

/** Whether it is the host of the task itself. */
export const isOwnHost = ({ host }: HostVariable): boolean => host.kind === 'name' && host.name === 'inventory_hostname';

/** Names that mean the same on every host. */
const COMMON = new Set([
  'groups',
  'hosts',
  'play',
  'playbook_dir',
  'run',
  'run_id',
  'check_mode',
  'omit',
  'role_name',
  'role_path',
  'parent_role_names',
]);

/** What a host writes of itself, as another host writes it: each variable is one of `hostvars[HOST]`. */
export function onHost(host: SwarmExpression, own: SwarmExpression, bound: ReadonlySet<string> = new Set()): SwarmExpression {
  const inner = (each: SwarmExpression): SwarmExpression => onHost(host, each, bound);
  switch (own.kind) {
    case 'name':
      return COMMON.has(own.name) || bound.has(own.name) ? own : { kind: 'field', of: variablesOf(host), name: own.name, type: own.type };
    case 'field':
    case 'not':
    case 'negative':
      return { ...own, of: inner(own.of) };
    case 'index':
      return { ...own, of: inner(own.of), key: inner(own.key) };
    case 'call':
      return { ...own, args: own.args.map(inner) };
    case 'operation':
      return { ...own, left: inner(own.left), right: inner(own.right) };
    case 'each':
      return { ...own, list: inner(own.list), body: onHost(host, own.body, new Set([...bound, own.name])) };
    default:
      return own;
  }
}

/** `hostvars[HOST]`. A name that stands as a text is a field. */
export function variablesOf(host: SwarmExpression): SwarmExpression {
  const all: SwarmExpression = { kind: 'name', name: 'hostvars', type: 'mapping' };
  if (host.kind === 'literal') return { kind: 'index', of: all, key: literal(String(host.value)) };
  return { kind: 'index', of: all, key: host };
}

/** What `map('extract', hostvars, PATH)` reads of each host; undefined for any other filter. */
export function readExtract({ args }: JinjaArgs): JinjaNode | undefined {
  const [filter, from, path] = args;
  const isExtract = filter?.kind === 'literal' && filter.value === 'extract' && from?.kind === 'name' && from.name === 'hostvars';
  if (!isExtract || path === undefined) return undefined;
  const [first, ...rest] = (path.kind === 'list' ? path.items : [path]).map((each) => (each.kind === 'literal' ? String(each.value) : ''));
  if (first === undefined || first === '' || rest.includes('')) return undefined;
  return rest.reduce<JinjaNode>((of, name) => ({ kind: 'attribute', of, name }), { kind: 'name', name: first });
}

/** The fact of which swarm has the address alone: whether it is defined is whether its address is. */
export function withAddress(node: JinjaNode): JinjaNode {
  const field = fieldOf(node);
  const name = node.kind === 'name' ? node.name : (field?.name ?? '');
  const isOfFacts = field !== undefined && (fieldOf(field.of)?.name ?? (field.of.kind === 'name' ? field.of.name : '')) === 'ansible_facts';
  const isMapping = isOfFacts ? /^default_ipv[46]$/.test(name) : /^ansible_default_ipv[46]$/.test(name);
  return isMapping ? { kind: 'attribute', of: node, name: 'address' } : node;
}
