import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { findUserName, homeFolder } from '../../core/program/account.ts';
import { type CollectedValues, collectValues, resolveHostName, type SshTarget } from './match-ssh-config.ts';
import { type ConfigNode, type IgnoredDirective, readConfigFile } from './parse-ssh-config.ts';
import { expandPath, expandTokens } from './ssh-config-paths.ts';

/** The settings of ~/.ssh/config for one host. Paths are absolute; undefined: not set. */
export interface SshSettings {
  readonly hostName?: string;
  readonly user?: string;
  readonly port?: number;
  readonly identityFiles: readonly string[];
  /** The agent's socket, or `none`. */
  readonly identityAgent?: string;
  readonly identitiesOnly: boolean;
  /** Hops as written, first one first; empty: none. */
  readonly proxyJump: readonly string[];
  readonly hostKeyAlias?: string;
  readonly userKnownHostsFiles: readonly string[];
  /** RefuseConnection: why nobody should connect. */
  readonly refusalReason?: string;
}

export interface SshConfig {
  readonly ignored: readonly IgnoredDirective[];
  settings(target: SshTarget): SshSettings;
}

/** Reads the file and what it includes; no settings where there is no file. Never runs a program. Throws SW5003 for a file that is not ssh_config(5). */
export function readSshConfig(path: string): SshConfig {
  const ignored: IgnoredDirective[] = [];
  const lines = existsSync(path) ? readConfigFile(path, dirname(path), ignored, 0) : [];
  return { ignored, settings: (target) => resolveSettings(lines, target) };
}

function resolveSettings(nodes: readonly ConfigNode[], target: SshTarget): SshSettings {
  const collected: CollectedValues = { first: new Map(), identityFiles: [] };
  collectValues(nodes, { byAddress: true, byName: target.name !== undefined }, collected, target);
  const firstValue = (key: string): string | undefined => collected.first.get(key)?.[0];
  const hostName = resolveHostName(collected, target);
  const user = firstValue('user');
  const [port] =
    collected.first
      .get('port')
      ?.map(Number)
      .filter((each) => Number.isInteger(each) && each > 0 && each < 65536) ?? [];
  const alias = firstValue('hostkeyalias');
  const tokens = {
    '%': '%',
    d: homeFolder(),
    h: hostName ?? target.address,
    i: String(process.getuid?.() ?? ''),
    k: alias ?? target.address,
    n: target.address,
    p: String(port ?? 22),
    r: target.user || user || (findUserName() ?? ''),
    u: findUserName() ?? '',
  };
  const path = (text: string): readonly string[] => {
    const filled = expandTokens(text, tokens);
    return filled === undefined ? [] : [expandPath(filled, process.cwd())];
  };
  const agent = resolveAgent(firstValue('identityagent'), path);
  const jump = firstValue('proxyjump');
  const refusalReason = collected.first.get('refuseconnection')?.join(' ');
  return {
    ...(hostName === undefined ? {} : { hostName }),
    ...(user === undefined ? {} : { user }),
    ...(port === undefined ? {} : { port }),
    identityFiles: [...new Set(collected.identityFiles)].filter((file) => file.toLowerCase() !== 'none').flatMap(path),
    ...(agent === undefined ? {} : { identityAgent: agent }),
    identitiesOnly: firstValue('identitiesonly')?.toLowerCase() === 'yes',
    proxyJump: jump === undefined || jump.toLowerCase() === 'none' ? [] : jump.split(',').map((hop) => hop.trim()),
    ...(alias === undefined ? {} : { hostKeyAlias: alias }),
    userKnownHostsFiles: (collected.first.get('userknownhostsfile') ?? []).filter((file) => file.toLowerCase() !== 'none').flatMap(path),
    ...(refusalReason === undefined ? {} : { refusalReason }),
  };
}

function resolveAgent(text: string | undefined, path: (text: string) => readonly string[]): string | undefined {
  if (text === undefined) return undefined;
  if (text.toLowerCase() === 'none') return 'none';
  if (text === 'SSH_AUTH_SOCK') return process.env['SSH_AUTH_SOCK'] ?? 'none';
  if (/^\$\w+$/.test(text)) return process.env[text.slice(1)] ?? 'none';
  return path(text)[0];
}
