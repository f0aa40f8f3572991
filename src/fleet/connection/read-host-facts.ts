import type { Host } from '../../core/inventory/host.ts';
import type { Vars } from '../../core/json-value.ts';
import { factCommand, readAllFacts } from '../../remote/facts/fact-programs.ts';
import type { Project } from '../project/project.ts';
import { openReadingProbe } from './reading-probe.ts';

/** Connects to a host and asks it for all facts now. Throws where no route leads to it, or where it is not trusted. */
export async function readHostFacts(project: Project, host: Host, signal: AbortSignal): Promise<Vars> {
  await using reading = openReadingProbe(project, signal);
  const { facts, query } = await reading.probe.onHost(host.name);
  const all = await readAllFacts(async (program) => (await query({ argv: factCommand(program), timeoutMs: 60_000 })).stdout);
  return { ...facts, ...all.facts };
}
