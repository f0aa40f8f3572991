import { dirname, join } from 'node:path';
import { isReadable } from '../../core/files/is-readable.ts';
import { findUserName } from '../../core/program/account.ts';
import { type ConfigValues, type CountedLine, evaluateConfig, findProxyLines, type UnusedLine } from './evaluate-config.ts';
import { expandPath, expandTokens, tokensOf } from './expand-config-text.ts';
import { type JumpHop, parseProxyJump } from './jump-hop.ts';
import { mergeValues } from './merge-values.ts';
import { type ConfigSource, configError, createConfigReader } from './read-config-file.ts';
import { findUnusedLines } from './unused-lines.ts';

/** The host that settings are wanted for. */
export interface SshTarget {
  /** The inventory name; what counts for it beside the address is in `mergeValues`. */
  readonly name?: string | undefined;
  readonly address: string;
  /** The login's user where the inventory names one, as `ssh -l` would give it. */
  readonly user?: string | undefined;
}

/** The settings of ssh_config files for one host. Paths are absolute; undefined: not set. */
export interface SshSettings {
  readonly hostName?: string;
  readonly user?: string;
  readonly port?: number;
  readonly identityFiles: readonly string[];
  /** The agent's socket, or `none`. */
  readonly identityAgent?: string;
  readonly identitiesOnly: boolean;
  /** Hops as written, first one first; empty: none. */
  readonly proxyJump: readonly JumpHop[];
  readonly addressFamily?: 4 | 6;
  readonly bindAddress?: string;
  /** ConnectTimeout: until the server has proved its host key. */
  readonly connectTimeoutMs?: number;
  readonly hostKeyAlias?: string;
  /** Undefined: the usual files. */
  readonly knownHostsFiles?: readonly string[];
  /** RefuseConnection: why nobody should connect. */
  readonly refusalReason?: string;
  /** Where each setting is written. */
  readonly origins: readonly SettingOrigin[];
  /** What the files say of the host and swarm does not do. */
  readonly unused: readonly UnusedLine[];
}

/** A setting and the line that it comes from. */
export interface SettingOrigin {
  readonly setting:
    | 'hostName'
    | 'user'
    | 'port'
    | 'identityFile'
    | 'identityAgent'
    | 'identitiesOnly'
    | 'proxyJump'
    | 'addressFamily'
    | 'bindAddress'
    | 'connectTimeout';
  readonly file: string;
  readonly line: number;
}

/** What ssh_config files say of hosts. */
export interface SshConfig {
  settings(target: SshTarget): SshSettings;
}

/** Reads one file and what it includes; no settings where there is no file. Throws SW5003 for a file that OpenSSH refuses. */
export const readSshConfig = (path: string): SshConfig => createSshConfig([{ file: path, base: dirname(path) }]);

/** The files that OpenSSH reads for this user: their own, then that of the machine. One that the user may not read counts as none, as in OpenSSH. */
export const readUserSshConfig = (home: string): SshConfig =>
  createSshConfig(
    [
      { file: join(home, '.ssh', 'config'), base: join(home, '.ssh') },
      { file: '/etc/ssh/ssh_config', base: '/etc/ssh' },
    ].filter(({ file }) => isReadable(file)),
  );

/** Settings of ssh_config files. No program in them is ever run. */
function createSshConfig(sources: readonly ConfigSource[]): SshConfig {
  const read = createConfigReader();
  evaluateConfig(sources, read, 'localhost', undefined); // throws at once for a file that OpenSSH refuses
  const found = new Map<string, SshSettings>();
  return {
    settings: ({ name, address, user }) => {
      const key = JSON.stringify([name, address, user]);
      const settings = found.get(key) ?? findSettings({ name, address, user });
      found.set(key, settings);
      return settings;
    },
  };
  function findSettings({ name, address, user }: SshTarget): SshSettings {
    const ofAddress = evaluateConfig(sources, read, address, user);
    const values = name === undefined || name === address ? ofAddress : mergeValues(ofAddress, evaluateConfig(sources, read, name, user));
    return toSettings(values, user, name);
  }
}

function toSettings(values: ConfigValues, loginUser: string | undefined, inventoryName: string | undefined): SshSettings {
  const { name: address, hostName, first, identityFiles } = values;
  const word = (key: string): string | undefined => first.get(key)?.words[0];
  const port = word('port') === undefined ? undefined : Number(word('port'));
  const alias = word('hostkeyalias')?.toLowerCase();
  const written = findHops(findProxyLines(values).jump);
  const known = { original: address, host: hostName ?? address.toLowerCase(), port: port ?? 22, alias, jump: written.at(-1)?.host };
  const accountName = findUserName() ?? '';
  const writtenUser = word('user');
  const user =
    writtenUser === undefined ? undefined : (expandTokens(writtenUser, tokensOf({ ...known, user: accountName })) ?? writtenUser);
  const tokens = tokensOf({ ...known, user: loginUser ?? user ?? accountName });
  const hops = written.map((hop) => ({ ...hop, host: expandTokens(hop.host, tokens, false) ?? hop.host }));
  const isLoop = [address, inventoryName].includes(hops.at(-1)?.host); // no host is reached over itself
  const path = (text: string): string => expandPath(expandTokens(text, tokens) ?? text, process.cwd());
  const paths = (texts: readonly string[]): readonly string[] => texts.filter((text) => text.toLowerCase() !== 'none').map(path);
  const agent = resolveAgent(word('identityagent'), path);
  const refusalReason = first.get('refuseconnection')?.words.join(' ');
  const bindAddress = word('bindaddress');
  const family = addressFamilyOf(word('addressfamily'));
  const timeout = readTime(word('connecttimeout'));
  const userFiles = first.get('userknownhostsfile')?.words;
  return {
    ...(hostName === undefined ? {} : { hostName }),
    ...(user === undefined ? {} : { user }),
    ...(port === undefined ? {} : { port }),
    identityFiles: paths(identityFiles.map(({ words }) => words[0] ?? '')),
    ...(agent === undefined ? {} : { identityAgent: agent }),
    identitiesOnly: /^(yes|true)$/i.test(word('identitiesonly') ?? ''),
    proxyJump: isLoop ? [] : hops,
    ...(family === undefined ? {} : { addressFamily: family }),
    ...(bindAddress === undefined ? {} : { bindAddress }),
    ...(timeout === undefined ? {} : { connectTimeoutMs: timeout }),
    ...(alias === undefined ? {} : { hostKeyAlias: alias }),
    ...(userFiles === undefined ? {} : { knownHostsFiles: paths(userFiles) }),
    ...(refusalReason === undefined ? {} : { refusalReason }),
    origins: findOrigins(values),
    unused: findUnusedLines(values),
  };
}

/** The hops of a ProxyJump line. Throws SW5003. */
function findHops(line: CountedLine | undefined): readonly JumpHop[] {
  if (line === undefined) return [];
  const hops = parseProxyJump(line.text);
  if (hops === undefined) throw configError(line.file, line.line, `ProxyJump is not a list of hosts: ${line.text}`);
  return hops;
}

function addressFamilyOf(text: string | undefined): 4 | 6 | undefined {
  if (text?.toLowerCase() === 'inet') return 4;
  return text?.toLowerCase() === 'inet6' ? 6 : undefined;
}

const SECONDS: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** A time as OpenSSH writes it, `90` or `1m30s`, in milliseconds. Undefined for none. */
function readTime(text: string | undefined): number | undefined {
  if (text === undefined || !/^(?:\d+[smhdw]?)+$/i.test(text)) return undefined;
  const parts = [...text.toLowerCase().matchAll(/(\d+)([smhdw]?)/g)];
  const seconds = parts.reduce((sum, [, count, unit = '']) => sum + Number(count) * (SECONDS[unit] ?? 1), 0);
  return seconds === 0 ? undefined : seconds * 1000;
}

function resolveAgent(text: string | undefined, path: (text: string) => string): string | undefined {
  if (text === undefined) return undefined;
  if (text.toLowerCase() === 'none') return 'none';
  if (text === 'SSH_AUTH_SOCK') return process.env['SSH_AUTH_SOCK'] ?? 'none';
  if (/^\$\w+$/.test(text)) return process.env[text.slice(1)] ?? 'none';
  return path(text);
}

const ORIGIN_KEYWORDS: Readonly<Record<string, SettingOrigin['setting']>> = {
  hostname: 'hostName',
  user: 'user',
  port: 'port',
  identityagent: 'identityAgent',
  identitiesonly: 'identitiesOnly',
  addressfamily: 'addressFamily',
  bindaddress: 'bindAddress',
  connecttimeout: 'connectTimeout',
};

function findOrigins(values: ConfigValues): readonly SettingOrigin[] {
  const { first, identityFiles } = values;
  const { jump } = findProxyLines(values);
  return [
    ...Object.entries(ORIGIN_KEYWORDS).flatMap(([keyword, setting]) => {
      const line = first.get(keyword);
      return line === undefined ? [] : [{ setting, file: line.file, line: line.line }];
    }),
    ...(jump !== undefined ? [{ setting: 'proxyJump' as const, file: jump.file, line: jump.line }] : []),
    ...identityFiles.map(({ file, line }) => ({ setting: 'identityFile' as const, file, line })),
  ];
}
