import { openBinhostStore } from '../src/builds/binhost-access.ts';
import { type BuiltPackage, findBuiltPackage } from '../src/builds/built-package.ts';
import { type JobHeader, makeEmergeCommand } from '../src/builds/emerge-job.ts';
import { followBuild } from '../src/builds/follow-build.ts';
import { parseAtom } from '../src/gentoo/atom/atom.ts';
import { serveBinhost } from '../src/gentoo/binhost/serve-binhost.ts';
import { explainEmergeFailure } from '../src/gentoo/build-log/emerge-failure.ts';
import { type Command, defineModule, type Remote, SwarmError, z } from '../src/index.ts';

const builtPackageSchema = z.strictObject({
  cpv: z.string(),
  path: z.string().describe('Path on the host'),
  size: z.int(),
  sha256: z.string(),
  buildId: z.int(),
  buildTime: z.int().describe('Unix seconds'),
  host: z.string(),
  job: z.string().describe('The job that built it'),
});

export default defineModule({
  summary: 'Build one package from source, as a job that continues when the connection breaks',
  args: z.strictObject({
    atom: z.string().min(1).describe('One package: "=app-misc/hello-1.0:0"'),
    options: z
      .array(z.string().regex(/^--?[A-Za-z]/, 'must be an option of emerge'))
      .default([])
      .describe('More options for emerge'),
  }),
  returns: z.strictObject({
    binpkgs: z.array(builtPackageSchema).describe('The built package, for fetch; empty in a check'),
  }),
  freeForm: 'atom',
  example: `emerge:
  atom: "=app-misc/hello-1.0:0"
  options: ["--with-bdeps=y"]
`,
  async *run(probe, { atom, options }) {
    const wanted = parseTarget(atom);
    let built: BuiltPackage | undefined;
    yield {
      verb: 'run',
      subject: `emerge ${atom}`,
      apply: async (remote) => {
        built = await buildPackage(remote, wanted, options);
      },
    };
    // With the job's name: what it left on the host goes once its package is published.
    return { binpkgs: built === undefined ? [] : [{ ...built, job: probe.jobId }] };
  },
});

interface BuildTarget {
  readonly atom: string;
  /** Category and name. */
  readonly name: string;
  /** What must come from source; with its slot, as another slot may be what it is built with. */
  readonly source: string;
  readonly cpv?: string;
}

function parseTarget(text: string): BuildTarget {
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

/** Starts the job or attaches to it, follows it to its end, finds what it made. */
async function buildPackage(remote: Remote, target: BuildTarget, options: readonly string[]): Promise<BuiltPackage> {
  const id = remote.jobId;
  const { state } = await remote.jobs.status(id);
  if (state === 'exited' || state === 'died') return followJob(remote, target, makeEmergeCommand({ ...target, port: 0, options }));
  await using server = await serveBinhost(await openBinhostStore(remote));
  if (state === 'absent') {
    await using tunnel = await remote.expose(server.port);
    return await followJob(remote, target, makeEmergeCommand({ ...target, port: tunnel.port, options }));
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
    return await followJob(remote, target, makeEmergeCommand({ ...target, port: 0, options }), reopenTunnel);
  } finally {
    await (await tunnel)?.[Symbol.asyncDispose]();
  }
}

/** `start` attaches where the job is there, and its command then counts for nothing. */
async function followJob(
  remote: Remote,
  target: BuildTarget,
  command: Command,
  onHeader: (opening: JobHeader) => void = () => {},
): Promise<BuiltPackage> {
  const id = remote.jobId;
  await remote.jobs.start(id, command);
  const log = await followBuild(remote, id, onHeader);
  const status = await remote.jobs.status(id);
  if (status.state !== 'exited') {
    const why = status.state === 'died' && status.rebooted ? 'the machine rebooted during it' : 'it was killed, or memory ran out';
    throw new SwarmError('SW6010', `the build of ${target.atom} ended without a result: ${why}`, {
      detail: log.lines.slice(-20).join('\n'),
    });
  }
  if (status.exit !== 0) {
    await remote.jobs.forget(id); // all that it said is told
    const { code, message, hint, detail } = explainEmergeFailure(status.exit, log.lines, '');
    throw new SwarmError(code, message, { hint, detail });
  }
  if (log.header === undefined) throw new SwarmError('SW6012', `the job of ${target.atom} printed no first line`, { detail: log.lines[0] });
  return findBuiltPackage(remote, target, log.header.started);
}
