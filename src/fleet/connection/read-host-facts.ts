import type { Host } from '../../core/inventory/host.ts';
import type { Vars } from '../../core/json-value.ts';
import { readProgram } from '../../core/program/package-root.ts';
import { parseFacts } from '../../remote/facts/parse-facts.ts';
import { LOCAL_FACT_SECONDS, LOCAL_FACTS_FOLDER, parseLocalFacts } from '../../remote/facts/parse-local-facts.ts';
import type { Project } from '../project/project.ts';
import { openReadingProbe } from './reading-probe.ts';

/** Connects to a host and asks it for all facts now. Throws where no route leads to it, or where it is not trusted. */
export async function readHostFacts(project: Project, host: Host, signal: AbortSignal): Promise<Vars> {
  await using reading = openReadingProbe(project, signal);
  const { facts, query } = await reading.probe.onHost(host.name);
  const { stdout } = await query({ argv: ['/bin/sh', '-c', readProgram('src/remote/facts/facts.sh')], timeoutMs: 60_000 });
  const argv = [
    '/bin/sh',
    '-c',
    readProgram('src/remote/facts/local-facts.sh'),
    'sh',
    LOCAL_FACTS_FOLDER,
    String(LOCAL_FACT_SECONDS),
  ] as const;
  const local = parseLocalFacts((await query({ argv, timeoutMs: 60_000 })).stdout);
  return { ...facts, ...parseFacts(stdout), local: local.facts };
}
