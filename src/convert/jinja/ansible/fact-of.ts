import type { JinjaNode } from '../jinja-tree.ts';

/** The name of a fact, without `ansible_`; undefined for anything else. */
export function factOf(node: JinjaNode): string | undefined {
  if (node.kind === 'name' && node.name.startsWith('ansible_')) return node.name.slice('ansible_'.length);
  const isFacts = (of: JinjaNode): boolean => of.kind === 'name' && of.name === 'ansible_facts';
  if (node.kind === 'attribute' && isFacts(node.of)) return node.name.replace(/^ansible_/, '');
  const key = node.kind === 'item' && isFacts(node.of) && node.key.kind === 'literal' ? node.key.value : undefined;
  return typeof key === 'string' ? key.replace(/^ansible_/, '') : undefined;
}
