import type { Change, Probe } from '../../core/module.ts';
import { readProgram } from '../../core/program/package-root.ts';
import { withTemporaryFiles } from '../../remote/temporary/temporary-files.ts';
import { queryScript, runScript } from '../host-script.ts';
import { withLoadUrl } from '../http/load-url.ts';
import { installCommand, type PackageRequest } from './package-managers.ts';

/** Yields the change that installs the package in a file of Debian. A newer one that is installed stays, unless `allow_downgrade` is set.
 *  Returns the names of what it installs. */
export async function* debFileChanges(
  probe: Probe,
  file: string,
  request: PackageRequest,
): AsyncGenerator<Change, readonly string[], void> {
  const script = withTemporaryFiles(withLoadUrl(readProgram('src/sdk/packages/deb-file.sh')));
  const subject = `package ${file}`;
  const [name = '', version = '', installed = '', newer] = (await queryScript(probe, script, ['state', file], subject)).trim().split(' ');
  if (installed === version || (newer === 'yes' && request.allow_downgrade !== true)) return [];
  const command = ['env', 'DEBIAN_FRONTEND=noninteractive', ...installCommand('apt', 'install', request)];
  yield {
    verb: installed === '-' ? 'create' : 'update',
    subject: `package ${name}`,
    before: installed === '-' ? '' : `${name} ${installed}\n`,
    after: `${name} ${version}\n`,
    apply: async (remote) => void (await runScript(remote, script, ['install', file, ...command], subject)),
  };
  return [name];
}
