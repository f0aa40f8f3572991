import { commonHint } from '../../core/error/common-hint.ts';
import { SwarmError } from '../../core/error/swarm-error.ts';
import type { HostName } from '../../core/inventory/host-name.ts';
import type { Target } from '../../core/inventory/target.ts';
import type { Probe } from '../../core/module.ts';
import { reachHost } from '../reach-host.ts';
import { readFingerprint } from './fingerprint.ts';
import { type BuildBasis, type ExaminedDrone, selectFittingDrones, type UnfitDrone } from './fitting-drones.ts';
import type { TargetConfig } from './target-folder.ts';

/** Asks every drone of a target at once what it would build with. Throws SW6020 where none fits; droneErrors has the reason of each. */
export async function examineDrones(
  probe: Probe,
  target: Target,
  { config, among }: { readonly config: TargetConfig | null; readonly among: readonly string[] },
): Promise<{
  readonly fitting: readonly HostName[];
  readonly unfit: readonly UnfitDrone[];
  readonly basis: BuildBasis;
}> {
  const names = listCandidates(probe, target, among);
  const silent: SwarmError[] = [];
  const asked = names.map(async (host): Promise<readonly ExaminedDrone[]> => {
    try {
      return [{ host, fingerprint: await readFingerprint(await reachHost(probe, host), target, config) }];
    } catch (thrown) {
      if (!(thrown instanceof SwarmError) || probe.signal.aborted) throw thrown;
      const { code, message, detail, hint = `Run: swarm hosts verify ${host}` } = thrown;
      silent.push(new SwarmError(code, message, { host, detail, hint, cause: thrown }));
      return [];
    }
  });
  const examined = (await Promise.all(asked)).flat();
  silent.sort((one, other) => names.indexOf(one.host as HostName) - names.indexOf(other.host as HostName)); // not in that of their answers
  const selection = selectFittingDrones(target, examined, Date.now() / 1000);
  const all = [...silent.map((error) => toUnfitDrone(target, error)), ...selection.unfit];
  const fitting = selection.fitting.map(({ host }) => host);
  probe.emit({
    type: 'target.examined',
    ...{ target: target.name, fitting },
    unfit: all.map(({ host, because, fix }) => ({ drone: host, because, fix })),
  });
  if (selection.basis !== undefined && fitting.length > 0) return { fitting, unfit: all, basis: selection.basis };
  const unfit = selection.unfit.map(({ host, because, fix }) => new SwarmError('SW6020', because, { host, hint: fix }));
  throw new SwarmError('SW6020', `no drone fits target ${target.name}`, {
    hint:
      commonHint(all.map(({ host, fix }) => ({ host, hint: fix }))) ?? `Name its drones: targets: { ${target.name}: { drones: drones } }`,
    detail: all.map(({ host, because, fix }) => `${host}: ${because}. ${fix}`).join('\n') || undefined,
    cause: new AggregateError([...silent, ...unfit]),
  });
}

/** Why each drone is not used, of the error that no drone fits. A drone that gave no answer has the error of its connection. */
export const droneErrors = ({ cause }: SwarmError): readonly SwarmError[] =>
  cause instanceof AggregateError ? (cause.errors as SwarmError[]) : [];

const toUnfitDrone = (target: Target, { host = '', message, hint = '' }: SwarmError): UnfitDrone => ({
  ...{ host, target: target.name, because: message, fix: hint },
});

/** The drones of the target that the run may use. Where the inventory has no drones, those of the play. */
function listCandidates({ host }: Probe, { hosts }: Target, among: readonly string[]): readonly HostName[] {
  if (hosts.length > 0) return hosts.filter((name) => among.length === 0 || among.includes(name));
  return among.length > 0 ? (among as readonly HostName[]) : [host.name];
}
