import { readdir } from 'node:fs/promises';
import { fileError } from '../error/convert-error.ts';
import { SwarmError } from '../error/swarm-error.ts';

/** The names in a folder of this machine, sorted. Throws SW5003 for a name that is not UTF-8, which would be another name on a host, and
 *  SW50xx for a folder that cannot be read. Names that are `leftOut` may be anything. */
export async function readNames(dir: string, leftOut: (name: string) => boolean = () => false): Promise<readonly string[]> {
  const found = await readdir(dir, 'buffer').catch((error: unknown) => {
    throw fileError(error, dir);
  });
  const names = found.map((bytes) => ({ bytes, name: bytes.toString('utf8') })).filter(({ name }) => !leftOut(name));
  const odd = names.find(({ bytes, name }) => !Buffer.from(name).equals(bytes));
  if (odd !== undefined) throw nameError(dir, odd.name);
  return names.map(({ name }) => name).sort();
}

const nameError = (dir: string, name: string): SwarmError =>
  new SwarmError('SW5003', `${dir}: the name ${JSON.stringify(name)} is not UTF-8, so it cannot be sent`, {
    hint: `Rename the file. To see its bytes, run: ls -b ${dir}`,
  });
