import type { Vars } from '../../core/json-value.ts';
import type { Span } from '../../core/span.ts';
import type { SourceDocument } from '../yaml/source-document.ts';
import type { InventoryFile } from './inventory-schema.ts';

/** One inventory file that has the right form. */
export interface InventoryPart {
  readonly source: SourceDocument;
  readonly value: InventoryFile;
  /** Read from one of Ansible's forms: variables say how each host is reached, and a host may stand in several files. */
  readonly ansible?: true;
  /** Groups that it gives variables or a parent, and that it does not make: an inventory without them has misspelt them. */
  readonly namedOnly?: ReadonlyMap<string, Span>;
}

/** The variables of one file in group_vars/ or host_vars/. */
export interface VarsFile {
  readonly kind: 'group' | 'host';
  readonly name: string;
  readonly source: SourceDocument;
  readonly vars: Vars;
  /** Its host or group must exist. Not with -i, which may name an inventory of other hosts. */
  readonly mustExist: boolean;
}
