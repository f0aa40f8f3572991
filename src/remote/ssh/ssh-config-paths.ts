import { existsSync, readdirSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { homeFolder } from '../../core/program/account.ts';
import { matchesPattern } from '../identity/known-hosts.ts';

/** `~/x`, or relative to `base`, as an absolute path. */
export function expandPath(path: string, base: string): string {
  if (path === '~' || path.startsWith('~/')) return join(homeFolder(), path.slice(1));
  return isAbsolute(path) ? path : join(base, path);
}

/** The files that an Include names, with `*` and `?` in any part, in lexical order; hidden ones only if the pattern begins with a dot. */
export function expandGlob(pattern: string): readonly string[] {
  let found = ['/'];
  for (const part of pattern.split('/').filter((each) => each !== '')) {
    found = found.flatMap((dir) => {
      if (!/[*?]/.test(part)) return existsSync(join(dir, part)) ? [join(dir, part)] : [];
      return listFolder(dir)
        .filter((name) => matchesPattern(name, part) && name.startsWith('.') === part.startsWith('.'))
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

/** `%h` and the like, and `${NAME}` of the environment; undefined where one of them is unknown. */
export function expandTokens(text: string, tokens: Readonly<Record<string, string>>): string | undefined {
  let known = true;
  const noteUnknown = (value: string | undefined): string => {
    if (value === undefined) known = false;
    return value ?? '';
  };
  const filled = text.replace(/%(.?)|\$\{(\w+)\}/gs, (_, token?: string, name?: string) =>
    noteUnknown(name === undefined ? (Object.hasOwn(tokens, token ?? '') ? tokens[token ?? ''] : undefined) : process.env[name]),
  );
  return known ? filled : undefined;
}
