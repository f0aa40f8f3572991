import { z } from 'zod';
import type { Command } from '../../core/connection.ts';
import { isDiskFull } from '../../core/error/disk-full.ts';
import { SwarmError } from '../../core/error/swarm-error.ts';
import type { Target } from '../../core/inventory/target.ts';
import type { Probe } from '../../core/module.ts';
import { readProgram } from '../../core/program/package-root.ts';
import { parseJsonOutput } from '../../gentoo/plan/dependency-graph.ts';
import { makePythonCommand } from '../python-program.ts';
import { ROOT_REFUSED, rootError, runInRoot } from '../root/run-in-root.ts';
import { type TargetConfig, targetVariable } from './target-folder.ts';

const repositorySchema = z.object({ revision: z.string(), time: z.number().nullable(), eclasses: z.string() });
const fingerprintSchema = z.object({
  portage: z.string(),
  settings: z.record(z.string(), z.string()),
  /** `glibc` 2.41, `gcc` 14, as far as the host has them. */
  toolchain: z.record(z.string(), z.string()).default({}),
  profile: z.string(),
  repositories: z.record(z.string(), repositorySchema),
  files: z.record(z.string(), z.array(z.string())),
  cpuFlags: z.array(z.string()),
  disk: z.record(z.string(), z.number()),
  memory: z.number().nullable(),
  load: z.number(),
  time: z.number(),
  problems: z.array(z.object({ because: z.string(), fix: z.string() })),
});

/** What packages of a target would be built with on one drone. */
export type Fingerprint = z.output<typeof fingerprintSchema>;
/** A repository as a drone has it. `time`: Unix seconds. `eclasses`: a digest of what is in its folder `eclass`. */
export type RepositoryRevision = z.output<typeof repositorySchema>;

/** The exit code of fingerprint.py where make.conf cannot be read. */
const CONFIG_REFUSED = 3;

/** Asks one host. Throws SW6008 where its disk is full, SW6018 where Portage cannot be loaded, SW6020 where make.conf cannot be read, and what
 *  the connection throws. */
export async function readFingerprint(
  probe: Pick<Probe, 'query'>,
  { root }: Pick<Target, 'root'>,
  config: TargetConfig | null,
): Promise<Fingerprint> {
  const { exit, stdout, stderr } = await probe.query(runInRoot(root, config, 'ask', makeFingerprintCommand(config)));
  if (root !== undefined && exit === ROOT_REFUSED) throw rootError(stderr.split('\n'));
  const parsed = fingerprintSchema.safeParse(parseJsonOutput(stdout));
  if (exit === 0 && parsed.success) return parsed.data;
  if (exit === CONFIG_REFUSED) {
    const [message = '', hint] = stderr.trim().split('\n').slice(-2);
    throw new SwarmError('SW6020', message, { hint });
  }
  const why = stderr.trim().split('\n').at(-1) ?? '';
  const detail = stderr.trim().slice(-2000) || undefined;
  if (isDiskFull(why)) throw new SwarmError('SW6008', `its disk is full: ${why}`, { hint: 'Free space on its disk.', detail });
  const hint = 'Repair python3 and sys-apps/portage on the host.';
  throw new SwarmError('SW6018', `python3 cannot load Portage${why === '' ? '' : `: ${why}`}`, { hint, detail });
}

function makeFingerprintCommand(config: TargetConfig | null): Command {
  const program = [
    targetVariable(config),
    readProgram('src/builds/target/target-config.py'),
    readProgram('src/builds/target/cpu-flags.py'),
    readProgram('src/builds/target/fingerprint.py'),
  ];
  return makePythonCommand(program, [], 10 * 60_000);
}
