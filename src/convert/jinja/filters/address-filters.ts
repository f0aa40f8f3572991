import { rejectConversion } from '../../not-convertible.ts';
import { joinTexts } from '../jinja-texts.ts';
import { call, literal, type SwarmExpression } from '../swarm-expression.ts';
import { literalText } from '../translation.ts';
import type { FilterRule } from './filter-rule.ts';

const IP_QUERIES: Readonly<Record<string, string>> = {
  ...{ address: 'ip_address', network: 'ip_network', prefix: 'ip_prefix', netmask: 'ip_netmask', broadcast: 'ip_broadcast' },
};
export const ipFilter: FilterRule = (input, { args }) => {
  const query = literalText(args[0]) ?? '';
  if (query === 'network')
    return { kind: 'index', of: call('split', [call('ip_network', [input], 'text'), literal('/')], 'list'), key: literal(0) };
  const name = Object.hasOwn(IP_QUERIES, query) ? IP_QUERIES[query] : undefined;
  return name === undefined ? rejectConversion(`the filter ipaddr(${query})`) : call(name, [input], 'text');
};

/** An IPv6 address in brackets. */
export function wrapAddress(input: SwarmExpression): SwarmExpression {
  const wrapped = joinTexts([literal('['), input, literal(']')]);
  return { kind: 'choice', test: call('contains', [input, literal(':')], 'bool'), yes: wrapped, no: input };
}
