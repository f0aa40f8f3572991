import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { SwarmError } from '../../core/error/swarm-error.ts';
import type { RunPaths } from '../../core/module.ts';
import { listLocalTree, type TreeModes } from '../../remote/tree/local-tree.ts';
import { findSource } from '../files/source-files.ts';
import type { TreeArgs } from './push-args.ts';
import { describeTree, type TreeFiles, type VersionInfo } from './tree-record.ts';

/** A folder of this machine as it is pushed to all hosts of a run. */
export interface TreeSource {
  readonly folder: string;
  readonly files: TreeFiles;
  readonly id: string;
  readonly commit: Pick<VersionInfo, 'revision' | 'commit' | 'dirty'>;
}

const opened = new Map<string, Promise<TreeSource>>();

/** Reads a source once for all hosts of the run: every host gets what the first one got. Throws SW6012 for an empty or missing one. */
export function openTreeSource(args: TreeArgs, paths: RunPaths): Promise<TreeSource> {
  const { source, revision, exclude } = args;
  const key = JSON.stringify([paths.project, paths.run, source, revision, exclude, readModes(args)]);
  const found = opened.get(key) ?? readTreeSource(args, paths);
  opened.set(key, found);
  found.catch(() => opened.delete(key));
  return found;
}

/** The permissions that the args ask for, as numbers. */
export const readModes = ({ mode, directory_mode: folder }: Pick<TreeArgs, 'mode' | 'directory_mode'>): TreeModes => ({
  ...(mode === undefined ? {} : { file: Number.parseInt(mode, 8) }),
  ...(folder === undefined ? {} : { folder: Number.parseInt(folder, 8) }),
});

async function readTreeSource(args: TreeArgs, paths: RunPaths): Promise<TreeSource> {
  const { source, revision, exclude } = args;
  const { path, directory } = await findSource(source, paths.files);
  if (!directory) throw new SwarmError('SW6012', `${path} is not a folder`, { hint: 'For a single file use the copy module.' });
  const commit = revision === '' ? await readCommit(path) : { revision, commit: await resolveRevision(path, revision) };
  const folder = revision === '' ? path : await extractRevision(path, commit.commit ?? '', join(paths.staging, 'revisions'));
  const tree = await listLocalTree(folder, exclude, readModes(args));
  if (![...tree.values()].some(({ type }) => type !== 'dir'))
    throw new SwarmError(
      'SW6012',
      `the source is empty: ${path}${revision === '' ? '' : ` at ${revision}`} has no file, so nothing is pushed`,
      {
        hint: `Put the files to push into ${path}.`,
      },
    );
  return { folder, ...(await describeTree(folder, tree)), commit };
}

/** The folder, or one above it, belongs to a git repository. */
const isInRepository = (folder: string): boolean =>
  existsSync(join(folder, '.git')) || (dirname(folder) !== folder && isInRepository(dirname(folder)));

/** The commit that the files are at, and whether they differ from it. Nothing where git or the repository does not answer. */
async function readCommit(folder: string): Promise<TreeSource['commit']> {
  if (!isInRepository(folder)) return {};
  const [head, changes] = await Promise.all([
    runGit(folder, 'rev-parse', '--verify', '--quiet', 'HEAD'),
    runGit(folder, 'status', '--porcelain', '--', '.'),
  ]);
  if (head.exit !== 0) return {};
  return { commit: head.stdout.trim(), ...(changes.exit === 0 && changes.stdout === '' ? {} : { dirty: true }) };
}

async function resolveRevision(folder: string, revision: string): Promise<string> {
  const { exit, stdout } = await runGit(folder, 'rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`);
  if (exit === 0) return stdout.trim().split('\n').at(-1) ?? '';
  throw new SwarmError('SW6012', `${folder} has no revision ${revision}`, {
    hint: exit === 127 ? 'Install git on this machine.' : `To see the tags, run: git -C ${folder} tag`,
  });
}

/** The files of a commit below the folder, in a folder of the run. Appears by rename. */
async function extractRevision(folder: string, commit: string, staging: string): Promise<string> {
  const prefix = (await runGit(folder, 'rev-parse', '--show-prefix')).stdout.trim();
  const to = join(staging, `${commit}-${Buffer.from(prefix).toString('base64url').slice(0, 100)}`);
  if (existsSync(to)) return to;
  const fresh = `${to}.${process.pid}`;
  await mkdir(fresh, { recursive: true });
  const archive = join(fresh, '.tar');
  const made = await runGit(folder, '-c', 'tar.umask=0022', 'archive', '--format=tar', '-o', archive, commit);
  const { readLocalProgram } = await import('../../remote/transport/local-program.ts');
  const unpacked = made.exit === 0 ? await readLocalProgram(['tar', '-xpf', archive, '-C', fresh], LIMITS) : made;
  if (unpacked.exit !== 0) {
    await rm(fresh, { recursive: true, force: true });
    throw new SwarmError('SW6012', `git cannot write ${prefix || folder} at ${commit.slice(0, 12)}`, {
      hint: `To see why, run: git -C ${folder} archive ${commit.slice(0, 12)} >/dev/null`,
    });
  }
  await rm(archive);
  await rename(fresh, to);
  return to;
}

const LIMITS = { timeoutMs: 120_000, maxBytes: 16 * 1024 * 1024 };

/** No program that the repository names runs. */
async function runGit(folder: string, ...words: readonly string[]): Promise<{ readonly exit: number; readonly stdout: string }> {
  const { readLocalProgram } = await import('../../remote/transport/local-program.ts');
  return readLocalProgram(['git', '-C', folder, '-c', 'core.fsmonitor=false', ...words], LIMITS);
}
