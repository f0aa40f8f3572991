import { isIP } from 'node:net';
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

const readAddress = (text: string): IpNetwork => readPlainAddress(text) ?? readIpNetwork(text) ?? refuse('an IP address', text);
const readNetwork = (text: string): IpNetwork => readIpNetwork(text) ?? refuse('a network such as 10.0.0.0/24 or fd00::/64', text);

function refuse(expected: string, text: string): never {
  throw new FunctionFault(`takes ${expected}, not ${JSON.stringify(text)}`);
}

/** A host of a network; below 0 it is counted from the end. */
function nthHost(network: IpNetwork, n: number): string {
  const size = networkSize(network);
  const offset = n < 0 ? size + BigInt(n) : BigInt(n);
  if (offset < 0n || offset >= size) throw new FunctionFault(`takes a number that the network has: it has ${size} addresses`);
  return printAddress(firstOf(network) + offset, network.width);
}

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
    call: ({ text }) => readIpNetwork(text) !== undefined,
  }),
  declareFunction('ip_in', {
    params: { address: 'text', network: 'text' },
    does: 'whether the address is in the network',
    example: [['10.0.0.7', '10.0.0.0/24'], true],
    call: ({ address, network }) => isWithin(readAddress(address), readNetwork(network)),
  }),
  declareFunction('ip_network', {
    params: { network: 'text' },
    does: 'the network of an address with its length',
    example: [['10.0.0.7/24'], '10.0.0.0/24'],
    call({ network }) {
      const found = readNetwork(network);
      return printNetwork(firstOf(found), found);
    },
  }),
  declareFunction('ip_address', {
    params: { address: 'text' },
    does: 'the address without the length of its network, in its usual form',
    example: [['fd00:0:0::1/64'], 'fd00::1'],
    call({ address }) {
      const found = readAddress(address);
      return printAddress(found.address, found.width);
    },
  }),
  declareFunction('ip_prefix', {
    params: { network: 'text' },
    does: 'the length of the network',
    example: [['10.0.0.0/24'], 24],
    call: ({ network }) => readNetwork(network).bits,
  }),
  declareFunction('ip_netmask', {
    params: { network: 'text' },
    does: 'the mask of the network',
    example: [['10.0.0.0/24'], '255.255.255.0'],
    call({ network }) {
      const found = readNetwork(network);
      return printAddress(maskOf(found), found.width);
    },
  }),
  declareFunction('ip_broadcast', {
    params: { network: 'text' },
    does: 'the last address of the network',
    example: [['10.0.0.0/24'], '10.0.0.255'],
    call({ network }) {
      const found = readNetwork(network);
      return printAddress(lastOf(found), found.width);
    },
  }),
  declareFunction('ip_host', {
    params: { network: 'text', n: 'int' },
    does: 'the address with this number in the network; below 0 counted from its end',
    example: [['10.0.0.0/24', 5], '10.0.0.5'],
    call: ({ network, n }) => nthHost(readNetwork(network), n),
  }),
  declareFunction('ip_next', {
    params: { address: 'text', n: 'int?' },
    does: 'the address `n` further (1)',
    example: [['10.0.0.255'], '10.0.1.0'],
    call({ address, n = 1 }) {
      const from = readAddress(address);
      return printAddress(from.address + BigInt(n), from.width);
    },
  }),
];
