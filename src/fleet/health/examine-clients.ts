import { z } from 'zod';
import { makePythonCommand } from '../../builds/python-program.ts';
import { findOlderParts } from '../../builds/target/compare-toolchains.ts';
import { findMarch, findMissingCpuFlags } from '../../builds/target/cpu-levels.ts';
import { selectFittingDrones } from '../../builds/target/fitting-drones.ts';
import type { Connection } from '../../core/connection.ts';
import type { Host } from '../../core/inventory/host.ts';
import type { Target } from '../../core/inventory/target.ts';
import { readProgram } from '../../core/program/package-root.ts';
import { parseJsonOutput } from '../../gentoo/plan/dependency-graph.ts';
import type { TargetAnswer } from './examine-targets.ts';
import { type HealthFinding, makeFinding } from './health-finding.ts';

const answerSchema = z.object({ toolchain: z.record(z.string(), z.string()), cpuFlags: z.array(z.string()) });

/** What decides which packages run on a client. */
export interface ClientMachine extends z.output<typeof answerSchema> {
  readonly client: string;
}

/** Asks a host that is a client of a target. None where it is no client, or has no Portage. */
export async function askClient(
  connection: Connection,
  host: Host,
  targets: readonly Target[],
  signal: AbortSignal,
): Promise<readonly ClientMachine[]> {
  if (!targets.some(({ clients }) => clients.includes(host.name))) return [];
  const parts = ['client/client-toolchain.py', 'target/cpu-flags.py'].map((name) => readProgram(`src/builds/${name}`));
  const ask = 'import json, portage\nprint(json.dumps({"toolchain": toolchain_of(portage.db), "cpuFlags": read_cpu_flags()}))';
  const command = makePythonCommand([...parts, ask], [], 10 * 60_000);
  const { stdout } = await connection.withBecome(host.login.become).exec(command, signal);
  const parsed = answerSchema.safeParse(parseJsonOutput(stdout));
  return parsed.success ? [{ client: host.name, ...parsed.data }] : [];
}

/** Clients that have an older glibc, gcc or processor than the drones build for. `now` is in Unix milliseconds. */
export function clientFindings(
  targets: readonly Target[],
  { answers, clients }: { readonly answers: readonly TargetAnswer[]; readonly clients: readonly ClientMachine[] },
  now: number,
): readonly HealthFinding[] {
  return targets.flatMap((target) => {
    const drones = answers.flatMap((answer) => (answer.target === target.name && 'drone' in answer ? [answer.drone] : []));
    const { toolchain = {}, settings = {} } = selectFittingDrones(target, drones, now / 1000).basis ?? {};
    const march = findMarch(settings['CFLAGS'] ?? '');
    return clients
      .filter(({ client }) => (target.clients as readonly string[]).includes(client))
      .flatMap(({ client, toolchain: own, cpuFlags }) => [
        ...findOlderParts(own, toolchain).map((part) => {
          const text = `its ${part.name} is ${part.own}, and the drones of target ${target.name} compile with ${part.theirs}: ${part.effect}`;
          return makeFinding({ name: client }, 'warn', 'target', text, `Update ${part.atom} on it.`);
        }),
        ...processorFindings(client, target, march, findMissingCpuFlags(march, cpuFlags)),
      ]);
  });
}

function processorFindings(client: string, target: Target, march: string | undefined, lacks: readonly string[]): readonly HealthFinding[] {
  if (lacks.length === 0) return [];
  const text = `its processor lacks ${lacks.join(' ')}, and target ${target.name} is built for ${march}: its programs do not start there`;
  return [makeFinding({ name: client }, 'bad', 'target', text, 'Make it a client of a target with another -march.')];
}
