import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BinhostLocation } from '../core/host.ts';
import type { Probe, Remote } from '../core/module.ts';
import type { BinhostStore } from '../gentoo/binhost/binhost-store.ts';
import { diskStore } from '../gentoo/binhost/disk-store.ts';
import { remoteStore } from '../gentoo/binhost/remote-store.ts';

/** The binhost's disk: of this machine, or of a host of the inventory, proved like any. */
export async function openBinhostStore(remote: Remote, { host, path }: BinhostLocation): Promise<BinhostStore> {
  return host === undefined ? diskStore(path) : remoteStore(await remote.onHost(host), path);
}

/** The text of the index; undefined where nothing was published yet. */
export async function readPublishedIndex(probe: Probe, { host, path }: BinhostLocation): Promise<string | undefined> {
  const file = join(path, 'Packages');
  if (host !== undefined) return decodeText(await (await probe.onHost(host)).read(file));
  const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  return decodeText(bytes);
}

const decodeText = (bytes: Uint8Array | undefined): string | undefined => bytes && new TextDecoder().decode(bytes);
