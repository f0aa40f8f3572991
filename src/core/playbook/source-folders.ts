import { join } from 'node:path';
import type { Role } from './step-model.ts';

/** Where `src` of a task is searched, in order: a role has its own files and templates, which are found first. */
export const sourceFolders = (kind: 'files' | 'templates', role: Role | undefined, folders: readonly string[]): readonly string[] =>
  role === undefined ? folders : [join(role.path, kind), role.path, ...folders];
