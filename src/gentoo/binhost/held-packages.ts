import { z } from 'zod';
import { SwarmError } from '../../core/error/swarm-error.ts';
import { formatIndex, normalizeIndex, type PackagesIndex, type Stanza } from './packages-index.ts';
import type { BinhostStore } from './store/binhost-store.ts';

/** A file of the binhost: the packages that are verified and that clients do not see yet. */
export const HELD_PATH = '.swarm/held.json';
const TEMPORARY = '.swarm/held.json.new';

const baseSchema = z.object({ cpv: z.string(), slot: z.string(), subSlot: z.string(), use: z.array(z.string()).readonly() });
/** A package that clients have without the binhost. */
export type BasePackage = z.output<typeof baseSchema>;

const recordSchema = z.object({
  /** The entry that the index gets. */
  stanza: z.record(z.string(), z.string()),
  sha256: z.string(),
  /** What clients have of what it needs; null where that is not known, and it enters at once. */
  base: z.array(baseSchema).readonly().nullable(),
  ignored: z.array(z.string()).readonly(),
  /** What it waits for, for people. */
  needs: z.array(z.string()).readonly(),
});
/** A package that is held back, with all that deciding on it needs. */
export type HeldRecord = z.output<typeof recordSchema>;

const fileSchema = z.object({ packages: z.array(recordSchema) });

/** A package that is on the binhost and that clients do not see yet. */
export interface HeldFile {
  readonly cpv: string;
  /** Below the binhost's folder. */
  readonly path: string;
  /** What it waits for. */
  readonly needs: readonly string[];
}

/** A held package for a report. */
export const toHeldFile = ({ stanza, needs }: HeldRecord): HeldFile => ({ cpv: stanza['CPV'] ?? '', path: stanza['PATH'] ?? '', needs });

/** The entry that the index gets. */
export const heldStanza = ({ stanza }: HeldRecord): Stanza => new Map(Object.entries(stanza));

/** Reads the text of the file; what the index lists is held no more. Throws SW4006. */
export function parseHeld(bytes: Uint8Array | undefined, index: PackagesIndex): readonly HeldRecord[] {
  if (bytes === undefined) return [];
  const listed = new Set(index.packages.map((stanza) => stanza.get('PATH')));
  try {
    const { packages } = fileSchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
    return packages.filter(({ stanza }) => !listed.has(stanza['PATH']));
  } catch (cause) {
    throw new SwarmError('SW4006', `${HELD_PATH} of the binhost cannot be read`, {
      hint: 'Remove the file. What it listed is built again.',
      cause,
    });
  }
}

/** The packages that are held back. */
export async function readHeld(store: BinhostStore, index: PackagesIndex): Promise<readonly HeldRecord[]> {
  return parseHeld(await store.read(HELD_PATH), index);
}

/** Replaces the file in one step. Under the lock. */
export async function writeHeld(store: BinhostStore, packages: readonly HeldRecord[]): Promise<void> {
  await store.write(TEMPORARY, Buffer.from(`${JSON.stringify({ packages }, null, 1)}\n`));
  await store.rename(TEMPORARY, HELD_PATH);
  await store.sync([HELD_PATH]);
}

/** The index that drones get: with what is held back. `timestamp` in unix seconds. */
export function formatDroneIndex(index: PackagesIndex, held: readonly HeldRecord[], timestamp: number): string {
  return formatIndex(normalizeIndex({ header: index.header, packages: [...index.packages, ...held.map(heldStanza)] }, timestamp));
}
