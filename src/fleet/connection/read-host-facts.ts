import type { Host } from '../../core/inventory/host.ts';
import type { Vars } from '../../core/json-value.ts';
import { type FactProgram, factCommand, factsProgram, localFactsProgram } from '../../remote/facts/fact-programs.ts';
import { parseFacts } from '../../remote/facts/parse-facts.ts';
import { parseLocalFacts } from '../../remote/facts/parse-local-facts.ts';
import type { Project } from '../project/project.ts';
import { openReadingProbe } from './reading-probe.ts';

/** Connects to a host and asks it for all facts now. Throws where no route leads to it, or where it is not trusted. */
export async function readHostFacts(project: Project, host: Host, signal: AbortSignal): Promise<Vars> {
  await using reading = openReadingProbe(project, signal);
  const { facts, query } = await reading.probe.onHost(host.name);
  const ask = async (program: FactProgram): Promise<string> => (await query({ argv: factCommand(program), timeoutMs: 60_000 })).stdout;
  const probed = parseFacts(await ask(factsProgram()));
  const local = parseLocalFacts(await ask(localFactsProgram()));
  return { ...facts, ...probed, local: local.facts };
}
