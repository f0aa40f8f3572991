import type { Duplex } from 'node:stream';
import type { Client } from 'ssh2';
import { watchLoginRefusals } from './ssh2-login-refusals.ts';

/** What a server offers for one part of the key exchange. */
export interface ServerOffer {
  readonly kex: readonly string[];
  readonly hostKey: readonly string[];
  readonly cipher: readonly string[];
  readonly mac: readonly string[];
}

/** All that an SSH server says before a login is through. */
export interface ServerWords {
  /** Its text before it names itself, such as `Exceeded MaxStartups`. */
  readonly greeting: string;
  /** It has named itself as an SSH server. */
  readonly isSshServer: boolean;
  /** Its banner. */
  readonly banner: string;
  readonly offer?: ServerOffer;
  /** The methods that it still takes after the last refusal. */
  readonly methodsLeft?: readonly string[];
  /** It has taken a key, and wants another proof too. */
  readonly wantsMore: boolean;
}

const FIRST_BYTES = 16 * 1024;

/** Reads along until the key exchange begins, and hears every refusal of a key. ssh2 keeps most of it to itself. */
export function listenToServer(client: Client, stream: Duplex): () => ServerWords {
  let first = Buffer.alloc(0);
  let banner = '';
  let refusal: { readonly methodsLeft?: readonly string[]; readonly wantsMore: boolean } = { wantsMore: false };
  const read = (chunk: Buffer): void => {
    first = Buffer.concat([first, chunk]);
    if (first.length > FIRST_BYTES || readOffer(first) !== undefined) stream.off('data', read);
  };
  stream.on('data', read);
  client.on('banner', (text) => {
    banner = text;
  });
  watchLoginRefusals(client, (methodsLeft, partial) => {
    refusal = { methodsLeft, wantsMore: partial || refusal.wantsMore };
  });
  return () => {
    stream.off('data', read);
    const offer = readOffer(first);
    return {
      greeting: cleanText(greetingLines(first).join(' ')),
      isSshServer: identificationEnd(first) !== -1,
      banner: cleanText(banner),
      ...(offer === undefined ? {} : { offer }),
      ...refusal,
    };
  };
}

/** On one line, short, and without what moves a terminal. */
export const cleanText = (text: string, most = 300): string =>
  text
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim()
    .slice(0, most);

/** Longer than all that OpenSSH can offer for one part. */
const MOST_OF_LIST = 1000;

/** Names that a server offers, for an error. */
export const joinOffered = (names: readonly string[]): string => cleanText(names.join(', '), MOST_OF_LIST);

const IDENTIFICATION = /(?:^|\n)SSH-[^\n]*\n/;

/** Where the packets begin; -1: no SSH server has named itself. */
function identificationEnd(bytes: Buffer): number {
  const found = IDENTIFICATION.exec(bytes.toString('latin1'));
  return found === null ? -1 : found.index + found[0].length;
}

function greetingLines(bytes: Buffer): readonly string[] {
  const text = bytes.toString('utf8');
  const at = text.search(/(?:^|\n)SSH-/);
  return (at === -1 ? text : text.slice(0, at)).split('\n');
}

/** The name lists of the first packet, which is not encrypted (RFC 4253, 7.1); undefined before it is whole. */
function readOffer(bytes: Buffer): ServerOffer | undefined {
  const start = identificationEnd(bytes);
  if (start === -1 || bytes.length < start + 22) return undefined;
  const end = start + 4 + bytes.readUInt32BE(start);
  if (bytes.length < end || bytes[start + 5] !== 20) return undefined;
  const lists: string[][] = [];
  for (let at = start + 22; lists.length < 6 && at + 4 <= end; ) {
    const length = bytes.readUInt32BE(at);
    lists.push(
      bytes
        .toString('latin1', at + 4, Math.min(at + 4 + length, end))
        .split(',')
        .map((name) => cleanText(name)),
    );
    at += 4 + length;
  }
  const [kex = [], hostKey = [], cipher = [], , mac = []] = lists;
  return { kex, hostKey, cipher, mac };
}
