import { createHmac } from 'node:crypto';
import { join } from 'node:path';
import { readOptionalText } from '../../core/files/read-local-file.ts';
import { type HostKey, isSameKey } from '../../core/inventory/host-identity.ts';
import { homeFolder } from '../../core/program/account.ts';

/** One line of known_hosts: a key of a host. Format: sshd(8), SSH_KNOWN_HOSTS FILE FORMAT; semantics: hostfile.c and match.c of OpenSSH. */
export interface KnownHost {
  readonly kind: 'key';
  /** Counts from 1. */
  readonly line: number;
  readonly marker?: 'revoked' | 'cert-authority';
  /** As written: patterns with commas between, or one hashed name. */
  readonly hosts: string;
  readonly key: HostKey;
  readonly comment: string;
}

/** A line that OpenSSH passes over, because it is damaged. */
export interface DamagedKnownHost {
  readonly kind: 'bad';
  readonly line: number;
  readonly text: string;
  readonly problem: string;
}

/** Every line that is not empty or a comment, damaged ones too. */
export function parseKnownHostLines(text: string): readonly (KnownHost | DamagedKnownHost)[] {
  return text.split('\n').flatMap((rawLine, index) => {
    const line = parseLine(rawLine, index + 1);
    return line === undefined ? [] : [line];
  });
}

/** The lines that count. */
export const parseKnownHosts = (text: string): readonly KnownHost[] => parseKnownHostLines(text).filter((line) => line.kind === 'key');

/** Whether the line speaks of `name`: a host name, `[host]:port` for other ports than 22, or a HostKeyAlias. */
export function matchesHostName({ hosts }: Pick<KnownHost, 'hosts'>, name: string): boolean {
  if (!hosts.startsWith('|')) return matchesPatternList(toLowerAscii(name), toLowerAscii(hosts));
  const salt = parseSalt(hosts);
  return salt !== undefined && hosts === hashHostName(name, salt);
}

/** `|1|salt|HMAC-SHA1`: what ssh-keygen -H makes of a name. The salt has 20 bytes. */
export function hashHostName(name: string, salt: Uint8Array): string {
  const hash = createHmac('sha1', salt).update(name).digest('base64');
  return `|1|${Buffer.from(salt).toString('base64')}|${hash}`;
}

/** Whether any line marks a key @revoked, for whatever host. */
export function createRevocationCheck(lines: readonly KnownHost[]): (key: HostKey) => boolean {
  const revoked = lines.filter(({ marker }) => marker === 'revoked').map(({ key }) => key);
  return (key) => revoked.some((each) => isSameKey(each, key));
}

/** The same of several files; one that does not exist revokes nothing. */
export const readRevocationCheck = (files: readonly string[]): ((key: HostKey) => boolean) =>
  createRevocationCheck(files.flatMap((file) => parseKnownHosts(readOptionalText(file) ?? '')));

/** What the user's own files say of one key that answers under these names (`10.0.0.1`, `[10.0.0.1]:2222`). */
export interface KnownKeyMatch {
  /** The names that have this key. A hashed name is given as hashed. */
  readonly names: readonly string[];
  /** They have another key of this type under one of the names. */
  readonly hasOtherKey: boolean;
}

/** Every line of the user's own known_hosts files, with its file. */
export const readUserKnownHosts = (
  files: readonly string[] = [join(homeFolder(), '.ssh/known_hosts'), '/etc/ssh/ssh_known_hosts'],
): readonly (KnownHost & { readonly file: string })[] =>
  files.flatMap((file) => parseKnownHosts(readOptionalText(file) ?? '').map((line) => ({ ...line, file })));

/** What lines of known_hosts say of a key that a host with these names shows. */
export function matchKnownKey(key: HostKey, names: readonly string[], lines: readonly KnownHost[]): KnownKeyMatch {
  const unmarked = lines.filter((line) => line.marker === undefined);
  const matchingNames = unmarked.filter((line) => isSameKey(line.key, key)).map((line) => displayName(line, names));
  const sameNameLines = unmarked.filter((line) => names.some((name) => matchesHostName(line, name)) && line.key.type === key.type);
  return {
    names: [...new Set(matchingNames)],
    hasOtherKey: sameNameLines.length > 0 && !sameNameLines.some((line) => isSameKey(line.key, key)),
  };
}

const displayName = (line: KnownHost, names: readonly string[]): string =>
  !line.hosts.startsWith('|') ? line.hosts : (names.find((name) => matchesHostName(line, name)) ?? 'a hashed name');

function parseLine(rawLine: string, line: number): KnownHost | DamagedKnownHost | undefined {
  const text = (rawLine.split('\0')[0] ?? '').replace(/^[ \t]+/, '').replace(/\r$/, '');
  if (text === '' || text.startsWith('#')) return undefined;
  const bad = (problem: string): DamagedKnownHost => ({ kind: 'bad', line, text: rawLine, problem });
  const marked = parseMarker(text);
  if (marked === undefined) return bad('unknown or doubled @marker');
  const { marker, rest } = marked;
  const [, hosts = '', type, written, comment = ''] =
    /^([^ \t]*)(?:[ \t]+([^ \t#][^ \t]*)(?:[ \t]+([^ \t]+)(?:[ \t]+(.*))?)?)?/s.exec(rest) ?? [];
  const blob = written?.replace(/[\r\v\f]/g, ''); // as b64_pton, which passes over them
  if (hosts.startsWith('|') && parseSalt(hosts) === undefined) return bad('damaged hashed name');
  if (type === undefined) return bad('nothing after the host name');
  if (blob === undefined) return bad('no key after its type');
  if (!isPublicKey(type, blob)) return bad(`not a public key of type ${type}`);
  return { kind: 'key', line, ...(marker === undefined ? {} : { marker }), hosts, key: { type, blob }, comment: comment.trimEnd() };
}

/** As check_markers of hostfile.c: the marker ends at the first blank, or else at the first tab. */
function parseMarker(text: string): { readonly marker?: 'revoked' | 'cert-authority'; readonly rest: string } | undefined {
  if (!text.startsWith('@')) return { rest: text };
  const end = text.includes(' ') ? text.indexOf(' ') : text.indexOf('\t');
  const marker = end < 0 ? undefined : text.slice(1, end);
  const rest = text.slice(end).replace(/^[ \t]+/, '');
  if ((marker !== 'revoked' && marker !== 'cert-authority') || rest.startsWith('@')) return undefined;
  return { marker, rest };
}

function parseSalt(hosts: string): Uint8Array | undefined {
  const [, salt] = /^\|1\|([^|]+)\|/.exec(hosts) ?? [];
  const bytes = salt === undefined ? undefined : decodeBase64(salt);
  return bytes?.length === 20 ? bytes : undefined;
}

function matchesPatternList(name: string, list: string): boolean {
  let found = false;
  for (const part of list.split(',')) {
    const negated = part.startsWith('!');
    const pattern = negated ? part.slice(1) : part;
    if (pattern.length >= 1023) return false; // match_pattern_list gives up on such a pattern, and all that follow
    if (!matchesPattern(name, pattern)) continue;
    if (negated) return false;
    found = true;
  }
  return found;
}

/** `*` any text, `?` one character; no pattern costs more than its length times that of the name. */
export function matchesPattern(name: string, pattern: string): boolean {
  let [at, patternAt, star, mark] = [0, 0, -1, 0];
  while (at < name.length) {
    if (pattern[patternAt] === '*') {
      star = patternAt++;
      mark = at;
    } else if (patternAt < pattern.length && (pattern[patternAt] === '?' || pattern[patternAt] === name[at])) {
      at++;
      patternAt++;
    } else if (star >= 0) {
      patternAt = star + 1;
      at = ++mark;
    } else return false;
  }
  while (pattern[patternAt] === '*') patternAt++;
  return patternAt === pattern.length;
}

/** As tolower(3) in the C locale: other letters than A to Z stay apart. */
const toLowerAscii = (text: string): string => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());

function decodeBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}

/** The fields that follow the type inside the blob (RFC 4253 6.6, RFC 5656 3.1, RFC 8709 4). */
const FIELD_COUNTS: Readonly<Record<string, number>> = { 'ssh-ed25519': 1, 'ssh-rsa': 2, 'ssh-dss': 4 };

function isPublicKey(type: string, blob: string): boolean {
  const bytes = decodeBase64(blob);
  if (bytes === undefined) return false;
  const fields: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    if (at + 4 > bytes.length) return false;
    const end = at + 4 + bytes.readUInt32BE(at);
    if (end > bytes.length) return false;
    fields.push(bytes.subarray(at + 4, end));
    at = end;
  }
  if (fields[0]?.toString('latin1') !== type) return false;
  if (type === 'ssh-ed25519' && fields[1]?.length !== 32) return false;
  if (type.startsWith('ecdsa-sha2-')) return fields.length === 3 && fields[1]?.toString('latin1') === type.slice('ecdsa-sha2-'.length);
  return FIELD_COUNTS[type] === undefined ? fields.length > 1 : fields.length === 1 + FIELD_COUNTS[type];
}
