import { basename, dirname } from 'node:path';
import type { Command } from '../../core/connection.ts';
import { SwarmError } from '../../core/error/swarm-error.ts';
import type { Change, Probe, Remote } from '../../core/module.ts';
import { readProgram } from '../../core/program/package-root.ts';
import { withTemporaryFiles } from '../../remote/temporary/temporary-files.ts';
import { missingProgramError } from '../missing-program.ts';
import { runOrThrow } from '../run-or-throw.ts';

const LISTS = 'lists of packages (apt)';

/** A file of the sources of apt, as it is before the task. Without content: there is none. */
export interface SourceBefore {
  readonly path: string;
  readonly content: Uint8Array | undefined;
}

/** A file of the sources of apt that is to be written. */
export interface NewSource {
  readonly path: string;
  readonly text: string;
}

/** Reads the files before a task changes them. */
export const readSources = (probe: Probe, paths: readonly string[]): Promise<readonly SourceBefore[]> =>
  Promise.all(paths.map(async (path) => ({ path, content: await probe.read(path) })));

/** The change that loads the lists of apt after repositories were written. Where that fails, the files get back what they had: else the next
 *  run would find them as wanted, and the lists would never be loaded. `uris`: the repositories of the task.
 *  That another one fails is not a failure. */
export const loadAptLists = (uris: readonly string[], files: readonly SourceBefore[]): Change =>
  listsChange({ argv: ['env', 'LC_ALL=C', 'apt-get', '-q', 'update'] }, uris, files);

/** The same as if a file were there that is written afterwards: a run that is cut off leaves no file whose lists were never loaded. */
export const loadNewAptLists = (uris: readonly string[], file: NewSource, files: readonly SourceBefore[]): Change =>
  listsChange(
    {
      argv: [
        '/bin/sh',
        '-c',
        withTemporaryFiles(readProgram('src/sdk/packages/apt-new-lists.sh')),
        'sh',
        dirname(file.path),
        basename(file.path),
      ],
      stdin: Buffer.from(file.text),
    },
    uris,
    files,
  );

function listsChange(command: Command, uris: readonly string[], files: readonly SourceBefore[]): Change {
  return {
    verb: 'run',
    subject: LISTS,
    async apply(remote) {
      const { exit, stderr } = await remote.exec(command);
      const lines = stderr.split('\n');
      const failure = lines.find((line) => (exit === 0 ? isFailureOf(line, uris) : line.startsWith('E: ')));
      if (exit === 0 && failure === undefined) return;
      await putBack(remote, files);
      const missing = missingProgramError({ stderr }, LISTS);
      if (missing !== undefined) throw missing;
      throw new SwarmError('SW6012', `${LISTS}: ${failure ?? `exit ${exit}`}`, {
        hint:
          uris.length === 0
            ? undefined
            : 'The sources of apt are as they were before. Correct the repository, or run again when it answers.',
        detail: stderr.trimEnd(),
      });
    },
  };
}

/** apt ends with 0 where a repository does not answer, and only warns. */
const isFailureOf = (line: string, uris: readonly string[]): boolean =>
  /^W: Failed to fetch /.test(line) && uris.some((uri) => line.slice('W: Failed to fetch '.length).startsWith(uri.replace(/\/+$/, '')));

async function putBack(remote: Remote, files: readonly SourceBefore[]): Promise<void> {
  for (const { path, content } of files) {
    if (content === undefined) await runOrThrow(remote, ['rm', '-f', '--', path], path);
    else await remote.write(path, content);
  }
}
