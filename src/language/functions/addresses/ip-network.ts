import { createRequire } from 'node:module';
import { isIP } from 'node:net';
import { FunctionFault } from '../language-function.ts';

/** An address as a number, with the length of its network. */
export interface IpNetwork {
  readonly address: bigint;
  readonly bits: number;
  /** Bits of an address: 32 or 128. */
  readonly width: 32 | 128;
}

/** Loaded with the first address. */
const loadLibrary = (): typeof import('ipaddr.js') => {
  const require = createRequire(import.meta.url);
  return require('ipaddr.js') as typeof import('ipaddr.js');
};

/** An address alone; undefined for any other text. */
export function readPlainAddress(text: string): IpNetwork | undefined {
  if (isIP(text) === 0 || text.includes('%')) return undefined;
  const address = loadLibrary().parse(isIP(text) === 4 ? text : withoutDots(text));
  const width = address.kind() === 'ipv4' ? 32 : 128;
  return { address: BigInt(`0x${Buffer.from(address.toByteArray()).toString('hex')}`), bits: width, width };
}

/** `::1.2.3.4` as `::102:304`: the library takes it for `::ffff:1.2.3.4`. */
const withoutDots = (text: string): string =>
  text.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, ...[a, b, c, d]: readonly string[]) =>
    [Number(a) * 256 + Number(b), Number(c) * 256 + Number(d)].map((part) => part.toString(16)).join(':'),
  );

/** An address with the length of its network or with its mask: `10.0.0.7/24`, `10.0.0.7/255.255.255.0`. Undefined for any other text. */
export function readIpNetwork(text: string): IpNetwork | undefined {
  const [, plain = '', length = ''] = /^([^/]+)\/([^/]+)$/.exec(text) ?? [];
  const found = readPlainAddress(plain);
  if (found === undefined) return undefined;
  const bits = /^\d{1,3}$/.test(length) ? Number(length) : lengthOfMask(length, found.width);
  return bits === undefined || bits > found.width ? undefined : { ...found, bits };
}

/** The length that a mask stands for. A mask of the other bits (`0.0.0.255`) is one too. */
function lengthOfMask(text: string, width: number): number | undefined {
  const mask = readPlainAddress(text);
  if (mask === undefined || mask.width !== width) return undefined;
  const digits = mask.address.toString(2).padStart(width, '0');
  const ones = /^(1*)0*$/.exec(digits)?.[1]?.length;
  return ones ?? /^(0*)1*$/.exec(digits)?.[1]?.length;
}

/** The number of addresses of a network. */
export const networkSize = ({ bits, width }: IpNetwork): bigint => 1n << BigInt(width - bits);
/** The first address of a network. */
export const firstOf = (network: IpNetwork): bigint => (network.address / networkSize(network)) * networkSize(network);
/** The last address of a network. */
export const lastOf = (network: IpNetwork): bigint => firstOf(network) + networkSize(network) - 1n;
/** The mask of a network. */
export const maskOf = (network: IpNetwork): bigint => (1n << BigInt(network.width)) - networkSize(network);

/** Whether a network is a part of another one. */
export const isWithin = (network: IpNetwork, other: IpNetwork): boolean =>
  network.width === other.width && firstOf(network) >= firstOf(other) && lastOf(network) <= lastOf(other);

/** An address in its usual form. Throws FunctionFault outside the address space. */
export function printAddress(address: bigint, width: 32 | 128): string {
  if (address < 0n || address >= 1n << BigInt(width)) throw new FunctionFault('would leave the address space');
  const bytes = Buffer.from(address.toString(16).padStart(width / 4, '0'), 'hex');
  const isMapped = width === 128 && address >> 32n === 0xffffn;
  const isOldForm = width === 128 && address >> 32n === 0n && address >> 16n !== 0n;
  const library = loadLibrary();
  if (isMapped || isOldForm) return `::${isMapped ? 'ffff:' : ''}${library.fromByteArray([...bytes.subarray(12)]).toString()}`;
  return library.fromByteArray([...bytes]).toString();
}

/** An address with the length of its network. */
export const printNetwork = (address: bigint, { bits, width }: IpNetwork): string => `${printAddress(address, width)}/${bits}`;
