import { BlockList, isIP } from 'node:net';
import { SwarmError } from '../../core/error/swarm-error.ts';

const MAX_ADDRESSES = 1024;

/** Every address of an IPv4 network such as 10.42.0.0/24, without network and broadcast address; throws SW1303. */
export function listAddresses(network: string): readonly string[] {
  const [, base = '', prefix = ''] = /^([\d.]+)\/(\d+)$/.exec(network) ?? [];
  const bits = Number(prefix);
  if (isIP(base) !== 4 || bits > 32 || prefix === '') {
    throw new SwarmError('SW1303', `${network} is not an IPv4 network`, { hint: 'Write for example 10.42.0.0/24.' });
  }
  const size = 2 ** (32 - bits);
  if (size > MAX_ADDRESSES)
    throw new SwarmError('SW1303', `${network} has ${size} addresses`, {
      hint: `Name a network with at most ${MAX_ADDRESSES} addresses.`,
    });
  const first = Math.floor(addressToNumber(base) / size) * size;
  const all = Array.from({ length: size }, (_, at) => numberToAddress(first + at));
  return size > 2 ? all.slice(1, -1) : all;
}

/** Does one of the networks cover the address? */
export function isInNetworks(networks: readonly string[], address: string): boolean {
  const list = new BlockList();
  for (const network of networks) {
    const [base = '', prefix = ''] = network.split('/');
    const kind = isIP(base);
    if (kind !== 0 && prefix !== '') list.addSubnet(base, Number(prefix), kind === 6 ? 'ipv6' : 'ipv4');
  }
  const kind = isIP(address);
  return kind !== 0 && list.check(address, kind === 6 ? 'ipv6' : 'ipv4');
}

const addressToNumber = (address: string): number => address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
const numberToAddress = (value: number): string => [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
