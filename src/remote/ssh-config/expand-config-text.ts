import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { hostname } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { ownValue } from '../../core/own-value.ts';
import { findUserName, homeFolder } from '../../core/program/account.ts';

/** `~/x`, or relative to `base`, as an absolute path. */
export function expandPath(path: string, base: string): string {
  if (path === '~' || path.startsWith('~/')) return join(homeFolder(), path.slice(1));
  return isAbsolute(path) ? path : join(base, path);
}

/** The files that an Include names, as glob(3) does: in lexical order; hidden ones only if the pattern begins with a dot. */
export function expandGlob(pattern: string): readonly string[] {
  let found = ['/'];
  for (const part of pattern.split('/').filter((each) => each !== '')) {
    const isPattern = /[*?[\\]/.test(part);
    const wanted = isPattern ? globPattern(part) : undefined;
    found = found.flatMap((dir) => {
      if (wanted === undefined) return existsSync(join(dir, part)) ? [join(dir, part)] : [];
      return listFolder(dir)
        .filter((name) => wanted.test(name) && name.startsWith('.') === part.startsWith('.'))
        .map((name) => join(dir, name));
    });
  }
  return found;
}

function listFolder(dir: string): readonly string[] {
  try {
    return readdirSync(dir).sort();
  } catch {
    return []; // not a folder
  }
}

function globPattern(part: string): RegExp {
  const source = part.replace(/\\(.?)|\[([!^]?)(\]?[^\]]*)\]|[\s\S]/g, (char, guarded?: string, negated?: string, set?: string) => {
    if (set !== undefined) return `[${negated ? '^' : ''}${set.replace(/[\\\]^[]/g, '\\$&')}]`;
    if (guarded !== undefined) return guarded.replace(/[^\w]/g, '\\$&');
    if (char === '*') return '.*';
    return char === '?' ? '.' : char.replace(/[^\w]/g, '\\$&');
  });
  try {
    return new RegExp(`^${source}$`, 's');
  } catch {
    return /(?!)/; // a range such as [z-a] has no members
  }
}

/** What the tokens of ssh_config(5) stand for. */
export interface TokenValues {
  /** The name or address on the command line. */
  readonly original: string;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly alias?: string | undefined;
  readonly jump?: string | undefined;
}

/** `%h` and the like. The getters cost something, and there may be thousands of hosts whose settings have no tokens. */
export function tokensOf({ original, host, port, user, alias, jump = '' }: TokenValues): Readonly<Record<string, string>> {
  return {
    '%': '%',
    get C() {
      return createHash('sha1').update(`${hostname()}${host}${port}${user}${jump}`).digest('hex');
    },
    get d() {
      return homeFolder();
    },
    h: host,
    get i() {
      return String(process.getuid?.() ?? '');
    },
    j: jump,
    k: alias ?? original,
    get L() {
      return hostname().replace(/\..*/s, '');
    },
    get l() {
      return hostname();
    },
    n: original,
    p: String(port),
    r: user,
    u: findUserName() ?? '',
  };
}

/** The text with its tokens filled in, and `${NAME}` of the environment too if `environment` says so; undefined where one of them is
 *  unknown. */
export function expandTokens(text: string, tokens: Readonly<Record<string, string>>, environment = true): string | undefined {
  let known = true;
  const noteUnknown = (value: string | undefined): string => {
    if (value === undefined) known = false;
    return value ?? '';
  };
  const filled = text.replace(/%(.?)|\$\{([^}]+)\}/gs, (written, token?: string, name?: string) => {
    if (name !== undefined) return environment ? noteUnknown(process.env[name]) : written;
    return noteUnknown(ownValue(tokens, token ?? ''));
  });
  return known ? filled : undefined;
}
