import { createHash } from 'node:crypto';
import { z } from 'zod';
import { hashFiles } from '../../remote/tree/hash-files.ts';
import type { Tree, TreeEntry } from '../../remote/tree/list-tree.ts';

/** What is in a tree, by path: `f MODE SHA256`, `d MODE` or `l TARGET`. */
export type TreeFiles = Readonly<Record<string, string>>;

const versionInfo = z.object({
  version: z.int(),
  /** SHA-256 of what is in the tree. */
  id: z.string(),
  at: z.string(),
  run: z.string(),
  source: z.string(),
  revision: z.string().optional(),
  commit: z.string().optional(),
  /** The source had changes that no commit has. */
  dirty: z.boolean().optional(),
  /** Of the other trees of the push, by dest, the names of the versions in use beside this one. */
  beside: z.record(z.string(), z.string()).optional(),
});

/** Where a version of a tree comes from. The host keeps it beside the version. */
export type VersionInfo = z.infer<typeof versionInfo>;

/** The lists of what is in a tree, and its content id. Files are hashed once for all hosts. */
export async function describeTree(from: string, tree: Tree): Promise<{ readonly files: TreeFiles; readonly id: string }> {
  const regular = [...tree].filter(([, { type }]) => type === 'file');
  const sums = await hashFiles(from, regular);
  const sumOf = new Map(regular.map(([path], index) => [path, sums[index] ?? '']));
  const entries = [...tree].map(([path, entry]) => [path, describeEntry(entry, sumOf.get(path))] as const);
  entries.sort(([one], [other]) => (one < other ? -1 : 1));
  return { files: Object.fromEntries(entries), id: createHash('sha256').update(JSON.stringify(entries)).digest('hex') };
}

function describeEntry({ type, mode, target }: TreeEntry, sum: string | undefined): string {
  if (type === 'link') return `l ${target}`;
  return type === 'dir' ? `d ${mode.toString(8)}` : `f ${mode.toString(8)} ${sum}`;
}

/** The text of the record: a short first line, which a look at all versions reads, and the list of files. */
export const formatRecord = (info: VersionInfo, files: TreeFiles): string => `${JSON.stringify(info)}\n${JSON.stringify(files)}\n`;

/** The first line of a record. Undefined where it is none: of a folder that swarm did not make, or cut short. */
export function parseVersionInfo(line: string): VersionInfo | undefined {
  return versionInfo.safeParse(parseJson(line)).data;
}

/** The second line of a record. */
export const parseFiles = (line: string): TreeFiles | undefined => z.record(z.string(), z.string()).safeParse(parseJson(line)).data;

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
