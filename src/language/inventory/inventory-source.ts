import type { Identity } from '../../core/inventory/host-identity.ts';

/** The files of an inventory, and what is known of its hosts. */
export interface InventorySource {
  /** The project's folder, absolute. */
  readonly dir: string;
  /** Files and folders of -i instead of inventory/; relative ones are below `dir`. */
  readonly paths?: readonly string[];
  /** Texts that count in place of those of files, by absolute path: what a command is about to write. */
  readonly texts?: ReadonlyMap<string, string>;
  /** What a program prints for --list. Absent for commands that start nothing. */
  readonly runProgram?: (file: string) => string;
  readonly home: string;
  /** The login where the inventory names none. */
  readonly user: string;
  /** What each host must prove, from inventory/known_hosts. */
  readonly identities: ReadonlyMap<string, Identity>;
}
