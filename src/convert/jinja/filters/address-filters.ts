import { readIpNetwork, readPlainAddress } from '../../../language/functions/addresses/ip-network.ts';
import { IP_QUERIES } from '../../../language/functions/addresses/ipaddr-function.ts';
import { rejectConversion } from '../../not-convertible.ts';
import { call, literal, type SwarmExpression, typeOf } from '../swarm-expression.ts';
import { literalValue } from '../translation.ts';
import { type FilterRule, valuesOf } from './filter-rule.ts';

const PRIVATE = 'which addresses are private depends on the version of netaddr; write the network: ipaddr(x, "10.0.0.0/8")';

const REASONS: Readonly<Record<string, string>> = { private: PRIVATE, public: PRIVATE };

/** A query that swarm has, or a value that is computed. */
function checkQuery(filter: string, query: SwarmExpression): SwarmExpression {
  const value = literalValue(query);
  if (value === undefined || typeof value === 'number') return query;
  const text = String(value ?? '');
  const isKnown = IP_QUERIES.has(text) || /^-?\d+$/.test(text) || (readIpNetwork(text) ?? readPlainAddress(text)) !== undefined;
  if (isKnown) return query;
  return rejectConversion(`the filter ${filter}(${text})${Object.hasOwn(REASONS, text) ? `: ${REASONS[text]}` : ''}`);
}

/** `ipaddr`, `ipv4` or `ipv6`. */
const ipFilter =
  (filter: string, version?: number): FilterRule =>
  (input, given) => {
    const [query, ...others] = valuesOf(given, ['query'], filter);
    if (others.length > 0) return rejectConversion(`the filter ${filter} with ${others.length + 1} values`);
    const queries = query === undefined ? [] : [checkQuery(filter, query)];
    const values = version === undefined ? queries : [queries[0] ?? literal(''), literal(version)];
    return call('ipaddr', [input, ...values], typeOf(input) === 'list' ? 'list' : 'any');
  };

const nthHost: FilterRule = (input, given) => {
  const [n, more] = valuesOf(given, ['query'], 'nthhost');
  if (n === undefined || more !== undefined) return rejectConversion('the filter nthhost with other than one number');
  return call('ip_host', [input, asNumber(n)], 'text');
};

const subnetFilter: FilterRule = (input, given) => {
  const [length, index, more] = valuesOf(given, ['query', 'index'], 'ipsubnet').map(asNumber);
  if (more !== undefined) return rejectConversion('the filter ipsubnet with three values');
  return call('ipsubnet', [input, ...[length ?? [], index ?? []].flat()], 'any');
};

const addNumber: FilterRule = (input, given) => {
  const [amount, more] = valuesOf(given, ['amount'], 'ipmath');
  if (amount === undefined || more !== undefined) return rejectConversion('the filter ipmath with other than one number');
  return call('ip_next', [input, asNumber(amount)], 'text');
};

/** Ansible takes a number as a text too. */
function asNumber(value: SwarmExpression): SwarmExpression {
  const written = literalValue(value);
  if (typeof written === 'number' || typeOf(value) === 'number') return value;
  if (typeof written !== 'string') return call('int', [value], 'number');
  return /^-?\d+$/.test(written) ? literal(Number(written)) : rejectConversion(`an address filter with ${written} in place of a number`);
}

const RULES: Readonly<Record<string, FilterRule>> = {
  ipaddr: ipFilter('ipaddr'),
  ipv4: ipFilter('ipv4', 4),
  ipv6: ipFilter('ipv6', 6),
  ipwrap: (input) => call('ipwrap', [input], typeOf(input)),
  nthhost: nthHost,
  ipsubnet: subnetFilter,
  ipmath: addNumber,
};

/** The filters of addresses, also with the names of their collections. */
export const ADDRESS_FILTERS: Readonly<Record<string, FilterRule>> = Object.fromEntries(
  ['', 'ansible.utils.', 'ansible.netcommon.'].flatMap((prefix) =>
    Object.entries(RULES).map(([name, rule]) => [`${prefix}${name}`, rule] as const),
  ),
);
