import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { openBinhostStore, readPublishedIndex } from '../../src/builds/binhost-access.ts';
import { claimFile } from '../../src/builds/claim/build-claim.ts';
import { dropClaim, recordPublished } from '../../src/builds/claim/take-claim.ts';
import { findTarget, planItemSchema, type QueuedPackage } from '../../src/builds/plan/plan-item.ts';
import { removeStagedCopy } from '../../src/builds/staged-copy.ts';
import { sweepDrone } from '../../src/builds/sweep-drone.ts';
import { packageName } from '../../src/gentoo/atom/cpv.ts';
import { parseIndex } from '../../src/gentoo/binhost/packages-index.ts';
import {
  discardStaged,
  type PublishResult,
  publishPackages,
  type StagedPackage,
  stagePackage,
  verifyPackages,
} from '../../src/gentoo/binhost/publish.ts';
import type { BinhostStore } from '../../src/gentoo/binhost/store/binhost-store.ts';
import { type BinhostLocation, defineModule, type Probe, type Remote, SwarmError, z } from '../../src/index.ts';

const fetchedSchema = z.object({
  cpv: z.string(),
  staged: z.string().startsWith('/'),
  size: z.int().positive(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  buildId: z.int().nonnegative().optional(),
  host: z.string().optional(),
  path: z.string().optional().describe('Path on that host. The file there and the staged copy are removed'),
  job: z.string().optional(),
  target: z.string().optional(),
  toolchain: z.record(z.string(), z.string()).optional().describe('The versions of glibc and gcc that it was built with'),
});
const publishedSchema = z.strictObject({
  cpv: z.string(),
  path: z.string().describe('Below the folder of the binhost'),
  size: z.int(),
  sha256: z.string(),
  already: z.boolean().describe('The binhost had it before, byte for byte'),
});
const heldSchema = z.strictObject({
  cpv: z.string(),
  path: z.string(),
  needs: z.array(z.string()).readonly().describe('What it waits for'),
});
type FetchedPackage = z.output<typeof fetchedSchema>;

export default defineModule({
  summary: 'Verify fetched packages and publish them on the binhost, together with what they need to run',
  args: z.strictObject({
    files: z.array(fetchedSchema).describe('What binpkg_fetch returned: "{{ fetched.files }}"; then removed from the drone'),
    item: planItemSchema.optional().describe('The item of emerge_plan that the package is compared with: "{{ item }}"'),
  }),
  returns: z.strictObject({
    published: z.array(publishedSchema).readonly().describe('The packages that clients can install now; empty in a check'),
    held: z.array(heldSchema).readonly().describe('Packages on the binhost that clients do not see yet'),
    generation: z.int().nullable().describe('The generation of the index that lists them'),
  }),
  example: `binhost_publish:
  files:
    - cpv: app-misc/hello-1.0
      staged: /srv/binpkgs/.swarm/stage/v68z/drone-tarn/app-misc/hello-1.0-1.gpkg.tar
      size: 20480
      sha256: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
      buildId: 1
`,
  async *run(probe, { files, item }) {
    if (files.length === 0) return { published: [], held: [], generation: null };
    const { name, binhost, keep } = findTarget(probe, item?.target ?? files[0]?.target);
    const claim = item === undefined ? undefined : claimFile(probe.paths.project, item);
    let done: PublishResult | undefined;
    yield {
      verb: (await isAllListed(probe, binhost, files)) ? 'run' : 'create', // listed already: done again to learn of which generation
      subject: files.map(({ cpv }) => cpv).join(', '),
      apply: async (remote) => {
        const store = await openBinhostStore(remote, binhost);
        const origin = { job: remote.jobId, host: remote.host.name, ...(item === undefined ? {} : { item }) };
        done = await publishFetched(store, files, origin).catch(async (error: unknown) => {
          if (isUseless(error)) await discardBuild(remote, files, { claim, keep });
          throw error;
        });
        for (const { cpv, path, size, sha256 } of done.published) {
          remote.emit({ type: 'package.published', cpv, path, size, sha256, generation: done.generation, target: name });
        }
        for (const one of done.held) {
          const own = files.some(({ cpv }) => cpv === one.cpv);
          remote.emit({ type: 'package.held', ...one, target: name, ...(own ? { wanted: packageName(one.cpv) } : {}) });
        }
        if (claim !== undefined) await recordResult(remote, claim, files, done);
        await removeRemains(remote, files, keep);
      },
    };
    return done ?? { published: [], held: [], generation: null };
  },
});

/** The package itself is wrong: fetching or publishing it again cannot help. */
function isUseless(error: unknown): boolean {
  return error instanceof SwarmError && ['SW4003', 'SW4005', 'SW4007', 'SW4008'].includes(error.code);
}

/** So that the next attempt builds anew. */
async function discardBuild(
  remote: Remote,
  files: readonly FetchedPackage[],
  { claim, keep }: { readonly claim: string | undefined; readonly keep: number | undefined },
): Promise<void> {
  if (claim !== undefined) await dropClaim(remote, claim);
  await removeRemains(remote, files, keep);
}

/** What the build and the fetch left behind. A file that a playbook names itself stays. */
async function removeRemains(remote: Remote, files: readonly FetchedPackage[], keep: number | undefined): Promise<void> {
  for (const { staged, host = remote.host.name, job, path } of files) {
    if (path !== undefined) await removeStagedCopy(remote.paths, staged);
    await sweepDrone(remote, { host, job, path }, keep);
  }
}

/** Stage, verify, publish: what is not verified cannot be given to publish. */
async function publishFetched(
  store: BinhostStore,
  files: readonly FetchedPackage[],
  { job, host, item }: { readonly job: string; readonly host: string; readonly item?: QueuedPackage },
): Promise<PublishResult> {
  const staged: StagedPackage[] = [];
  try {
    for (const { staged: file, cpv, size, sha256, buildId } of files) {
      const expected = item === undefined ? {} : { expected: { ...item, host: files[0]?.host ?? host } };
      staged.push(await stagePackage(store, { file, cpv: item?.cpv ?? cpv, size, sha256, ...(buildId ? { buildId } : {}), ...expected }));
    }
  } catch (error) {
    await discardStaged(store, staged);
    throw error;
  }
  const verified = await verifyPackages(store, staged);
  const [run = job] = job.split('-', 1);
  const toolchain = files[0]?.toolchain ?? item?.toolchain;
  const origin = { run, host: files[0]?.host ?? host, item: files[0]?.cpv ?? job };
  return publishPackages(store, verified, { ...origin, ...(toolchain === undefined ? {} : { toolchain }) });
}

/** Whether the index has these very bytes under these very names. Portage's index knows SHA-1. */
async function isAllListed(probe: Probe, binhost: BinhostLocation, files: readonly FetchedPackage[]): Promise<boolean> {
  const text = await readPublishedIndex(probe, binhost);
  if (text === undefined) return false;
  const listed = new Set(parseIndex(text).packages.map((stanza) => `${stanza.get('CPV')} ${stanza.get('SHA1')}`));
  for (const { cpv, staged } of files) {
    const bytes = await readFile(staged).catch(() => undefined);
    if (!bytes || !listed.has(`${cpv} ${createHash('sha1').update(bytes).digest('hex')}`)) return false;
  }
  return true;
}

/** For runs that wait for it: where the package is, whether clients see it yet or not. */
async function recordResult(remote: Remote, claim: string, files: readonly FetchedPackage[], done: PublishResult): Promise<void> {
  for (const { cpv, size, sha256 } of files) {
    const found = [...done.published, ...done.held].find((one) => one.cpv === cpv);
    if (found === undefined) continue;
    await recordPublished(remote, claim, {
      cpv,
      path: found.path,
      size,
      sha256,
      at: new Date().toISOString(),
      generation: done.generation,
    });
  }
}
