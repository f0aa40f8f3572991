import { randomInt } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const CROCKFORD = '0123456789abcdefghjkmnpqrstvwxyz';

/** A new id of four characters or more. It has no i, l, o or u, which are easy to misread (Crockford's base32). */
export function newRunId(runsDir: string): string {
  for (let length = 4; ; length++) {
    for (let attempt = 0; attempt < 100; attempt++) {
      const id = Array.from({ length }, () => CROCKFORD[randomInt(CROCKFORD.length)]).join('');
      if (!existsSync(join(runsDir, id))) return id;
    }
  }
}
