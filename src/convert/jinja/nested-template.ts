import type { JinjaNode } from './jinja-tree.ts';
import { parseJinja } from './parse/parse-jinja.ts';

/** Ansible fills in the templates in the texts that a lookup is given: `lookup('pipe', 'echo {{ x }}')` is `'echo ' ~ x`. */
export function withNestedTemplates(node: JinjaNode): JinjaNode {
  if (node.kind === 'list') return { kind: 'list', items: node.items.map(withNestedTemplates) };
  if (node.kind !== 'literal' || typeof node.value !== 'string' || !node.value.includes('{{')) return node;
  const parts = node.value
    .split(/\{\{(.*?)\}\}/s)
    .map((text, i): JinjaNode => (i % 2 === 1 ? parseJinja(text, true) : { kind: 'literal', value: text }))
    .filter((each) => each.kind !== 'literal' || each.value !== '');
  const [first = node, ...others] = parts;
  return others.reduce((left, right) => ({ kind: 'binary', op: '~', left, right }), first);
}
