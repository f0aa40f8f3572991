/** A tree that is pushed, as a host has it before the push. */
export interface FoundTree {
  /** Folder on the host. */
  readonly tree: string;
  /** The version in use; none where swarm did not make what is there. `id`: SHA-256 of what is in it. */
  readonly version?: TreeVersion;
  /** The other versions that the host keeps, the newest first. The folder from before the first push has a number alone. */
  readonly kept?: readonly (TreeVersion | { readonly number: number })[];
  readonly source: TreeOrigin;
  /** Paths that differ from the source: to be sent, and to be removed. */
  readonly send: readonly string[];
  readonly remove: readonly string[];
  /** Paths that somebody changed on the host since they were pushed. */
  readonly changedThere: readonly string[];
  /** Paths that swarm did not bring: somebody added them, or they were there before. Of a folder only its own path. */
  readonly addedThere?: readonly string[];
}

/** A version of a tree on a host. */
export interface TreeVersion extends TreeOrigin {
  readonly number: number;
  readonly at: string;
  readonly run: string;
}

/** What a tree was made of. `dirty`: its files were others than those of the commit. */
export interface TreeOrigin {
  readonly id: string;
  readonly commit?: string;
  readonly dirty?: boolean;
}
