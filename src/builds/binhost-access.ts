import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Store } from '../gentoo/binhost/binhost-store.ts';
import { diskStore } from '../gentoo/binhost/disk-store.ts';
import { remoteStore } from '../gentoo/binhost/remote-store.ts';
import type { Probe, Remote } from '../index.ts';

/** The binhost's disk: of this machine, or of a host of the inventory, proved like any. */
export async function binhostStore(remote: Remote): Promise<Store> {
  const { host, path } = remote.place.binhost;
  return host === undefined ? diskStore(path) : remoteStore(await remote.at(host), path);
}

/** The text of the index; undefined where nothing was published yet. */
export async function readIndex(probe: Probe): Promise<string | undefined> {
  const { host, path } = probe.place.binhost;
  const file = join(path, 'Packages');
  if (host !== undefined) return decode(await (await probe.at(host)).read(file));
  const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  return decode(bytes);
}

const decode = (bytes: Uint8Array | undefined): string | undefined => bytes && new TextDecoder().decode(bytes);
