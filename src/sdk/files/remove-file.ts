import type { Change } from '../../core/module.ts';
import { runOrThrow } from '../run-or-throw.ts';

/** The change that removes a file of the host. */
export const removeFile = (path: string): Change => ({
  verb: 'delete',
  subject: path,
  apply: async (remote) => void (await runOrThrow(remote, ['rm', '-f', '--', path], path)),
});
