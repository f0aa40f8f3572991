import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { SwarmError } from '../../core/error/swarm-error.ts';
import { checkoutsFolder, processFolder } from '../../core/files/process-folder.ts';
import type { RunPaths } from '../../core/module.ts';
import { readProgram } from '../../core/program/package-root.ts';
import { quoteWord } from '../../remote/session/shell-text.ts';
import { createExcludeTest } from '../../remote/tree/exclude-patterns.ts';
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
  const { source, revision } = args;
  const exclude = readExclude(args);
  const key = JSON.stringify([paths.project, paths.run, source, revision, exclude, readModes(args)]);
  const found = opened.get(key) ?? readTreeSource(args, paths);
  opened.set(key, found);
  found.catch(() => opened.delete(key));
  return found;
}

/** Where version control systems keep their own data. */
export const REPOSITORY_FOLDERS = ['.git', '.hg', '.svn'] as const;

/** The patterns of what is neither sent nor removed. */
export const readExclude = ({ exclude, repository }: Pick<TreeArgs, 'exclude' | 'repository'>): readonly string[] =>
  repository ? exclude : [...exclude, ...REPOSITORY_FOLDERS];

/** The permissions that the args ask for, as numbers. */
export const readModes = ({ mode, directory_mode: folder }: Pick<TreeArgs, 'mode' | 'directory_mode'>): TreeModes => ({
  ...(mode === undefined ? {} : { file: Number.parseInt(mode, 8) }),
  ...(folder === undefined ? {} : { folder: Number.parseInt(folder, 8) }),
});

async function readTreeSource(args: TreeArgs, paths: RunPaths): Promise<TreeSource> {
  const { source, revision } = args;
  const { path, directory } = await findSource(source, paths.files);
  if (!directory) throw new SwarmError('SW6012', `${path} is not a folder`, { hint: 'For a single file use the copy module.' });
  const commit = revision === '' ? await readCommit(path) : { revision, commit: await resolveRevision(path, revision) };
  const folder = revision === '' ? path : await extractRevision(args, path, commit.commit ?? '', checkoutsFolder(paths.project));
  const tree = await listLocalTree(folder, readExclude(args), readModes(args));
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
  if (exit === 127) throw new SwarmError('SW6012', 'this machine has no git', { hint: 'Install git on this machine.' });
  if ((await runGit(folder, 'rev-parse', '--git-dir')).exit !== 0)
    throw new SwarmError('SW6012', `git does not read ${folder} as a repository`, {
      hint: `To see why, run: git -C ${quoteWord(folder)} status`,
    });
  throw new SwarmError('SW6012', `${folder} has no revision ${revision}`, {
    hint: `To see the tags, run: git -C ${quoteWord(folder)} tag`,
  });
}

/** The files of a commit below the folder as a checkout has them, in a folder of this process. Appears by rename. */
async function extractRevision({ source, exclude }: TreeArgs, folder: string, commit: string, checkouts: string): Promise<string> {
  const [prefix = '', repository = ''] = (await runGit(folder, 'rev-parse', '--show-prefix', '--absolute-git-dir')).stdout.split('\n');
  await assertNoSubmodule(folder, commit, prefix, exclude);
  const to = join(processFolder(checkouts), `${commit}-${Buffer.from(prefix).toString('base64url').slice(0, 100)}`);
  if (existsSync(to)) return join(to, prefix);
  const fresh = `${to}.${process.pid}`;
  await mkdir(fresh, { recursive: true });
  const program = readProgram('src/sdk/push/check-out.sh');
  const made = await runLocal(['sh', '-c', program, 'swarm', repository, commit, fresh, `${fresh}.index`, prefix]);
  await rm(`${fresh}.index`, { force: true });
  if (made.exit !== 0 || !existsSync(join(fresh, prefix))) {
    await rm(fresh, { recursive: true, force: true });
    throw new SwarmError('SW6012', `${source} at ${commit.slice(0, 12)} cannot be read from git`, {
      hint: `To see what the commit has there, run: git -C ${quoteWord(folder)} ls-tree ${commit.slice(0, 12)}`,
    });
  }
  await rename(fresh, to);
  return join(to, prefix);
}

/** Throws where a commit has a submodule in the folder: git keeps its files in another repository, so they would be taken for removed. */
async function assertNoSubmodule(folder: string, commit: string, prefix: string, exclude: readonly string[]): Promise<void> {
  const excluded = createExcludeTest(exclude);
  const { stdout } = await runGit(folder, 'ls-tree', '-r', '-z', '--full-tree', commit, ...(prefix === '' ? [] : [prefix]));
  const paths = stdout
    .split('\0')
    .flatMap((line) => (line.startsWith('160000 ') ? [line.slice(line.indexOf('\t') + 1 + prefix.length)] : []));
  const path = paths.find((each) => !excluded(each, 'dir'));
  if (path === undefined) return;
  throw new SwarmError('SW6012', `${path} is a submodule, and a revision does not have its files`, {
    hint: `Push a checkout of the revision without revision:, push the submodule by a tree of its own, or write exclude: ["${path}"].`,
  });
}

const LIMITS = { timeoutMs: 120_000, maxBytes: 16 * 1024 * 1024 };

type LocalResult = { readonly exit: number; readonly stdout: string };

async function runLocal(argv: readonly [string, ...string[]]): Promise<LocalResult> {
  const { readLocalProgram } = await import('../../remote/transport/local-program.ts');
  return readLocalProgram(argv, LIMITS);
}

/** Variables by which a hook of git, from which swarm may be started, names the repository of that hook. */
const HOOK_VARIABLES = ['GIT_DIR', 'GIT_WORK_TREE', 'GIT_INDEX_FILE', 'GIT_PREFIX', 'GIT_OBJECT_DIRECTORY', 'GIT_NAMESPACE'];

/** No hook of the repository runs, and its index is not written. */
const runGit = (folder: string, ...words: readonly string[]): Promise<LocalResult> =>
  runLocal([
    'env',
    ...HOOK_VARIABLES.map((name) => `--unset=${name}`),
    ...['git', '-C', folder, '--no-optional-locks', '--literal-pathspecs'],
    ...['-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null', ...words],
  ]);
