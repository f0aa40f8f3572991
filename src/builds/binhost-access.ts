import { join } from 'node:path';
import { readOptionalFile } from '../core/files/read-local-file.ts';
import type { BinhostLocation } from '../core/inventory/target.ts';
import type { Probe, Remote } from '../core/module.ts';
import { formatDroneIndex, HELD_PATH, type HeldRecord, parseHeld } from '../gentoo/binhost/held-packages.ts';
import { type KnownMove, MOVES_PATH, parseMoves } from '../gentoo/binhost/package-moves.ts';
import { type PackagesIndex, parseIndex } from '../gentoo/binhost/packages-index.ts';
import type { BinhostStore } from '../gentoo/binhost/store/binhost-store.ts';
import { diskStore } from '../gentoo/binhost/store/disk-store.ts';
import { remoteStore } from '../gentoo/binhost/store/remote-store.ts';

/** The binhost's disk: of this machine, or of a host of the inventory, proved like any. */
export async function openBinhostStore(remote: Remote, { host, path }: BinhostLocation): Promise<BinhostStore> {
  return host === undefined ? diskStore(path) : remoteStore(await remote.onHost(host), path);
}

/** The text of the index; undefined where nothing was published yet. */
export async function readPublishedIndex(probe: Probe, binhost: BinhostLocation): Promise<string | undefined> {
  return decodeText(await readFromBinhost(probe, binhost, 'Packages'));
}

/** What drones build with. */
export interface DroneIndex {
  /** The index with what is held back; undefined where nothing was published yet. */
  readonly text: string | undefined;
  /** The index that clients see, as text and read. */
  readonly published: string | undefined;
  readonly index: PackagesIndex;
  readonly held: readonly HeldRecord[];
  /** What repositories renamed or moved to another slot, as far as plans have seen it. */
  readonly moves: readonly KnownMove[];
}

/** Reads the index with what is held back. */
export async function readDroneIndex(probe: Probe, binhost: BinhostLocation): Promise<DroneIndex> {
  const published = await readPublishedIndex(probe, binhost);
  const index = published === undefined ? EMPTY_INDEX : parseIndex(published);
  const held = parseHeld(await readFromBinhost(probe, binhost, HELD_PATH), index);
  const moves = parseMoves(await readFromBinhost(probe, binhost, MOVES_PATH));
  const text = held.length === 0 ? published : formatDroneIndex(index, held, Number(index.header.get('TIMESTAMP') ?? 1));
  return { text, published, index, held, moves };
}

const EMPTY_INDEX: PackagesIndex = { header: new Map(), packages: [] };

/** One file of the binhost; undefined where there is none. */
export async function readFromBinhost(probe: Probe, { host, path }: BinhostLocation, name: string): Promise<Uint8Array | undefined> {
  const file = join(path, name);
  if (host !== undefined) return await (await probe.onHost(host)).read(file);
  return readOptionalFile(file);
}

const decodeText = (bytes: Uint8Array | undefined): string | undefined => bytes && new TextDecoder().decode(bytes);
