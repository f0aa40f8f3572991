import { z } from 'zod';
import type { Command } from '../../core/connection.ts';
import { SwarmError } from '../../core/error/swarm-error.ts';
import type { Probe } from '../../core/module.ts';
import { readProgram } from '../../core/program/package-root.ts';
import { compareVersions } from '../../core/version/portage-version.ts';
import { parseCpv } from '../../gentoo/atom/cpv.ts';
import { parseJsonOutput, readPlanScript } from '../../gentoo/plan/dependency-graph.ts';
import { EMPTY_INDEX } from '../plan/plan-command.ts';
import { indexVariable, makePythonCommand } from '../python-program.ts';

const binarySchema = z.object({
  cpv: z.string(),
  slot: z.string(),
  /** Why the client masks it: `~amd64 keyword`, `package.mask`, `EULA license(s)`. */
  masks: z.array(z.string()),
  /** Flags that the client has on and the binary off, and the other way round. */
  added: z.array(z.string()),
  removed: z.array(z.string()),
  /** Sub-slots that it was built against and that the client does not have. */
  built_against: z.array(z.string()),
});
const wantedSchema = z.object({
  cpv: z.string(),
  cp: z.string(),
  slot: z.string(),
  sub_slot: z.string(),
  repo: z.string(),
  type: z.enum(['ebuild', 'binary']),
  use: z.array(z.string()),
  iuse: z.array(z.string()),
  /** What is installed in its slot. */
  installed: z.string().nullable(),
  /** What it needs to run. */
  needs: z.array(z.string()),
  binaries: z.array(binarySchema),
});
const answerSchema = z.object({ success: z.boolean(), status: z.int(), packages: z.array(wantedSchema), messages: z.string() });
const slotSchema = z.object({ cpv: z.string(), slot: z.string(), sub_slot: z.string(), repo: z.string(), use: z.array(z.string()) });
const needsSchema = z.object({
  portage: z.string().nullable(),
  /** The address of the target's binhost in the client's own configuration. */
  binhost: z.string().nullable(),
  /** `glibc` 2.41 and the newest `gcc` 14 that are installed, as far as it has them. */
  toolchain: z.record(z.string(), z.string()).default({}),
  /** What its processor can do, in the words of /proc/cpuinfo. Empty: unknown. */
  cpuFlags: z.array(z.string()).default([]),
  want: answerSchema,
  take: answerSchema,
  world: z.array(z.string()),
  installed: z.array(slotSchema),
});

/** A package that a client would merge. As a binary, or as an ebuild where the binhost has none that the client takes. */
export type WantedPackage = z.output<typeof wantedSchema>;
/** A package of the binhost, with what keeps a client from taking it. */
export type RefusedBinary = z.output<typeof binarySchema>;
/** What a client has, what it wants with every package at hand, and what it takes from binaries alone. */
export type ClientNeeds = z.output<typeof needsSchema>;

/** Asks a client's own Portage. `words`: `@world` or one atom. `index`: that of its target's binhost. Throws SW6011. */
export async function readClientNeeds(probe: Probe, index: string | undefined, words: readonly string[]): Promise<ClientNeeds> {
  const { stdout, stderr } = await probe.query(makeNeedsCommand(index ?? EMPTY_INDEX, words));
  const parsed = needsSchema.safeParse(parseJsonOutput(stdout));
  if (parsed.success && parsed.data.portage !== null) return parsed.data;
  const why = parsed.success ? parsed.data.want.messages : stderr;
  throw new SwarmError('SW6011', `${probe.host.name} cannot say what it needs: python3 with Portage's modules is needed`, {
    hint: 'Install Portage 3.0.30 or newer on this host, for the python3 that is first in PATH.',
    detail: why.trim().slice(-2000) || undefined,
  });
}

function makeNeedsCommand(index: string, words: readonly string[]): Command {
  const program = [
    indexVariable(index),
    readProgram('src/builds/client/own-binhost.py'),
    readProgram('src/builds/serve-index.py'),
    "__name__ = 'plan'", // what follows is not to run by itself
    readPlanScript(),
    readProgram('src/builds/client/client-toolchain.py'),
    readProgram('src/builds/target/cpu-flags.py'),
    readProgram('src/builds/client/client-needs.py'),
  ];
  return makePythonCommand(program, words, 30 * 60_000);
}

/** Whether the next update brings a package in this version or a newer one. */
export const updateBrings = ({ take }: Pick<ClientNeeds, 'take'>, atom: string, version: string): boolean =>
  take.packages.some(({ cp, cpv }) => cp === atom && compareVersions(parseCpv(cpv).version, version) >= 0);
