import { SwarmError } from '../../core/error/swarm-error.ts';
import type { HostName } from '../../core/inventory/host-name.ts';
import type { Target } from '../../core/inventory/target.ts';
import type { Probe } from '../../core/module.ts';
import { reachHost } from '../reach-host.ts';
import { readFingerprint } from './fingerprint.ts';
import { type BuildBasis, type ExaminedDrone, selectFittingDrones, type UnfitDrone } from './fitting-drones.ts';
import type { TargetConfig } from './target-folder.ts';

/** Asks every drone of a target at once what it would build with. Throws SW6020 where none fits. */
export async function examineDrones(
  probe: Probe,
  target: Target,
  { config, among }: { readonly config: TargetConfig | null; readonly among: readonly string[] },
): Promise<{ readonly fitting: readonly HostName[]; readonly unfit: readonly UnfitDrone[]; readonly basis: BuildBasis }> {
  const names = listCandidates(probe, target, among);
  const unfit: UnfitDrone[] = [];
  const asked = names.map(async (host): Promise<readonly ExaminedDrone[]> => {
    try {
      return [{ host, fingerprint: await readFingerprint(await reachHost(probe, host), target, config) }];
    } catch (thrown) {
      if (!(thrown instanceof SwarmError) || probe.signal.aborted) throw thrown;
      unfit.push({ host, target: target.name, because: thrown.message, fix: thrown.hint ?? `Run: swarm hosts verify ${host}` });
      return [];
    }
  });
  const examined = (await Promise.all(asked)).flat();
  const selection = selectFittingDrones(target, examined, Date.now() / 1000);
  const all = [...unfit, ...selection.unfit];
  const fitting = selection.fitting.map(({ host }) => host);
  probe.emit({
    type: 'target.examined',
    ...{ target: target.name, fitting },
    unfit: all.map(({ host, because, fix }) => ({ drone: host, because, fix })),
  });
  if (selection.basis !== undefined && fitting.length > 0) return { fitting, unfit: all, basis: selection.basis };
  throw new SwarmError('SW6020', `no drone fits target ${target.name}`, {
    hint: all[0]?.fix ?? `Name its drones: targets: { ${target.name}: { drones: PATTERN } }`,
    detail: all.map(({ host, because, fix }) => `${host}: ${because}. ${fix}`).join('\n') || undefined,
  });
}

/** The drones of the target that the run may use. Where the inventory has no drones, those of the play. */
function listCandidates({ host }: Probe, { hosts }: Target, among: readonly string[]): readonly HostName[] {
  if (hosts.length > 0) return hosts.filter((name) => among.length === 0 || among.includes(name));
  return among.length > 0 ? (among as readonly HostName[]) : [host.name];
}
