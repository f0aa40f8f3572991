import type { AnyModule } from '../../src/core/module.ts';
import { moduleSource } from '../../src/engine/module-source.ts';

/** The modules of swarm by name, as convert gets them. */
export async function loadInstalledModules(): Promise<ReadonlyMap<string, AnyModule>> {
  const source = moduleSource();
  const all = await Promise.all(source.names.map(async (name) => [name, await source.load(name)] as const));
  return new Map(all.flatMap(([name, module]) => (module === undefined ? [] : [[name, module] as const])));
}
