import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { fetchPackage } from '../src/builds/fetch-package.ts';
import { parseCpv } from '../src/gentoo/atom/cpv.ts';
import { defineModule, type HostName, SwarmError, z } from '../src/index.ts';

const packageSchema = z.object({
  cpv: z.string(),
  path: z.string().regex(/^\/[^\0\n]+\.(gpkg\.tar|xpak|tbz2)$/, 'an absolute path of a .gpkg.tar, .xpak or .tbz2'),
  size: z.int().positive(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  buildId: z.int().nonnegative().default(0),
  buildTime: z.int().optional(),
  host: z.string().min(1).optional(),
  job: z.string().optional(),
  target: z.string().optional(),
});

const stagedSchema = z.strictObject({
  cpv: z.string(),
  staged: z.string().describe('Path on this machine'),
  size: z.int(),
  sha256: z.string(),
  buildId: z.int(),
  host: z.string().describe('The host that built it'),
  job: z.string().exactOptional(),
  target: z.string().exactOptional(),
});

export default defineModule({
  summary: 'Fetch built packages from the host and compare their SHA-256',
  args: z.strictObject({ files: z.array(packageSchema).describe('What emerge returned: "{{ built.binpkgs }}"') }),
  returns: z.strictObject({
    files: z.array(stagedSchema).describe('The fetched files, for binhost_publish'),
  }),
  example: `fetch:
  files:
    - cpv: app-misc/hello-1.0
      path: /var/cache/binpkgs/app-misc/hello/hello-1.0-1.gpkg.tar
      size: 20480
      sha256: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
      buildId: 1
`,
  async *run(probe, { files }) {
    const fetched: z.output<typeof stagedSchema>[] = [];
    for (const { path, ...file } of files) {
      const host = file.host ?? probe.host.name;
      const staged = join(probe.paths.staging, stagedName(file, host, path));
      if (!(await isStaged(staged, file))) {
        yield {
          verb: 'create',
          subject: file.cpv,
          apply: async (remote) => {
            const from = host === remote.host.name ? remote : await remote.onHost(host as HostName);
            await fetchPackage(from, { path, target: staged, size: file.size, sha256: file.sha256, name: file.cpv });
          },
        };
      }
      fetched.push({
        cpv: file.cpv,
        staged,
        size: file.size,
        sha256: file.sha256,
        buildId: file.buildId,
        host,
        ...(file.job ? { job: file.job } : {}),
        ...(file.target ? { target: file.target } : {}),
      });
    }
    return { files: fetched };
  },
});

/** Computed from what was asked for, never from a name that a host gave; only the known ending is the host's. */
function stagedName(
  file: { readonly cpv: string; readonly buildId: number; readonly target?: string | undefined },
  host: string,
  path: string,
): string {
  const { category, pf } = parseCpv(file.cpv);
  for (const name of [host, file.target ?? 'default']) assertPlainName(name);
  const ending = path.endsWith('.tbz2') ? 'tbz2' : path.endsWith('.xpak') ? 'xpak' : 'gpkg.tar';
  return join(host, ...(file.target === undefined ? [] : [file.target]), category, `${pf}-${file.buildId}.${ending}`);
}

function assertPlainName(name: string): void {
  if (!/^[\w.-]+$/.test(name) || name.startsWith('.'))
    throw new SwarmError('SW1203', `not a name of the inventory: ${JSON.stringify(name)}`);
}

async function isStaged(path: string, { size, sha256 }: { readonly size: number; readonly sha256: string }): Promise<boolean> {
  const stat = await lstat(path).catch(() => undefined);
  if (!stat?.isFile() || stat.size !== size) return false;
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex') === sha256;
}
