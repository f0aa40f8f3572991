import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, normalize, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { absolutePath, defineModule, fileError, missingProgramError, type Remote, SwarmError, statFile, z } from '../../src/index.ts';

export default defineModule({
  summary: 'Copy a file of the host to this machine',
  args: z.strictObject({
    src: absolutePath.describe('File on the host'),
    dest: z.string().min(1).describe('Folder on this machine, below the project where it is relative: the file becomes DEST/HOST/SRC'),
    flat: z.boolean().default(false).describe('dest is the file itself, or with / at the end its folder'),
    fail_on_missing: z.boolean().default(true).describe('false: do nothing where the host has no such file'),
  }),
  argHints: { files: 'The fetch module copies one file. To fetch built packages write binpkg_fetch: instead of fetch:.' },
  returns: z.strictObject({
    dest: z.string().exactOptional().describe('Path on this machine'),
    size: z.int().exactOptional().describe('Bytes'),
    sha256: z.string().exactOptional(),
  }),
  example: `fetch:
  src: /etc/portage/make.conf
  dest: collected
`,
  async *run(probe, { src, dest, flat, fail_on_missing }) {
    const { path, stat } = await statFile(probe, src);
    if (stat.type === 'absent' && !fail_on_missing) return {};
    const lacks = { kind: 'path', name: src } as const;
    if (stat.type === 'absent') throw new SwarmError('SW6012', `${src} does not exist on the host`, { lacks });
    if (stat.type !== 'file')
      throw new SwarmError('SW6012', `${src} is a ${stat.type === 'directory' ? 'folder' : 'special file'} on the host, not a file`, {
        lacks,
      });
    if (stat.sha256 === undefined) throw new SwarmError('SW6012', `${src} cannot be read: permission denied`, { lacks });
    const { size, sha256 } = stat;
    const folder = resolve(probe.paths.project, dest);
    const target = flat ? (dest.endsWith('/') ? join(folder, basename(src)) : folder) : join(folder, probe.host.name, normalize(src));
    const found = await readFile(target).catch(() => undefined);
    if (found === undefined || createHash('sha256').update(found).digest('hex') !== sha256) {
      yield {
        verb: found === undefined ? 'create' : 'update',
        subject: `${target} on this machine`,
        apply: (remote) => copyHere(remote, path, target, sha256),
      };
    }
    return { dest: target, size, sha256 };
  },
});

/** To a name beside the target, and renamed when the hash is right. */
async function copyHere(remote: Remote, path: string, target: string, sha256: string): Promise<void> {
  const partial = join(dirname(target), `.${basename(target)}.${remote.jobId}`);
  try {
    await mkdir(dirname(target), { recursive: true });
    const { stdin, stdout, stderr, done } = await remote.open({ argv: ['cat', '--', path], transfer: 'from host' });
    stdin.end();
    let said = '';
    stderr.on('data', (bytes: Buffer) => {
      said = (said + bytes.toString()).slice(-1000);
    });
    const hash = createHash('sha256');
    stdout.on('data', (chunk: Buffer) => hash.update(chunk));
    await pipeline(stdout, createWriteStream(partial, { mode: 0o600 }));
    const exit = await done;
    const missing = exit === 0 ? undefined : missingProgramError({ stderr: said }, path);
    if (missing !== undefined) throw missing;
    if (exit !== 0 || hash.digest('hex') !== sha256)
      throw new SwarmError('SW6012', `${path} changed while it was copied`, { hint: 'Run the playbook again.' });
    await rename(partial, target);
  } catch (error) {
    throw error instanceof SwarmError ? error : fileError(error, target);
  } finally {
    await rm(partial, { force: true });
  }
}
