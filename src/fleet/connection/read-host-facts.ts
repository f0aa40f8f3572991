import type { Host } from '../../core/inventory/host.ts';
import type { Vars } from '../../core/json-value.ts';
import { readFacts } from '../../sdk/host-facts.ts';
import type { Project } from '../project/project.ts';
import { openReadingProbe } from './reading-probe.ts';

/** Connects to a host and asks it for all facts now. Throws where no route leads to it, or where it is not trusted. */
export async function readHostFacts(project: Project, host: Host, signal: AbortSignal): Promise<Vars> {
  await using reading = openReadingProbe(project, signal);
  return await readFacts(await reading.probe.onHost(host.name));
}
