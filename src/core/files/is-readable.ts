import { accessSync, constants } from 'node:fs';

/** Whether the user who runs swarm may read what is at a path. */
export function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}
