import type { Json } from '../../../core/json-value.ts';
import { ownValue } from '../../../core/own-value.ts';
import { declareFunction, FunctionFault } from '../language-function.ts';
import {
  firstOf,
  type IpNetwork,
  isWithin,
  lastOf,
  maskOf,
  networkSize,
  printAddress,
  printNetwork,
  readIpNetwork,
  readPlainAddress,
} from './ip-network.ts';

/** What a query reads: an address or a network, and the text that it was written as. */
interface Asked extends IpNetwork {
  /** Whether it was written with a length. */
  readonly hasLength: boolean;
  readonly written: string;
}

type Query = (asked: Asked) => Json;

const print = (address: bigint, { width }: IpNetwork): string => printAddress(address, width);
const isFirst = (asked: Asked): boolean => asked.address === firstOf(asked);
const otherBits = ({ width, ...asked }: Asked): bigint => (1n << BigInt(width)) - 1n - maskOf({ width, ...asked });
/** A network of one or two addresses has none to spare for its own and for the broadcast. */
const hasBroadcast = (asked: Asked): boolean => networkSize(asked) > 2n;
const first: Query = (asked) => (networkSize(asked) === 1n ? null : print(firstOf(asked) + (hasBroadcast(asked) ? 1n : 0n), asked));
const last: Query = (asked) => (networkSize(asked) === 1n ? null : print(lastOf(asked) - (hasBroadcast(asked) ? 1n : 0n), asked));
const isUsable = (address: bigint, asked: Asked): boolean => {
  const margin = hasBroadcast(asked) ? 1n : 0n;
  return networkSize(asked) > 1n && address >= firstOf(asked) + margin && address <= lastOf(asked) - margin;
};
const near =
  (step: bigint): Query =>
  (asked) =>
    isUsable(asked.address + step, asked) ? print(asked.address + step, asked) : null;
const address: Query = (asked) => (isFirst(asked) && hasBroadcast(asked) && asked.width === 32 ? null : print(asked.address, asked));
const withLength: Query = (asked) =>
  hasBroadcast(asked) && (isFirst(asked) || asked.address === lastOf(asked)) ? null : printNetwork(asked.address, asked);
const subnet: Query = (asked) => printNetwork(firstOf(asked), asked);
const network: Query = (asked) => print(firstOf(asked), asked);
const hostMask: Query = (asked) => print(otherBits(asked), asked);
/** The other address of a network of two or four. */
function peer(asked: Asked): Json {
  const size = networkSize(asked);
  if (size !== 2n && (size !== 4n || isFirst(asked) || asked.address === lastOf(asked)))
    throw new FunctionFault(`finds no peer of ${asked.written}, which is no host of a /30 or /31`);
  return print(asked.address ^ (size - 1n), asked);
}
const wrap: Query = (asked) => {
  if (asked.width === 32) return asked.written;
  return asked.hasLength ? `[${print(asked.address, asked)}]/${asked.bits}` : `[${print(asked.address, asked)}]`;
};
const countAddresses = (count: bigint): Json => {
  if (count > BigInt(Number.MAX_SAFE_INTEGER)) throw new FunctionFault(`has no number as large as ${count}`);
  return Number(count);
};
function reverseName({ address: number, width }: Asked): string {
  const digits = number.toString(16).padStart(width / 4, '0');
  if (width === 128) return `${[...digits].reverse().join('.')}.ip6.arpa.`;
  return `${(digits.match(/../g) ?? [])
    .map((byte) => Number.parseInt(byte, 16))
    .reverse()
    .join('.')}.in-addr.arpa.`;
}

/** The queries by their names. */
const QUERIES: Readonly<Record<string, Query>> = {
  '': (asked) => (asked.hasLength ? printNetwork(asked.address, asked) : print(asked.address, asked)),
  ...{ address, ip: address, bool: () => true, cidr: (asked) => printNetwork(asked.address, asked) },
  broadcast: (asked) => (hasBroadcast(asked) ? print(lastOf(asked), asked) : null),
  ...{ first_usable: first, last_usable: last, next_usable: near(1n), previous_usable: near(-1n) },
  range_usable: (asked) => (networkSize(asked) === 1n ? null : `${first(asked)}-${last(asked)}`),
  host: (asked) => (isFirst(asked) && hasBroadcast(asked) ? null : printNetwork(asked.address, asked)),
  ...{ 'host/prefix': withLength, 'address/prefix': withLength, gateway: withLength, gw: withLength },
  ...{ hostnet: withLength, router: withLength, hostmask: hostMask, wildcard: hostMask },
  'ip/prefix': (asked) =>
    networkSize(asked) === 1n || (networkSize(asked) > 2n && isFirst(asked)) ? null : printNetwork(asked.address, asked),
  net: (asked) => (networkSize(asked) > 1n && isFirst(asked) ? subnet(asked) : null),
  netmask: (asked) => print(maskOf(asked), asked),
  ...{ network, network_id: network, 'network/prefix': subnet, subnet },
  network_netmask: (asked) => `${network(asked)} ${print(maskOf(asked), asked)}`,
  network_wildcard: (asked) => `${network(asked)} ${hostMask(asked)}`,
  peer,
  prefix: ({ bits }) => bits,
  revdns: reverseName,
  size: (asked) => countAddresses(networkSize(asked)),
  size_usable: (asked) => countAddresses(hasBroadcast(asked) ? networkSize(asked) - 2n : networkSize(asked) === 1n ? 0n : 2n),
  type: (asked) => (networkSize(asked) > 1n && isFirst(asked) ? 'network' : 'address'),
  version: ({ width }) => (width === 32 ? 4 : 6),
  wrap,
};

/** The names that `ipaddr` takes as its query. */
export const IP_QUERIES: ReadonlySet<string> = new Set(Object.keys(QUERIES));

/** Queries of a network, which an address without a length does not have. */
const OF_NETWORKS = new Set(['first_usable', 'last_usable', 'next_usable', 'previous_usable', 'range_usable', 'peer']);

function readAsked(value: Json, version: number | undefined): Asked | undefined {
  if ((typeof value !== 'string' && typeof value !== 'number') || value === 0) return undefined;
  const written = String(value);
  const number = /^\d+$/.test(written) ? BigInt(written) : undefined;
  if (number !== undefined) return readNumber(number, version);
  const found = readIpNetwork(written) ?? readPlainAddress(written);
  return found && { ...found, hasLength: written.includes('/'), written };
}

/** An address as a number, as `ipaddr` of Ansible reads it. */
function readNumber(number: bigint, version: number | undefined): Asked | undefined {
  const width = number >> 32n === 0n && version !== 6 ? 32 : 128;
  if (number >> 128n !== 0n) return undefined;
  const found = { address: number, bits: width, width } as const;
  return { ...found, hasLength: false, written: printNetwork(number, found) };
}

function askOne(value: Json, query: string, version: number | undefined): Json {
  const asked = readAsked(value, version);
  if (asked === undefined || (version !== undefined && version !== (asked.width === 32 ? 4 : 6))) return null;
  const known = ownValue(QUERIES, query);
  if (known !== undefined && OF_NETWORKS.has(query) && !asked.hasLength)
    throw new FunctionFault(`takes a network such as 10.0.0.0/24 for ${query}, not ${JSON.stringify(asked.written)}`);
  if (known !== undefined) return known(asked);
  if (/^-?\d+$/.test(query)) return nthAddress(asked, BigInt(query));
  const within = readIpNetwork(query) ?? readPlainAddress(query);
  if (within === undefined)
    throw new FunctionFault(`knows no query ${JSON.stringify(query)}`, `Write one of: ${[...IP_QUERIES].join(', ')}.`);
  return isWithin(asked, within) ? asked.written : null;
}

function nthAddress(asked: Asked, n: bigint): Json {
  if (networkSize(asked) === 1n) return asked.hasLength ? printNetwork(asked.address, asked) : print(asked.address, asked);
  const offset = n < 0n ? networkSize(asked) + n : n;
  return offset < 0n || offset >= networkSize(asked) ? null : printNetwork(firstOf(asked) + offset, asked);
}

const isTrue = (value: Json): boolean => value !== null && value !== 0;

/** The functions of Ansible's filters of addresses. */
export const ipaddrFunctions = [
  declareFunction('ipaddr', {
    params: { value: 'any', query: 'any?', version: 'int?' },
    does: `what a query reads of an address or a network; null for what is neither, or of which the query reads nothing. Of a list, the entries that have it. With 4 or 6 only addresses of this version. The query is a number, a network that has the address, or one of ${[
      ...IP_QUERIES,
    ]
      .filter((each) => each !== '')
      .map((each) => `\`${each}\``)
      .join(', ')}`,
    example: [[['10.0.0.7/24', 'web1'], 'network'], ['10.0.0.0']],
    call({ value, query = '', version }) {
      if (typeof query !== 'string' && typeof query !== 'number') throw new FunctionFault('takes a text or a number as `query`');
      if (!Array.isArray(value)) return askOne(value, String(query), version);
      return value.map((each: Json) => askOne(each, String(query), version)).filter(isTrue);
    },
  }),
  declareFunction('ipwrap', {
    params: { value: 'any' },
    does: 'an IPv6 address in brackets, as in a URL; any other value as it is. Of a list, each entry so',
    example: [['fd00::1'], '[fd00::1]'],
    call({ value }) {
      const one = (each: Json): Json => askOne(askOne(each, '', undefined), 'wrap', undefined) ?? each;
      return Array.isArray(value) ? value.map(one) : one(value);
    },
  }),
  declareFunction('ipsubnet', {
    params: { value: 'text', length: 'int?', index: 'int?' },
    does: 'a part of a network: the one with this number among those of this length; without a number, how many there are; without a length the network itself. Of a single address, the network of this length that has it. Null where there is none',
    example: [['10.0.0.0/24', 26, 1], '10.0.0.64/26'],
    call({ value, length, index }) {
      const asked = readAsked(value, undefined);
      if (asked === undefined) return null;
      if (length === undefined) return subnet(asked);
      if (length < 0 || length > asked.width) return null;
      return networkSize(asked) === 1n ? networkOfAddress(asked, length, index ?? 0) : partOfNetwork(asked, length, index);
    },
  }),
];

/** A number above 0 gives a smaller network, as in Ansible; one below 0 counts from the smallest. */
function networkOfAddress(asked: Asked, length: number, index: number): Json {
  const bits = index < 0 ? asked.width + index : length + index;
  return bits < length || bits >= asked.width ? null : subnet({ ...asked, bits });
}

function partOfNetwork(asked: Asked, length: number, index: number | undefined): Json {
  if (length < asked.bits) throw new FunctionFault(`takes a length of at least ${asked.bits} for ${asked.written}`);
  const count = 1n << BigInt(length - asked.bits);
  if (index === undefined) return String(count); // as Ansible returns it
  const at = index < 0 ? count + BigInt(index) : BigInt(index);
  if (at < 0n || at >= count) return null;
  return printNetwork(firstOf(asked) + (at << BigInt(asked.width - length)), { ...asked, bits: length });
}
