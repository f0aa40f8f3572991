import type { JinjaNode } from '../jinja/jinja-tree.ts';
import { call, literal, type SwarmExpression } from '../jinja/swarm-expression.ts';
import { translate } from '../jinja/translate-jinja.ts';
import type { Translation } from '../jinja/translation.ts';
import { rejectConversion } from '../not-convertible.ts';

/** The entries of a mapping in the order of their keys, as mappings with `key` and `value`: `x | dictsort` and `x.items() | sort`.
 *  Undefined for any other list. */
export function sortedPairs(list: JinjaNode, translation: Translation): SwarmExpression | undefined {
  if (list.kind !== 'filter') return undefined;
  const mapping = list.name === 'dictsort' ? list.of : list.name === 'sort' ? mappingOfItems(list.of) : undefined;
  if (mapping === undefined) return undefined;
  if (list.args.length > 0 || Object.keys(list.named).length > 0) return rejectConversion(`the filter ${list.name} with values`);
  if (list.name === 'dictsort') translation.changes.add('`dictsort` puts capitals before small letters; Jinja ignores case');
  return call('sort', [call('dict2items', [translate(mapping, translation)], 'list'), literal('key')], 'list');
}

/** The mapping of `x.items()`. */
const mappingOfItems = (node: JinjaNode): JinjaNode | undefined =>
  node.kind === 'call' && node.of.kind === 'attribute' && node.of.name === 'items' && node.args.length === 0 ? node.of.of : undefined;
