import { createHash } from 'node:crypto';
import { z } from 'zod';
import { CREATED } from '../../core/connection.ts';
import { SwarmError } from '../../core/error/swarm-error.ts';
import type { Change, Probe, Remote } from '../../core/module.ts';
import { checkPath, toBytes } from '../../core/module-checks/checked-host.ts';
import { readProgram } from '../../core/program/package-root.ts';
import { quoteWord } from '../../remote/session/shell-text.ts';
import { withTemporaryFiles } from '../../remote/temporary/temporary-files.ts';
import { runScript } from '../host-script.ts';
import { splitWords } from '../split-words.ts';
import { attributeArgs, attributeChanges, type FileAttributes, keptAttributes } from './attributes/file-attributes.ts';
import { withBackupFile } from './backup-file.ts';
import { ABSENT_PATH, type PathQuery, type PathStat, parseStats, statCommand, statPaths } from './path-stat.ts';

/** Above this, files are compared by their hash only and no diff is shown. */
export const MAX_DIFF_BYTES = 64 * 1024;

/** What a module that writes one file registers. */
export const fileContentReturns = z.strictObject({
  path: z.string().describe('Path on the host'),
  size: z.int().describe('Bytes'),
  sha256: z.string().describe('SHA-256 of the content'),
});

/** What a module that writes one file registers. */
export type FileContentResult = z.output<typeof fileContentReturns>;

/** What happens around the writing of a file. */
export interface WriteOptions {
  /** Keep a copy of the old file beside it. */
  readonly backup?: boolean | undefined;
  /** A command that tests the new content, where %s is its path. */
  readonly validate?: string | undefined;
}

/** The arguments of a module that writes a file: attributes, `backup` and `validate`. */
export const writeArgs = {
  ...attributeArgs,
  backup: z.boolean().default(false).describe('Keep a copy of the old file beside it'),
  validate: z
    .string()
    .includes('%s', { error: 'must have %s where the path of the new content goes' })
    .optional()
    .describe('Command that tests the new content before it is written: "visudo -cf %s"'),
};

/** A file of the host, as it should be. */
export interface FileContent extends FileAttributes, WriteOptions {
  readonly path: string;
  /** A text is written as UTF-8. */
  readonly content: Uint8Array | string;
}

/** Makes a file of the host have this content and these attributes; one round trip where it has them. Throws SW6015 at once for
 *  content that is neither a text nor bytes. */
export function ensureFileContent(probe: Probe, wanted: FileContent): AsyncGenerator<Change, FileContentResult, void> {
  return ensureBytes(probe, withBytes('ensureFileContent', wanted));
}

async function* ensureBytes(probe: Probe, wanted: BytesContent): AsyncGenerator<Change, FileContentResult, void> {
  const found = yield* createOrStat(probe, wanted, [{ path: wanted.path, size: wanted.content.length }]);
  if (found !== 'created') yield* bytesChanges(probe, wanted, found[0] ?? ABSENT_PATH);
  return { path: wanted.path, size: wanted.content.length, sha256: hashSha256(wanted.content) };
}

/** What is at the paths, one of which is the path of the file. Where nothing is at that one and the probe takes unsure changes, the run
 *  creates the file in the same round trip. */
export async function* createOrStat(
  probe: Probe,
  wanted: FileContent,
  queries: readonly PathQuery[],
): AsyncGenerator<Change, 'created' | readonly PathStat[], void> {
  if (probe.takesUnsureChanges !== true || wanted.validate !== undefined) return statPaths(probe, queries);
  const content = toBytes(wanted.content, 'content of createOrStat');
  const createInstead = { path: wanted.path, content, meta: keptAttributes(ABSENT_PATH, wanted) };
  const after = decodeSmallText(content);
  const creation = { verb: 'create' as const, subject: wanted.path, ...(after === undefined ? {} : { after }) };
  let result: 'created' | readonly PathStat[] | undefined;
  yield {
    ...creation,
    wasNeeded: () => result === 'created',
    apply: async (remote) => {
      try {
        const looked = await remote.exec({ ...statCommand(queries), createInstead });
        result = looked.exit === CREATED ? 'created' : parseStats(queries, looked);
      } catch (error) {
        if (!(error instanceof SwarmError) || error.code !== 'SW2005') throw error;
      }
    },
  };
  if (result !== undefined) return result;
  // the connection was lost: the next look makes a new one. Who made a file that is there now is unknown, so it counts as a change
  const found = await statPaths(probe, queries);
  if (isWanted(found[queries.findIndex(({ path }) => path === wanted.path)], content)) yield { ...creation, apply: async () => {} };
  return found;
}

const isWanted = (current: PathStat | undefined, content: Uint8Array): boolean =>
  current?.type === 'file' && current.sha256 === hashSha256(content);

/** The change that turns what was found into what is wanted; nothing where they agree. */
export function contentChanges(probe: Probe, wanted: FileContent, current: PathStat): AsyncGenerator<Change, void, void> {
  return bytesChanges(probe, withBytes('contentChanges', wanted), current);
}

type BytesContent = FileContent & { readonly content: Uint8Array };

const withBytes = (what: string, wanted: FileContent): BytesContent => ({
  ...wanted,
  path: checkPath(`path of ${what}`, wanted.path),
  content: toBytes(wanted.content, `content of ${what}`),
});

async function* bytesChanges(probe: Probe, wanted: BytesContent, current: PathStat): AsyncGenerator<Change, void, void> {
  const { path, content } = wanted;
  if (current.type === 'directory') {
    throw new SwarmError('SW6012', `${path} is a folder on the host`, {
      hint: `To copy into it write dest: "${path.replace(/\/*$/, '/')}".`,
    });
  }
  if (current.type === 'other') {
    throw new SwarmError('SW6012', `${path} is a device, a pipe or a socket on the host, not a file`, {
      hint: `Write another path. To see what it is, run: swarm exec NAME -- ls -l ${quoteWord(path)}`,
    });
  }
  if (isWanted(current, content)) {
    yield* attributeChanges(path, current, wanted);
    return;
  }
  const before = current.type === 'file' ? await readSmallText(probe, path, current) : undefined;
  const after = decodeSmallText(content);
  yield {
    verb: current.type === 'absent' ? 'create' : 'update',
    subject: path,
    ...(current.type === 'link' ? { before: `link to ${current.target}\n` } : before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
    apply: (remote) => writeContent(remote, wanted, current),
  };
}

async function writeContent(remote: Remote, wanted: BytesContent, current: PathStat): Promise<void> {
  const { path, content, validate, backup } = wanted;
  if (validate !== undefined)
    await runScript(
      remote,
      withTemporaryFiles(readProgram('src/sdk/files/validate-content.sh')),
      [String(content.byteLength), ...splitWords(validate)],
      `${path} is not written, as validate fails`,
      content,
    );
  if (backup && current.type === 'file') await runScript(remote, withBackupFile('backup_file "$1"'), [path], path);
  await remote.write(path, content, keptAttributes(current, wanted));
}

/** For a diff only, so a small file that is text; one more round trip, and only where something differs. */
async function readSmallText(probe: Probe, path: string, found: PathStat): Promise<string | undefined> {
  if (found.size > MAX_DIFF_BYTES) return undefined;
  const bytes = await probe.read(path);
  return bytes && decodeSmallText(bytes);
}

/** UTF-8 without NUL, of a size that a person reads, or of at most `limit` bytes; else undefined. */
export function decodeSmallText(bytes: Uint8Array, limit = MAX_DIFF_BYTES): string | undefined {
  if (bytes.length > limit || bytes.includes(0)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** SHA-256 of bytes or of a text in UTF-8, in hexadecimal. */
export const hashSha256 = (content: Uint8Array | string): string => createHash('sha256').update(content).digest('hex');
