import type { FileDigests } from './sequential-reader.ts';

/** What the reader of a format returns. */
export interface PackageContents {
  readonly signed: boolean;
  readonly digests: FileDigests;
  /** What Portage stored in it, by name, as it is. */
  readonly files: ReadonlyMap<string, Buffer>;
  /** The folder of the members of a gpkg. */
  readonly folder: string | undefined;
}
