import type { Json } from '../../core/json-value.ts';
import { buildWholeStanza } from './stanza.ts';
import type { BinhostStore } from './store/binhost-store.ts';
import type { VerifiedPackage } from './verify-packages.ts';

/** The run, host and item that a package comes from. */
export interface PublishOrigin {
  readonly run: string;
  readonly host: string;
  readonly item?: string;
  /** The versions of glibc and gcc that it was built with. */
  readonly toolchain?: Readonly<Record<string, string>>;
}

/** Stored for each package below .swarm/, because Portage's index has no SHA-256 and no history. */
export interface Provenance extends PublishOrigin {
  readonly cpv: string;
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  readonly sha256: string;
  readonly buildId: number | null;
  readonly use: readonly string[];
  /** The CFLAGS and CXXFLAGS that it was compiled with. */
  readonly flags?: readonly string[];
  /** Repository to revision, from the package. */
  readonly revisions: Json;
  /** Its entry of the index, with what it inherits from the header. Older versions recorded none. */
  readonly entry?: Readonly<Record<string, string>>;
  /** ISO time of publishing. */
  readonly at: string;
}

const FOLDER = '.swarm/provenance';

/** The file with the record of a package. */
export function provenancePath(path: string): string {
  return `${FOLDER}/${path}.json`;
}

/** Stores where a package comes from, and what its entry of the index says. */
export async function writeProvenance(
  store: BinhostStore,
  { file, mtime }: VerifiedPackage,
  { path, buildId }: { readonly path: string; readonly buildId: number },
  origin: PublishOrigin,
  now: Date,
): Promise<void> {
  const record: Provenance = {
    ...origin,
    cpv: file.cpv.text,
    path,
    size: file.size,
    sha256: file.digests.sha256,
    buildId: file.buildId ?? null,
    use: (file.metadata.get('USE') ?? '').split(/\s+/).filter((flag) => flag !== ''),
    flags: ['CFLAGS', 'CXXFLAGS'].map((key) => file.metadata.get(key)?.trim() ?? ''),
    revisions: parseJson(file.metadata.get('REPO_REVISIONS') ?? '{}'),
    entry: Object.fromEntries(buildWholeStanza(file, { path, mtime, buildId })),
    at: now.toISOString(),
  };
  await store.write(provenancePath(path), Buffer.from(`${JSON.stringify(record, null, 2)}\n`));
  await store.sync([provenancePath(path)]);
}

/** Undefined when swarm did not publish the file or the record cannot be read. */
export async function readProvenance(store: BinhostStore, path: string): Promise<Provenance | undefined> {
  return parseProvenance(await store.read(provenancePath(path)));
}

/** Reads a record. Undefined for one that cannot be read. */
export function parseProvenance(bytes: Uint8Array | undefined): Provenance | undefined {
  if (bytes === undefined) return undefined;
  const record = parseJson(Buffer.from(bytes).toString('utf8'));
  return record !== null && typeof record === 'object' && 'sha256' in record ? (record as unknown as Provenance) : undefined;
}

/** Removes the record of a package. */
export async function removeProvenance(store: BinhostStore, path: string): Promise<void> {
  await store.remove(provenancePath(path));
}

/** The paths of the packages that have a record. */
export async function listProvenance(store: BinhostStore): Promise<readonly string[]> {
  const files = await store.list(FOLDER);
  return files.filter((file) => file.endsWith('.json')).map((file) => file.slice(FOLDER.length + 1, -'.json'.length));
}

function parseJson(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return null;
  }
}
