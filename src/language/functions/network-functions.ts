import { createRequire } from 'node:module';
import { isIP } from 'node:net';
import type { IPv4, IPv6 } from 'ipaddr.js';
import { declareFunction, FunctionFault } from './language-function.ts';

type IpAddress = IPv4 | IPv6;

/** An address with the length of its network. */
interface Cidr {
  readonly address: IpAddress;
  readonly bits: number;
}

/** Loaded with the first address. */
const loadLibrary = (): typeof import('ipaddr.js') => {
  const require = createRequire(import.meta.url);
  return require('ipaddr.js') as typeof import('ipaddr.js');
};

function readAddress(text: string): IpAddress {
  const plain = text.split('/')[0] ?? '';
  if (isIP(plain) === 0 || plain.includes('%')) throw new FunctionFault(`takes an IP address, not ${JSON.stringify(text)}`);
  return loadLibrary().parse(plain);
}

function readCidr(text: string): Cidr {
  const [, plain = '', bits = ''] = /^([^/]+)\/(\d{1,3})$/.exec(text) ?? [];
  const address = plain === '' ? undefined : isIP(plain) === 0 ? undefined : readAddress(plain);
  if (address === undefined || Number(bits) > widthOf(address))
    throw new FunctionFault(`takes a network such as 10.0.0.0/24 or fd00::/64, not ${JSON.stringify(text)}`);
  return { address, bits: Number(bits) };
}

const widthOf = (address: IpAddress): number => (address.kind() === 'ipv4' ? 32 : 128);
const toNumber = (address: IpAddress): bigint => BigInt(`0x${Buffer.from(address.toByteArray()).toString('hex')}`);

function fromNumber(number: bigint, width: number): string {
  if (number < 0n || number >= 1n << BigInt(width)) throw new FunctionFault('would leave the address space');
  const bytes = Buffer.from(number.toString(16).padStart(width / 4, '0'), 'hex');
  return loadLibrary()
    .fromByteArray([...bytes])
    .toString();
}

const sizeOf = ({ address, bits }: Cidr): bigint => 1n << BigInt(widthOf(address) - bits);
const firstOf = (cidr: Cidr): bigint => (toNumber(cidr.address) / sizeOf(cidr)) * sizeOf(cidr);

function isInNetwork(address: IpAddress, cidr: Cidr): boolean {
  if (address.kind() !== cidr.address.kind()) return false;
  const offset = toNumber(address) - firstOf(cidr);
  return offset >= 0n && offset < sizeOf(cidr);
}

/** A host of a network; below 0 it is counted from the end. */
function nthHost(cidr: Cidr, n: number): string {
  const size = sizeOf(cidr);
  const offset = n < 0 ? size + BigInt(n) : BigInt(n);
  if (offset < 0n || offset >= size) throw new FunctionFault(`takes a number that the network has: it has ${size} addresses`);
  return fromNumber(firstOf(cidr) + offset, widthOf(cidr.address));
}

const isNetworkText = (text: string): boolean => {
  try {
    return readCidr(text) !== undefined;
  } catch {
    return false;
  }
};

/** Functions of IP addresses and networks. */
export const networkFunctions = [
  declareFunction('ip_version', {
    params: { text: 'text' },
    does: '4 or 6; 0 for what is not an IP address',
    example: [['fd00::1'], 6],
    call: ({ text }) => isIP(text),
  }),
  declareFunction('is_network', {
    params: { text: 'text' },
    does: 'whether the text is a network such as `10.0.0.0/24`',
    example: [['10.0.0.0/24'], true],
    call: ({ text }) => isNetworkText(text),
  }),
  declareFunction('ip_in', {
    params: { address: 'text', network: 'text' },
    does: 'whether the address is in the network',
    example: [['10.0.0.7', '10.0.0.0/24'], true],
    call: ({ address, network }) => isInNetwork(readAddress(address), readCidr(network)),
  }),
  declareFunction('ip_network', {
    params: { network: 'text' },
    does: 'the network of an address with its length',
    example: [['10.0.0.7/24'], '10.0.0.0/24'],
    call({ network }) {
      const cidr = readCidr(network);
      return `${nthHost(cidr, 0)}/${cidr.bits}`;
    },
  }),
  declareFunction('ip_address', {
    params: { address: 'text' },
    does: 'the address without the length of its network, in its usual form',
    example: [['fd00:0:0::1/64'], 'fd00::1'],
    call: ({ address }) => readAddress(address).toString(),
  }),
  declareFunction('ip_prefix', {
    params: { network: 'text' },
    does: 'the length of the network',
    example: [['10.0.0.0/24'], 24],
    call: ({ network }) => readCidr(network).bits,
  }),
  declareFunction('ip_netmask', {
    params: { network: 'text' },
    does: 'the mask of the network',
    example: [['10.0.0.0/24'], '255.255.255.0'],
    call({ network }) {
      const cidr = readCidr(network);
      const width = widthOf(cidr.address);
      return fromNumber((1n << BigInt(width)) - sizeOf(cidr), width);
    },
  }),
  declareFunction('ip_broadcast', {
    params: { network: 'text' },
    does: 'the last address of the network',
    example: [['10.0.0.0/24'], '10.0.0.255'],
    call: ({ network }) => nthHost(readCidr(network), -1),
  }),
  declareFunction('ip_host', {
    params: { network: 'text', n: 'int' },
    does: 'the address with this number in the network; below 0 counted from its end',
    example: [['10.0.0.0/24', 5], '10.0.0.5'],
    call: ({ network, n }) => nthHost(readCidr(network), n),
  }),
  declareFunction('ip_next', {
    params: { address: 'text', n: 'int?' },
    does: 'the address `n` further (1)',
    example: [['10.0.0.255'], '10.0.1.0'],
    call({ address, n = 1 }) {
      const from = readAddress(address);
      return fromNumber(toNumber(from) + BigInt(n), widthOf(from));
    },
  }),
];
