import { resolve } from 'node:path';
import type { Become, Key, Login } from '../../core/inventory/login.ts';
import { STAGES, type StageTimeouts } from '../../core/inventory/stage-timeouts.ts';
import { parseMilliseconds } from '../schema/parse-units.ts';
import type { LoginEntry } from './inventory-schema.ts';
import type { InventorySource } from './inventory-source.ts';

const LOGIN_KEYS = [
  'user',
  'port',
  'identity_file',
  'identity_files',
  'become',
  'become_user',
  'become_method',
  'become_password',
  'timeouts',
  'heal',
  'heal_after',
  'heal_wait',
] as const;

/** The keys that a layer sets; either spelling of the identity files replaces both of the layers below. */
export function selectLogin(entry: LoginEntry): LoginEntry {
  const defined = Object.fromEntries(LOGIN_KEYS.flatMap((key) => (entry[key] === undefined ? [] : [[key, entry[key]]])));
  return 'identity_file' in defined || 'identity_files' in defined
    ? { identity_file: undefined, identity_files: undefined, ...defined }
    : defined;
}

/** The layers of a host as one, each over those before it. Of `timeouts` each stage counts on its own, of `heal_wait` each step. */
export const mergeLogins = (layers: readonly LoginEntry[]): LoginEntry => ({
  ...Object.assign({}, ...layers.map(selectLogin)),
  timeouts: Object.assign({}, ...layers.map(({ timeouts }) => timeouts ?? {})),
  heal_wait: Object.assign({}, ...layers.map(({ heal_wait }) => heal_wait ?? {})),
});

/** The login that the merged layers of a host amount to. Without identity files the agent comes first, then the usual files. */
export function readLogin({ user, home, dir }: InventorySource, entry: LoginEntry, defaultKeys: readonly string[]): Login {
  const become = toBecome(entry);
  const files = [entry.identity_file ?? [], entry.identity_files ?? []].flat().map((path) => expandHomePath(path, home, dir));
  const fromFiles = (paths: readonly string[]): Key[] => paths.map((path) => ({ from: 'file', path }));
  const keys: Key[] = files.length > 0 ? [...fromFiles(files), { from: 'agent' }] : [{ from: 'agent' }, ...fromFiles(defaultKeys)];
  const becomePasswordFrom = entry.become_password?.secret.from;
  return {
    user: entry.user ?? user,
    ...(entry.user === undefined ? { assumedUser: true as const } : {}),
    keys,
    ...(become === undefined ? {} : { become }),
    ...(entry.become_method === undefined ? {} : { becomeMethod: entry.become_method }),
    ...(becomePasswordFrom === undefined ? {} : { becomePasswordFrom }),
  };
}

/** The stages whose time the merged layers of a host set. */
export function readTimeouts({ timeouts = {} }: LoginEntry): Partial<StageTimeouts> | undefined {
  const set = STAGES.flatMap((stage) => {
    const ms = parseMilliseconds(timeouts[stage] ?? '');
    return ms === undefined ? [] : [[stage, ms] as const];
  });
  return set.length === 0 ? undefined : Object.fromEntries(set);
}

/** A path with ~ as the home folder; a relative one is below `dir`. */
export const expandHomePath = (path: string, home: string, dir: string): string => resolve(dir, path.replace(/^~(?=\/|$)/, home));

function toBecome({ become, become_user, become_method }: LoginEntry): Become | undefined {
  if (become !== true) return undefined;
  return { method: become_method ?? 'sudo', user: become_user ?? 'root' };
}
