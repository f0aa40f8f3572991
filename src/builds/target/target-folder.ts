import { createHash } from 'node:crypto';
import { type Dirent, existsSync } from 'node:fs';
import { readdir, readlink, realpath, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { deflateSync } from 'node:zlib';
import { fileError } from '../../core/error/convert-error.ts';
import { SwarmError } from '../../core/error/swarm-error.ts';
import { readLocalFile } from '../../core/files/read-local-file.ts';
import type { Target } from '../../core/inventory/target.ts';

/** A file or a link of a target's /etc/portage, as target-config.py writes it. */
export type ConfigFile =
  | { readonly path: string; readonly mode: number; readonly content: string }
  | { readonly path: string; readonly link: string };

/** The configuration of a target as drones get it. */
export interface TargetConfig {
  readonly name: string;
  /** Of all files: another content is another folder on the drone. */
  readonly hash: string;
  readonly files: readonly ConfigFile[];
}

/** Compressed. It is one argument of a command, which Linux limits to 128 KiB. */
const MAX_BYTES = 96 * 1024;

/** Reads the folder of a target. Null for a target without one. Throws SW1308 and SW50xx. */
export async function readTargetFolder({ name, portage }: Target): Promise<TargetConfig | null> {
  if (portage === undefined) return null;
  const entries = await readdir(portage, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
    throw fileError(error, portage);
  });
  const files = (await Promise.all(entries.map((entry) => readEntry(portage, join(entry.parentPath, entry.name), entry)))).flat();
  files.sort((a, b) => (a.path < b.path ? -1 : 1));
  const config = { name, hash: createHash('sha256').update(JSON.stringify(files)).digest('hex').slice(0, 16), files };
  if (encodeTarget(config).length <= MAX_BYTES) return config;
  const hint = 'Keep only what belongs to /etc/portage in it. Put patches and large files into a repository.';
  throw new SwarmError('SW1308', `the folder of target ${name} is too large: ${portage}`, { hint });
}

/** A link that leads out of the folder is sent as what it leads to: a drone has nothing there. */
async function readEntry(portage: string, full: string, entry: Dirent): Promise<readonly ConfigFile[]> {
  const path = relative(portage, full);
  if (entry.isFile()) return [await readConfigFile(path, full)];
  if (!entry.isSymbolicLink()) return [];
  const link = await readlink(full);
  const end = resolve(dirname(full), link);
  if (isAbsolute(link) || isInside(portage, end)) return [{ path, link }];
  const real = await realpath(end).catch(() => undefined);
  // Nothing is there: the folder is a copy of an /etc/portage, whose links lead to what a drone has.
  if (real === undefined) return [{ path, link: resolve('/etc/portage', dirname(path), link) }];
  if (!isInside(await realpath(findProject(portage)), real)) throw leavesProjectError(full, real);
  if ((await stat(real)).isFile()) return [await readConfigFile(path, real)];
  const below = await readdir(real, { recursive: true, withFileTypes: true });
  const names = below.filter((one) => one.isFile()).map((one) => relative(real, join(one.parentPath, one.name)));
  return Promise.all(names.map((name) => readConfigFile(join(path, name), join(real, name))));
}

async function readConfigFile(path: string, full: string): Promise<ConfigFile> {
  const content = await readLocalFile(full);
  return { path, mode: (await stat(full)).mode & 0o777, content: content.toString('base64') };
}

const isInside = (folder: string, path: string): boolean => path === folder || path.startsWith(`${folder}/`);

/** The folder above that has an inventory; without one, the folder that `portage` is in. */
function findProject(portage: string): string {
  for (let folder = dirname(portage); folder !== '/'; folder = dirname(folder)) if (existsSync(join(folder, 'inventory'))) return folder;
  return dirname(portage);
}

const leavesProjectError = (link: string, real: string): SwarmError =>
  new SwarmError('SW1308', `the link ${link} leads out of the project: ${real}`, {
    hint: 'Copy the file into the project. Or write the link with an absolute path, to use that file of the drones.',
  });

/** The folder as it was when the item was planned. Throws SW6022 where it changed since then. */
export async function readPlannedFolder(
  target: Target,
  item: { readonly config: string | null } | undefined,
): Promise<TargetConfig | null> {
  const config = await readTargetFolder(target);
  if (item === undefined || item.config === (config?.hash ?? null)) return config;
  throw new SwarmError(
    'SW6022',
    `the folder of target ${target.name} changed after the plan was made: ${target.portage ?? 'it has none now'}`,
    {
      hint: 'To plan again with the folder as it is now, run: swarm runs resume last',
    },
  );
}

/** The text that target-config.py reads. */
export const encodeTarget = (config: TargetConfig | null): string => deflateSync(JSON.stringify(config), { level: 9 }).toString('base64');

/** The line that target-config.py is put after. */
export const targetVariable = (config: TargetConfig | null): string => `TARGET = ${JSON.stringify(encodeTarget(config))}`;
