import { resolve } from 'node:path';
import type { Become, Key, Login } from '../../../core/inventory/login.ts';
import { STAGES, type StageTimeouts } from '../../../core/inventory/stage-timeouts.ts';
import { parseMilliseconds } from '../../schema/parse-units.ts';
import type { HostSettings } from '../inventory-schema.ts';
import type { InventorySource } from '../inventory-source.ts';

/** The login that the settings of a host amount to. Without identity files the agent comes first, then the usual files. */
export function readLogin({ user, home, dir }: InventorySource, entry: HostSettings, defaultKeys: readonly string[]): Login {
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

/** The stages whose time the settings of a host limit. */
export function readTimeouts({ timeouts = {} }: HostSettings): Partial<StageTimeouts> | undefined {
  const set = STAGES.flatMap((stage) => {
    const ms = parseMilliseconds(timeouts[stage] ?? '');
    return ms === undefined ? [] : [[stage, ms] as const];
  });
  return set.length === 0 ? undefined : Object.fromEntries(set);
}

/** A path with ~ as the home folder; a relative one is below `dir`. */
export const expandHomePath = (path: string, home: string, dir: string): string => resolve(dir, path.replace(/^~(?=\/|$)/, home));

function toBecome({ become, become_user, become_method }: HostSettings): Become | undefined {
  if (become !== true) return undefined;
  return { method: become_method ?? 'sudo', user: become_user ?? 'root' };
}
