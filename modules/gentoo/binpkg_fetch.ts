import { join } from 'node:path';
import { READ_LIMIT_MS } from '../../src/builds/built-package.ts';
import { fetchPackage } from '../../src/builds/fetch-package.ts';
import { reachHost } from '../../src/builds/reach-host.ts';
import { findStagedCopy, stagedName, takeStagedCopy } from '../../src/builds/staged-copy.ts';
import { sweepDrone } from '../../src/builds/sweep-drone.ts';
import { defineModule, type Probe, SwarmError, z } from '../../src/index.ts';

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
  toolchain: z.record(z.string(), z.string()).optional(),
});

const stagedSchema = z.strictObject({
  cpv: z.string(),
  staged: z.string().describe('Path on this machine'),
  size: z.int(),
  sha256: z.string(),
  buildId: z.int(),
  host: z.string().describe('The host that built it'),
  path: z.string().describe('Path on that host'),
  job: z.string().exactOptional(),
  target: z.string().exactOptional(),
  toolchain: z.record(z.string(), z.string()).exactOptional().describe('The versions of glibc and gcc that it was built with'),
});

export default defineModule({
  summary: 'Fetch built packages from the host and compare their SHA-256',
  args: z.strictObject({ files: z.array(packageSchema).describe('What emerge returned: "{{ built.binpkgs }}"') }),
  returns: z.strictObject({
    files: z.array(stagedSchema).describe('The fetched files, for binhost_publish'),
  }),
  example: `binpkg_fetch:
  files:
    - cpv: app-misc/hello-1.0
      path: /var/lib/swarm/packages/c0ffee/default/app-misc/hello/hello-1.0-1.gpkg.tar
      size: 20480
      sha256: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
      buildId: 1
`,
  async *run(probe, { files }) {
    const fetched: z.output<typeof stagedSchema>[] = [];
    for (const { path, ...file } of files) {
      const host = file.host ?? probe.host.name;
      const name = { ...file, host, path };
      const staged = join(probe.paths.staging, stagedName(name));
      const copy = await findStagedCopy(probe.paths, name);
      if (copy !== staged) {
        yield {
          verb: 'create',
          subject: file.cpv,
          apply: async (remote) => {
            if (copy !== undefined) return takeStagedCopy(copy, staged);
            const from = await reachHost(remote, host);
            try {
              await fetchPackage(from, { path, target: staged, size: file.size, sha256: file.sha256, name: file.cpv });
            } catch (error) {
              // its job would be taken up by the next attempt, on any host, and bring the same
              if (file.job !== undefined && (await isHopeless(error, from, { path, sha256: file.sha256 })))
                await sweepDrone(remote, { host, job: file.job, path }, undefined);
              throw error;
            }
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
        path,
        ...(file.job ? { job: file.job } : {}),
        ...(file.target ? { target: file.target } : {}),
        ...(file.toolchain ? { toolchain: file.toolchain } : {}),
      });
    }
    return { files: fetched };
  },
});

/** True where another fetch would end the same way. A link that was lost may come back, and a long build is worth another fetch. */
async function isHopeless(error: unknown, from: Probe, file: { readonly path: string; readonly sha256: string }): Promise<boolean> {
  if (!(error instanceof SwarmError)) return false;
  if (error.code === 'SW6051' || error.code === 'SW6002') return true; // hardly a byte came
  return ['SW4001', 'SW4002'].includes(error.code) && !(await hasFile(from, file.path, file.sha256));
}

/** True where the host still has what it declared: then it was the way. */
async function hasFile(from: Probe, path: string, sha256: string): Promise<boolean> {
  const { stdout } = await from.query({
    argv: ['sh', '-c', '[ -f "$1" ] && sha256sum -- "$1"', 'sh', path],
    timeoutMs: READ_LIMIT_MS,
  });
  return stdout.startsWith(sha256);
}
