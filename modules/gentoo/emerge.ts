import { openBinhostStore } from '../../src/builds/binhost-access.ts';
import { type BuiltPackage, findBuiltPackage } from '../../src/builds/built-package.ts';
import { claimFile } from '../../src/builds/claim/build-claim.ts';
import { buildOnce, type ClaimedPackage } from '../../src/builds/claim/build-once.ts';
import { type JobHeader, makeEmergeCommand } from '../../src/builds/emerge-job.ts';
import { followBuild } from '../../src/builds/follow-build.ts';
import { findTarget, planItemSchema, type QueuedPackage } from '../../src/builds/plan/plan-item.ts';
import { makeProjectKey } from '../../src/builds/project-key.ts';
import { ROOT_REFUSED, rootError } from '../../src/builds/root/run-in-root.ts';
import { readPlannedFolder, type TargetConfig } from '../../src/builds/target/target-folder.ts';
import { parseAtom } from '../../src/gentoo/atom/atom.ts';
import { serveBinhost } from '../../src/gentoo/binhost/serve/serve-binhost.ts';
import { explainEmergeFailure } from '../../src/gentoo/build-log/emerge-failure.ts';
import { type Command, defineModule, type Remote, requireProgram, SwarmError, type Target, z } from '../../src/index.ts';

const builtPackageSchema = z.strictObject({
  cpv: z.string(),
  path: z.string().describe('Path on the host'),
  size: z.int(),
  sha256: z.string(),
  buildId: z.int(),
  buildTime: z.int().describe('Unix seconds'),
  host: z.string(),
  job: z.string().describe('The job that built it'),
  target: z.string().exactOptional().describe('Where the project has several'),
  toolchain: z.record(z.string(), z.string()).exactOptional().describe('The versions of glibc and gcc that it was built with'),
});

export default defineModule({
  summary: 'Build one package from source, as a job that continues when the connection breaks',
  args: z.strictObject({
    atom: z.string().min(1).describe('One package: "=app-misc/hello-1.0:0"'),
    item: planItemSchema.optional().describe('Its item of emerge_plan: "{{ item }}". Without it, emerge decides by what the host has'),
    options: z
      .array(z.string().regex(/^--?[A-Za-z]/, 'must be an option of emerge'))
      .default([])
      .describe('More options for emerge'),
    keep_failed: z.boolean().default(false).describe('Keep the work folder of a failed build'),
  }),
  returns: z.strictObject({
    binpkgs: z
      .array(builtPackageSchema)
      .describe('The built package, for binpkg_fetch; empty in a check, and where another run has published it'),
  }),
  freeForm: 'atom',
  example: `emerge:
  atom: "=app-misc/hello-1.0:0"
  options: ["--with-bdeps=y"]
`,
  async *run(probe, { atom, item, options, keep_failed: keepFailed }) {
    const target = findTarget(probe, item?.target);
    const wanted = {
      ...parseWanted(atom),
      ...{ project: makeProjectKey(probe.paths.project), target },
      config: await readPlannedFolder(target, item),
      keepFailed,
      ...(item === undefined ? {} : { item }),
    };
    if (target.root === undefined) await requireProgram(probe, ['emerge'], `emerge ${atom}`);
    let built: ClaimedPackage | undefined;
    yield {
      verb: 'run',
      unknownInCheck: 'result',
      subject: `emerge ${atom}`,
      apply: async (remote) => {
        const build = (on: Remote, job: string): Promise<BuiltPackage> => buildPackage(on, job, wanted, options);
        built =
          item === undefined
            ? { ...(await build(remote, remote.jobId)), job: remote.jobId }
            : await buildOnce(remote, claimFile(remote.paths.project, item), item.id, build);
      },
    };
    // With the job's name: what it left on the host goes once its package is published.
    return {
      binpkgs: built === undefined ? [] : [{ ...built, ...(probe.paths.targets.length > 1 ? { target: target.name } : {}) }],
    };
  },
});

interface WantedPackage {
  readonly project: string;
  readonly target: Target;
  readonly config: TargetConfig | null;
  readonly keepFailed: boolean;
  readonly item?: QueuedPackage;
  readonly atom: string;
  /** Category and name. */
  readonly name: string;
  /** What must come from source; with its slot, as another slot may be what it is built with. */
  readonly source: string;
  readonly cpv?: string;
}

function parseWanted(text: string): Omit<WantedPackage, 'project' | 'target' | 'config' | 'keepFailed'> {
  const atom = parseAtom(text);
  if (atom.kind === 'set' || atom.blocks !== undefined) {
    throw new SwarmError('SW1201', `${text} is not one package`, {
      hint: 'Name one package. For a set use emerge_plan, which lists its packages.',
    });
  }
  const name = `${atom.category}/${atom.name}`;
  return {
    atom: text,
    name,
    source: atom.slot === undefined ? name : `${name}:${atom.slot}`,
    ...(atom.operator === '=' && !atom.prefix ? { cpv: `${name}-${atom.version}` } : {}),
  };
}

function makeJob(
  { atom, source, project, target, config, keepFailed, item }: WantedPackage,
  port: number,
  options: readonly string[],
): Command {
  const dependencies = item === undefined ? {} : { dependencies: item.dependencies };
  const where = { project, target: target.name, root: target.root, chost: item?.flags['CHOST'] };
  return makeEmergeCommand({ atom, source, ...where, port, options, config, keepFailed, ...dependencies });
}

/** Starts the job or attaches to it, follows it to its end, finds what it made. */
async function buildPackage(remote: Remote, id: string, wanted: WantedPackage, options: readonly string[]): Promise<BuiltPackage> {
  const { state } = await remote.jobs.status(id);
  if (state === 'exited' || state === 'died') return followJob(remote, id, wanted, makeJob(wanted, 0, options));
  await using server = await serveBinhost(await openBinhostStore(remote, wanted.target.binhost), { to: 'drones' });
  if (state === 'absent') {
    await using tunnel = await remote.expose(server.port);
    return await followJob(remote, id, wanted, makeJob(wanted, tunnel.port, options));
  }
  // A job that runs already looks for the binhost at the port that it was started with, which its first line tells.
  let tunnel: Promise<AsyncDisposable | undefined> = Promise.resolve(undefined);
  const reopenTunnel = ({ port }: JobHeader): void => {
    tunnel = remote.expose(server.port, port).catch((error: Error) => {
      remote.emit({ type: 'task.output', stream: 'stderr', lines: [`>>> swarm: no tunnel at port ${port}: ${error.message}`] });
      return undefined;
    });
  };
  try {
    return await followJob(remote, id, wanted, makeJob(wanted, 0, options), reopenTunnel);
  } finally {
    await (await tunnel)?.[Symbol.asyncDispose]();
  }
}

/** `start` attaches where the job is there, and its command then counts for nothing. */
async function followJob(
  remote: Remote,
  id: string,
  wanted: WantedPackage,
  command: Command,
  onHeader: (opening: JobHeader) => void = () => {},
): Promise<BuiltPackage> {
  await remote.jobs.start(id, command);
  const log = await followBuild(remote, id, onHeader);
  const status = await remote.jobs.status(id);
  if (status.state !== 'exited') {
    const why = status.state === 'died' && status.rebooted ? 'the machine rebooted during it' : 'it was killed, or memory ran out';
    throw new SwarmError('SW6010', `the build of ${wanted.atom} ended without a result: ${why}`, {
      detail: log.lines.slice(-20).join('\n'),
    });
  }
  if (status.exit !== 0) {
    await remote.jobs.forget(id); // all that it printed was reported
    if (wanted.target.root !== undefined && status.exit === ROOT_REFUSED) throw rootError(log.lines);
    if (status.exit === DIFFERS_FROM_PLAN) throw planDifferenceError(wanted, log.lines);
    const { code, message, hint, detail } = explainEmergeFailure(status.exit, log.lines, '');
    throw new SwarmError(code, message, { hint, detail });
  }
  if (log.header === undefined) throw new SwarmError('SW6012', `the job of ${wanted.atom} printed no first line`, { detail: log.lines[0] });
  const found = await findBuiltPackage(remote, wanted, log.header);
  return log.toolchain === undefined ? found : { ...found, toolchain: log.toolchain };
}

/** Exit status of build-package.sh and compare-dependencies.py. */
const DIFFERS_FROM_PLAN = 76;

function planDifferenceError({ atom }: WantedPackage, lines: readonly string[]): SwarmError {
  const said = lines.findLast((line) => line.startsWith('>>> swarm: '))?.slice('>>> swarm: '.length);
  return new SwarmError('SW6019', `${atom} cannot be built as planned${said === undefined ? '' : `: ${said}`}`, {
    hint: 'Compare the drones: swarm doctor',
    detail: lines.slice(-10).join('\n'),
  });
}
