import { z } from 'zod';
import { makePythonCommand } from '../../builds/python-program.ts';
import { findOlderParts } from '../../builds/target/compare-toolchains.ts';
import { selectFittingDrones } from '../../builds/target/fitting-drones.ts';
import type { Connection } from '../../core/connection.ts';
import type { Host } from '../../core/inventory/host.ts';
import type { Target } from '../../core/inventory/target.ts';
import { readProgram } from '../../core/program/package-root.ts';
import { parseJsonOutput } from '../../gentoo/plan/dependency-graph.ts';
import type { TargetAnswer } from './examine-targets.ts';
import { type HealthFinding, makeFinding } from './health-finding.ts';

const toolchainSchema = z.record(z.string(), z.string());

/** The versions of glibc and gcc that a client has. */
export interface ClientToolchain {
  readonly client: string;
  readonly toolchain: Readonly<Record<string, string>>;
}

/** Asks a host that is a client of a target. None where it is no client, or has no Portage. */
export async function askClient(
  connection: Connection,
  host: Host,
  targets: readonly Target[],
  signal: AbortSignal,
): Promise<readonly ClientToolchain[]> {
  if (!targets.some(({ clients }) => clients.includes(host.name))) return [];
  const ask = 'import json, portage\nprint(json.dumps(toolchain_of(portage.db)))';
  const command = makePythonCommand([readProgram('src/builds/client/client-toolchain.py'), ask], [], 10 * 60_000);
  const { stdout } = await connection.withBecome(host.login.become).exec(command, signal);
  const parsed = toolchainSchema.safeParse(parseJsonOutput(stdout));
  return parsed.success ? [{ client: host.name, toolchain: parsed.data }] : [];
}

/** Clients that have an older glibc or gcc than the drones which build for them. `now` is in Unix milliseconds. */
export function clientFindings(
  targets: readonly Target[],
  { answers, clients }: { readonly answers: readonly TargetAnswer[]; readonly clients: readonly ClientToolchain[] },
  now: number,
): readonly HealthFinding[] {
  return targets.flatMap((target) => {
    const drones = answers.flatMap((answer) => (answer.target === target.name && 'drone' in answer ? [answer.drone] : []));
    const { toolchain = {} } = selectFittingDrones(target, drones, now / 1000).basis ?? {};
    return clients
      .filter(({ client }) => (target.clients as readonly string[]).includes(client))
      .flatMap(({ client, toolchain: own }) =>
        findOlderParts(own, toolchain).map((part) => {
          const text = `its ${part.name} is ${part.own}, and the drones of target ${target.name} compile with ${part.theirs}: ${part.effect}`;
          return makeFinding({ name: client }, 'warn', 'target', text, `Update ${part.atom} on it.`);
        }),
      );
  });
}
