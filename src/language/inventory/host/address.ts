import { isIPv4, isIPv6 } from 'node:net';

export interface Address {
  readonly address: string;
  readonly port?: number;
}

const HOST_NAME = /^(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*\.?$/i;

/** `10.0.0.1`, `host.name:22`, `fd10::1`, `[fd10::1]:22` as address and port; a text with the reason if it is not an address. */
export function parseAddress(text: string): Address | string {
  const bracketed = /^\[([^\]]*)\](?::(.*))?$/.exec(text);
  if (bracketed !== null) return addPort(text, bracketed[1] ?? '', bracketed[2]);
  if (isIPv6(text)) return { address: text };
  const colon = text.indexOf(':');
  if (colon < 0) return addPort(text, text, undefined);
  if (text.indexOf(':', colon + 1) >= 0) return `\`${text}\` is not an address`;
  return addPort(text, text.slice(0, colon), text.slice(colon + 1));
}

function addPort(text: string, address: string, port: string | undefined): Address | string {
  const reason = text.startsWith('[') ? (isIPv6(address) ? undefined : '') : explainNotAddress(address);
  if (reason !== undefined) return `\`${text}\` is not an address${reason === '' ? '' : ` (${reason})`}`;
  if (port === undefined) return { address };
  const number = /^\d{1,5}$/.test(port) ? Number(port) : 0;
  if (number < 1 || number > 65_535) return `\`${text}\` is not an address (a port is 1 to 65535)`;
  return { address, port: number };
}

/** Why a text is neither IPv4 nor a host name; empty if there is nothing to add. */
function explainNotAddress(text: string): string | undefined {
  if (isIPv4(text)) return undefined;
  if (/^[\d.]+$/.test(text)) {
    const numbers = text.split('.').filter((each) => each !== '');
    return numbers.length < 4 ? `${numbers.length} of 4 numbers` : 'four numbers of 0 to 255';
  }
  if (text.includes('/')) return 'a network has many machines';
  return HOST_NAME.test(text) && !/^\d+$/.test(text.replace(/\.$/, '').split('.').at(-1) ?? '') ? undefined : '';
}

/** A network as `10.42.0.0/24`. */
export function isNetwork(text: string): boolean {
  const [address = '', bits = '', ...rest] = text.split('/');
  if (rest.length > 0 || !/^\d{1,3}$/.test(bits)) return false;
  return isIPv4(address) ? Number(bits) <= 32 : isIPv6(address) && Number(bits) <= 128;
}
