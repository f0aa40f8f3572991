import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { SwarmError } from '../../core/error/swarm-error.ts';
import type { Gone } from '../../core/inventory/gone.ts';
import type { Host } from '../../core/inventory/host.ts';
import type { Inventory } from '../../core/inventory/inventory.ts';
import { findUserName, homeFolder } from '../../core/program/account.ts';
import type { Secret } from '../../core/secret.ts';
import { readGoneHosts } from '../../journal/gone-hosts.ts';
import { missingInventoryHint } from '../../language/inventory/ansible/nearby-inventory.ts';
import { resolveInventory } from '../../language/inventory/files/inventory-paths.ts';
import { selectByPattern } from '../../language/inventory/host-pattern.ts';
import { readUserSshConfig } from '../../remote/ssh-config/ssh-config.ts';
import { applySshConfig } from './apply-ssh-config.ts';
import { assertOwnProject } from './assert-own-project.ts';
import { readCachedInventory } from './inventory-cache.ts';
import { findMissingFiles } from './missing-files.ts';

/** Which project a person means: what -C and -i name. */
export interface ProjectOptions {
  readonly directory?: string;
  readonly inventory?: readonly string[];
  /** The command starts things: programs of the inventory too. */
  readonly programs?: true;
}

/** A project that was read: its inventory and where its files are. */
export interface Project {
  /** Absolute; everything else is below it. */
  readonly dir: string;
  readonly inventory: Inventory;
  readonly pinsFile: string;
  /** For `become` on hosts whose own password the inventory does not name: what -K asked for. */
  readonly becomePassword?: Secret;
  readonly runsDir: string;
}

/** Where swarm keeps what it remembers about the project: .swarm. */
export const stateDir = ({ runsDir }: Project): string => dirname(runsDir);

/** The nearest folder above with inventory/ in it, or what -C says; with -i also a folder without inventory/.
 *  Throws SW1206, and SW5021 where nobody named a project that others may change. */
export function findProjectDir({ directory, inventory }: ProjectOptions): string {
  const from = resolve(directory ?? '.');
  for (let dir = from; ; dir = dirname(dir)) {
    if (existsSync(join(dir, 'inventory'))) {
      if (directory === undefined) assertOwnProject(dir);
      return dir;
    }
    if (directory !== undefined || dirname(dir) === dir) {
      if (inventory !== undefined && existsSync(from)) {
        if (directory === undefined) assertOwnProject(from);
        return from;
      }
      if (!existsSync(from)) throw new SwarmError('SW1206', `there is no folder ${from}`, { hint: 'Correct the path behind -C.' });
      throw new SwarmError('SW1206', `no inventory/ in ${from}${directory === undefined ? ' nor above it' : ''}`, {
        hint: `For a project in another folder, add -C and its path. ${missingInventoryHint(from)}`,
      });
    }
  }
}

/** Reads and checks the project's inventory with the identities that are pinned, and what ~/.ssh/config adds, so that every
 *  command has it; throws ValidationError with every problem. `texts` count in place of files: the project as it will be. */
export async function openProject(options: ProjectOptions, texts?: ReadonlyMap<string, string>): Promise<Project> {
  const dir = findProjectDir(options);
  const pins = join(dir, 'inventory', 'known_hosts');
  const home = homeFolder();
  const user = findUserName() ?? ''; // an error only where a login needs it
  const read = async (): Promise<Inventory> => {
    const [{ readInventory }, { readPins }] = await Promise.all([
      import('../../language/inventory/read-inventory.ts'),
      import('../../remote/identity/pins.ts'),
    ]);
    const paths = options.inventory === undefined ? {} : { paths: options.inventory.map(resolveInventory) };
    const programs = options.programs === undefined ? {} : { runProgram: (await import('./inventory-program.ts')).runInventoryProgram };
    return readInventory({ dir, ...paths, ...programs, ...(texts === undefined ? {} : { texts }), home, user, identities: readPins(pins) });
  };
  const isCacheable = options.inventory === undefined && texts === undefined;
  const inventory = isCacheable ? await readCachedInventory(dir, { home, user }, read) : await read();
  const gone = readGoneHosts(join(dir, '.swarm'));
  const present = gone.size === 0 ? inventory : { ...inventory, hosts: inventory.hosts.map((host) => withGone(host, gone)) };
  const missing = findMissingFiles(inventory).map((each) => each.toJSON());
  const known = missing.length === 0 ? present : { ...present, warnings: [...(present.warnings ?? []), ...missing] };
  return { dir, inventory: applySshConfig(known, readUserSshConfig(home)), pinsFile: pins, runsDir: join(dir, '.swarm', 'runs') };
}

function withGone(host: Host, all: ReadonlyMap<string, Gone>): Host {
  const gone = all.get(host.name);
  return gone === undefined ? host : { ...host, gone };
}

/** The hosts of a pattern, cut down by --limit; throws SW1203 and SW1204. */
export function findHosts({ inventory }: Project, pattern: string | undefined, { limit }: { readonly limit?: string }): readonly Host[] {
  if (limit === undefined || pattern === undefined) return selectByPattern(inventory, limit ?? pattern ?? 'all');
  const limited = new Set(selectByPattern(inventory, limit)); // first, so that an unknown name in it is reported
  const hosts = selectByPattern(inventory, pattern);
  const left = hosts.filter((host) => limited.has(host));
  if (left.length > 0) return left;
  throw new SwarmError('SW1204', `--limit ${limit} leaves no host of ${pattern}`, {
    hint: 'Nothing was done. Run swarm hosts list to see hosts and groups.',
  });
}

/** The host with this very name; a pattern or a group is refused. Throws SW1203. */
export function findHost(project: Project, name: string): Host {
  const [host, second] = findHosts(project, name, {});
  if (host !== undefined && second === undefined && host.name === name) return host;
  throw new SwarmError('SW1203', `${name} is not the name of one host`, { hint: 'Run swarm hosts list to see the names.' });
}

/** The project's folder, or undefined where there is no project. Throws SW5021. */
export function findOptionalProjectDir(options: ProjectOptions): string | undefined {
  try {
    return findProjectDir(options);
  } catch (error) {
    if (error instanceof SwarmError && error.code === 'SW1206') return undefined;
    throw error;
  }
}
