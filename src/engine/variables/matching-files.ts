import { lstatSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { FunctionFault } from '../../language/functions/language-function.ts';
import { compilePattern } from '../../language/functions/regex.ts';

/** The files that a pattern means, sorted: those of the first folder that has any. */
export function listMatchingFiles(path: string, folders: readonly string[]): readonly string[] {
  if (/[*?[]/.test(dirname(path))) throw new FunctionFault('takes * and ? in the last part of a path only', 'Name the folder.');
  const pattern = basename(path);
  for (const folder of new Set(folders.map((each) => resolve(each, dirname(path))))) {
    if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) continue;
    const names = readdirSync(folder).filter((name) => matchesPattern(name, pattern));
    const files = names.map((name) => join(folder, name)).filter(isFile);
    if (files.length > 0) return files.sort();
  }
  return [];
}

/** Also by way of a link. A name that is not UTF-8 reads as another one, which does not exist. */
function isFile(file: string): boolean {
  if (file.includes('\ufffd') && lstatSync(file, { throwIfNoEntry: false }) === undefined)
    throw new FunctionFault(`cannot take a file whose name is not UTF-8: ${file}`, 'Rename it.');
  return statSync(file, { throwIfNoEntry: false })?.isFile() === true;
}

/** As in a shell, `*` at the beginning means no hidden file. */
function matchesPattern(name: string, pattern: string): boolean {
  if (name.startsWith('.') && /^[*?[]/.test(pattern)) return false;
  const text = pattern
    .replace(/[.+^${}()|\\]/g, '\\$&')
    .replace(/\*/g, '.*')
    .replace(/\?/g, '.')
    .replace(/\[!/g, '[^');
  try {
    return compilePattern(`(?s)^${text}$`, name).matches(name);
  } catch {
    throw new FunctionFault(`takes a pattern such as *.conf, not ${pattern}`);
  }
}
