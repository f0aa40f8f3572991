import PQueue from 'p-queue';
import type { PackagesIndex, Stanza } from './packages-index.ts';
import { readProvenance } from './provenance.ts';
import { INHERITED, makeRelative } from './stanza.ts';
import type { BinhostStore } from './store/binhost-store.ts';

/** What Portage takes from the index without a look at the package. */
const COMPARED = (
  'CPV SLOT REPO EAPI CHOST USE IUSE KEYWORDS LICENSE PROPERTIES RESTRICT DEFINED_PHASES PROVIDES REQUIRES ' +
  'DEPEND BDEPEND RDEPEND IDEPEND PDEPEND BUILD_ID BUILD_TIME'
).split(' ');
const READ_AT_ONCE = 8;

/** An entry of the index that another program changed. */
export interface ChangedEntry {
  readonly path: string;
  /** The first value that differs. Empty: the line is missing. */
  readonly key: string;
  readonly listed: string;
  readonly recorded: string;
  /** As swarm published it. */
  readonly stanza: Stanza;
}

/** Entries that say otherwise than when swarm published them. Entries of others, and of versions that recorded none, are not compared. */
export async function findChangedEntries(store: BinhostStore, { header, packages }: PackagesIndex): Promise<readonly ChangedEntry[]> {
  const pool = new PQueue({ concurrency: READ_AT_ONCE });
  const compared = await pool.addAll(packages.map((stanza) => () => compareEntry(store, stanza, header)));
  return compared.filter((one) => one !== undefined);
}

async function compareEntry(store: BinhostStore, stanza: Stanza, header: PackagesIndex['header']): Promise<ChangedEntry | undefined> {
  const path = stanza.get('PATH') ?? '';
  const { entry } = (await readProvenance(store, path)) ?? {};
  if (entry === undefined) return undefined;
  const recorded = new Map(Object.entries(entry));
  const listed = (key: string): string => stanza.get(key) ?? (INHERITED.includes(key) ? header.get(key) : undefined) ?? '';
  const key = COMPARED.find((each) => listed(each) !== (recorded.get(each) ?? ''));
  if (key === undefined) return undefined;
  const restored = new Map([...recorded, ['MTIME', stanza.get('MTIME') ?? '']]);
  return { path, key, listed: listed(key), recorded: recorded.get(key) ?? '', stanza: makeRelative(restored, header) };
}
