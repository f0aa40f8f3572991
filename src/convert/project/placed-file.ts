import type { AnsibleFile } from './ansible-files.ts';

/** What a file of an Ansible project is. */
export type FileKind = 'playbook' | 'tasks' | 'handlers' | 'vars' | 'meta' | 'template' | 'inventory' | 'copy' | 'skip' | 'foreign';

/** A file with its kind, and where its conversion goes. */
export interface PlacedFile {
  readonly file: AnsibleFile;
  readonly kind: FileKind;
  /** Below the folder of the swarm project. */
  readonly newPath: string;
  /** The folder of the role that it belongs to, below the source; undefined outside roles. */
  readonly role?: string;
  /** Why a file of kind `foreign` is not converted. */
  readonly reason?: string;
}

/** Whether the conversion makes a file of it. */
export const isPlaced = ({ kind }: PlacedFile): boolean => kind !== 'skip' && kind !== 'foreign';

/** The name that a template gets. */
export const toTemplateName = (path: string): string => path.replace(/\.j2$/, '.hbs');
