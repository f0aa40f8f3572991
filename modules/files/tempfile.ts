import { randomBytes } from 'node:crypto';
import { absolutePath, defineModule, runScript, z } from '../../src/index.ts';

const namePart = z.string().regex(/^[^/\0\n]*$/, 'must be one line without /');

/** Fails where the path exists. Only the user of the login may read it: where the folder has a default ACL, no umask counts. */
const MAKE = 'umask 077; if [ "$2" = directory ]; then mkdir -m 0700 -- "$1"; else set -C; : >"$1" && chmod 0600 -- "$1"; fi';

export default defineModule({
  summary: 'Make an empty file or folder with a name that nothing else has',
  args: z.strictObject({
    state: z.enum(['file', 'directory']).default('file').describe('A file or a folder'),
    path: absolutePath.default('/tmp').describe('The folder to make it in'),
    prefix: namePart.default('swarm.').describe('Begin of the name'),
    suffix: namePart.default('').describe('End of the name'),
  }),
  returns: z.strictObject({ path: z.string().describe('Path on the host') }),
  example: `tempfile:
  state: directory
  suffix: .unpacked
`,
  async *run(_probe, { state, path, prefix, suffix }) {
    const made = `${path.replace(/\/$/, '')}/${prefix}${randomBytes(8).toString('hex')}${suffix}`;
    yield {
      verb: 'run',
      unknownInCheck: 'result',
      subject: `${state} in ${path}`,
      apply: async (remote) => void (await runScript(remote, MAKE, [made, state], made)),
    };
    return { path: made };
  },
});
