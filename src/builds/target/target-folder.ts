import { createHash } from 'node:crypto';
import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { fileError } from '../../core/error/convert-error.ts';
import { SwarmError } from '../../core/error/swarm-error.ts';
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
  const files: ConfigFile[] = [];
  for (const entry of entries) {
    const full = join(entry.parentPath, entry.name);
    const path = full.slice(portage.length + 1);
    if (entry.isSymbolicLink()) files.push({ path, link: await readlink(full) });
    if (!entry.isFile()) continue;
    const content = await readFile(full).catch((error: unknown) => {
      throw fileError(error, full);
    });
    files.push({ path, mode: (await lstat(full)).mode & 0o777, content: content.toString('base64') });
  }
  files.sort((a, b) => (a.path < b.path ? -1 : 1));
  const config = { name, hash: createHash('sha256').update(JSON.stringify(files)).digest('hex').slice(0, 16), files };
  if (encodeTarget(config).length <= MAX_BYTES) return config;
  const hint = 'Keep only what belongs to /etc/portage in it. Put patches and large files into a repository.';
  throw new SwarmError('SW1308', `the folder of target ${name} is too large: ${portage}`, { hint });
}

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
