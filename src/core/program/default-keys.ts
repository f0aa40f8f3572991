import { existsSync } from 'node:fs';
import { join } from 'node:path';

const DEFAULT_KEY_FILES = ['id_ed25519', 'id_ecdsa', 'id_rsa'];

/** The usual key files that are in this home folder. */
export const findDefaultKeys = (home: string): readonly string[] =>
  DEFAULT_KEY_FILES.map((name) => join(home, '.ssh', name)).filter((path) => existsSync(path));
