import { z } from 'zod';
import type { Change, Probe } from '../../core/module.ts';
import { joinLines, splitLines } from '../../core/text-lines.ts';
import { makeFolders } from '../files/make-folders.ts';
import { statPaths } from '../files/path-stat.ts';
import { absolutePath } from '../pattern-schema.ts';
import { editFile } from './edit-file.ts';
import { requirePortageFolder } from './require-portage.ts';

/** The arguments of a module that keeps one entry of /etc/portage/package.*. */
export const portageEntryArgs = {
  name: z
    .string()
    .regex(/^[\w.+~<>=!@*/:-]+(\[[^\s\]]+\])?$/, 'must be an atom: dev-lang/python, >=dev-lang/zig-0.13')
    .describe('Atom'),
  state: z.enum(['present', 'absent']).default('present').describe('present: the entry is there; absent: it is removed'),
  file: z
    .string()
    .regex(/^[\w.+-]+$/, 'must be a name without /')
    .default('swarm')
    .describe('File in the folder; without a folder the one file is used'),
  root: absolutePath.default('/etc/portage').describe('Folder of the configuration'),
};

/** What a module that keeps one entry registers. */
export const portageEntryReturns = z.strictObject({
  path: z.string().describe('The file'),
  entries: z.int().describe('How many entries it has'),
});

/** One entry: an atom with words after it. */
export interface PortageEntry {
  readonly name: string;
  readonly state: 'present' | 'absent';
  readonly file: string;
  readonly root: string;
  readonly values: readonly string[];
}

/** Yields the change that makes one line `ATOM VALUES` of a file of `kind`, such as package.use, and no other line for that atom. */
export async function* portageEntryChanges(
  probe: Probe,
  kind: string,
  { name, state, file, root, values }: PortageEntry,
): AsyncGenerator<Change, z.output<typeof portageEntryReturns>, void> {
  const folder = `${root}/${kind}`;
  if (state === 'present') await requirePortageFolder(probe, folder);
  const [found] = await statPaths(probe, [{ path: folder }]);
  const path = found?.type === 'file' ? folder : `${folder}/${file}`;
  if (found?.type === 'absent' && state === 'present')
    yield { verb: 'create', subject: `${folder}/`, apply: async (remote) => void (await makeFolders(remote, [folder], {}, folder)) };
  const wanted = state === 'absent' ? [] : [[name, ...values].join(' ')];
  const after = yield* editFile(probe, { path, missing: state === 'absent' ? 'skip' : 'create', mode: '0644' }, (text) =>
    editEntries(text, name, wanted),
  );
  return { path, entries: (after ?? '').split('\n').filter((line) => /^[^#\s]/.test(line)).length };
}

/** The text with these lines as the only ones that begin with the word. */
export function editEntries(text: string, word: string, wanted: readonly string[]): string {
  const lines = splitLines(text);
  const isEntry = (line: string): boolean => line.trim().split(/\s+/)[0] === word;
  const first = lines.findIndex(isEntry);
  const kept = lines.filter((line) => !isEntry(line));
  return joinLines(kept.toSpliced(first < 0 ? kept.length : first, 0, ...wanted));
}
