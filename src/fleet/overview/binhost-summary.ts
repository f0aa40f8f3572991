import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { BinhostLocation } from '../../core/inventory/target.ts';
import { readBinhostIndex } from '../../gentoo/binhost/index-file.ts';
import { diskStore } from '../../gentoo/binhost/store/disk-store.ts';
import type { Project } from '../project/project.ts';

/** A target and its binhost. */
export interface TargetSummary extends BinhostSummary {
  readonly name: string;
  readonly drones: readonly string[];
  readonly clients: readonly string[];
}

/** What is in a binhost. remote: on another host, which is not asked. */
export interface BinhostSummary {
  readonly id: string;
  readonly status: 'remote' | 'empty' | 'ok';
  readonly packages: number;
  readonly size: number;
}

/** Undefined where the inventory names no targets: then the binhost says it all. */
export async function summarizeTargets({ inventory }: Project): Promise<readonly TargetSummary[] | undefined> {
  if (inventory.targets.every(({ at }) => at === undefined)) return undefined;
  return Promise.all(
    inventory.targets.map(async ({ name, hosts, clients, binhost }) => ({
      name,
      ...(await summarizeBinhost(binhost)),
      drones: hosts,
      clients,
    })),
  );
}

/** What is in a binhost, as its index says. */
export async function summarizeBinhost(binhost: BinhostLocation): Promise<BinhostSummary> {
  if (binhost.host !== undefined) return { id: `${binhost.host}:${binhost.path}`, status: 'remote', packages: 0, size: 0 };
  if (!existsSync(join(binhost.path, 'Packages'))) return { id: binhost.path, status: 'empty', packages: 0, size: 0 };
  const { packages } = await readBinhostIndex(diskStore(binhost.path));
  const size = packages.reduce((sum, stanza) => sum + Number(stanza.get('SIZE') ?? 0), 0);
  return { id: binhost.path, status: 'ok', packages: packages.length, size };
}
