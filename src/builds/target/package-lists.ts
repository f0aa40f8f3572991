import { readFile } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import { fileError } from '../../core/error/convert-error.ts';
import { SwarmError, ValidationError } from '../../core/error/swarm-error.ts';
import type { Target } from '../../core/inventory/target.ts';
import { parseAtom } from '../../gentoo/atom/atom.ts';

/** The atoms and sets of a target's `packages:`, files read. Throws ValidationError with every bad line, SW1205 where the list is empty. */
export async function readPackageLists(project: string, { name, packages, at }: Target): Promise<readonly string[]> {
  const problems: SwarmError[] = [];
  const atoms: string[] = [];
  for (const entry of packages) {
    if (isAtom(entry)) atoms.push(entry);
    else atoms.push(...(await readListFile(project, resolve(project, entry), problems)));
  }
  if (problems.length > 0) throw new ValidationError(problems);
  if (atoms.length > 0) return [...new Set(atoms)];
  throw new SwarmError('SW1205', `no packages were named, and target ${name} has no package list`, {
    at,
    hint: `Name packages, for example: swarm run build app-misc/jq. Or give the target a list: packages: [packages/${name}.txt]`,
  });
}

/** `@world`, `cat/name`, `>=cat/name-1.2`. A path ends in a suffix or names a file. */
const isAtom = (entry: string): boolean => entry.startsWith('@') || (!/\.(txt|list|packages)$|^\.{0,2}\//.test(entry) && isParsable(entry));

function isParsable(entry: string): boolean {
  try {
    parseAtom(entry);
    return true;
  } catch {
    return false;
  }
}

async function readListFile(project: string, file: string, problems: SwarmError[]): Promise<readonly string[]> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw fileError(error, file, 'Make the file, with one atom a line, or remove it from packages: of the target.');
  });
  const name = relative(project, file);
  return text.split('\n').flatMap((written, index) => {
    const line = written.replace(/(^|\s)#.*$/, '').trim();
    if (line === '') return [];
    try {
      parseAtom(line);
      return [line];
    } catch (thrown) {
      if (!(thrown instanceof SwarmError)) throw thrown;
      const column = written.indexOf(line) + 1;
      const at = { file: name, line: index + 1, column, length: line.length, text: written };
      problems.push(new SwarmError('SW1308', thrown.message, { at, hint: thrown.hint }));
      return [];
    }
  });
}
