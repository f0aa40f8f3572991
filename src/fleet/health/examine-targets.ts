import { readFingerprint } from '../../builds/target/fingerprint.ts';
import { type ExaminedDrone, selectFittingDrones, type UnfitDrone } from '../../builds/target/fitting-drones.ts';
import { readTargetFolder } from '../../builds/target/target-folder.ts';
import type { Connection } from '../../core/connection.ts';
import { toErrorJson } from '../../core/error/convert-error.ts';
import type { Host } from '../../core/inventory/host.ts';
import type { Inventory } from '../../core/inventory/inventory.ts';
import type { Target } from '../../core/inventory/target.ts';
import type { ExaminedTarget } from '../../core/run-state.ts';
import { type HealthFinding, makeFinding } from './health-finding.ts';

/** What one drone answered for one target. */
export type TargetAnswer = { readonly target: string } & ({ readonly drone: ExaminedDrone } | { readonly unfit: UnfitDrone });

/** What an error of a drone that could not be asked is about, by its code. */
const TOPICS: Readonly<Record<string, UnfitDrone['about']>> = { SW6008: 'disk', SW6018: 'tool' };

/** Asks a host what it would build each of its targets with. */
export async function askForTargets(
  connection: Connection,
  host: Host,
  { targets }: Inventory,
  signal: AbortSignal,
): Promise<readonly TargetAnswer[]> {
  const shell = connection.withBecome(host.login.become);
  const query: Parameters<typeof readFingerprint>[0]['query'] = (command) => shell.exec(command, signal);
  const asked = targets
    .filter(({ hosts }) => hosts.includes(host.name))
    .map(async (target): Promise<TargetAnswer> => {
      try {
        const config = await readTargetFolder(target);
        return { target: target.name, drone: { host: host.name, fingerprint: await readFingerprint({ query }, target, config) } };
      } catch (thrown) {
        const { code, message, hint = 'Run: swarm check' } = toErrorJson(thrown);
        return { target: target.name, unfit: { host: host.name, target: target.name, because: message, fix: hint, about: TOPICS[code] } };
      }
    });
  return Promise.all(asked);
}

/** Which drones fit a target, and what of the others the reason is about. */
export interface JudgedTarget extends ExaminedTarget {
  readonly unfit: readonly (ExaminedTarget['unfit'][number] & Pick<UnfitDrone, 'about'>)[];
}

/** Which of the drones that answered fit each target. Targets of which no drone answered are left out. */
export function judgeTargets(
  targets: readonly Target[],
  answers: readonly TargetAnswer[],
  now: number,
): Readonly<Record<string, JudgedTarget>> {
  const judged = targets.flatMap((target) => {
    const own = answers.filter((answer) => answer.target === target.name);
    if (own.length === 0) return [];
    const { fitting, unfit } = selectFittingDrones(
      target,
      own.flatMap((answer) => ('drone' in answer ? [answer.drone] : [])),
      now / 1000,
    );
    const all = [...own.flatMap((answer) => ('unfit' in answer ? [answer.unfit] : [])), ...unfit];
    return [[target.name, describeTarget(fitting, all, now)] as const];
  });
  return Object.fromEntries(judged);
}

const describeTarget = (fitting: readonly ExaminedDrone[], unfit: readonly UnfitDrone[], now: number): JudgedTarget => ({
  at: new Date(now).toISOString(),
  fitting: fitting.map(({ host }) => host),
  unfit: unfit.map(({ host, because, fix, about }) => ({ drone: host, because, fix, ...(about === undefined ? {} : { about }) })),
});

/** Each drone that gets nothing of a target, with the reason and the fix. A reason that a finding of its host has is left out. */
export function targetFindings(
  targets: Readonly<Record<string, JudgedTarget>>,
  hostFindings: readonly HealthFinding[] = [],
): readonly HealthFinding[] {
  return Object.entries(targets).flatMap(([target, { unfit }]) =>
    unfit
      .filter(({ drone, about }) => !hostFindings.some((each) => each.name === drone && each.about === about))
      .map(({ drone, because, fix }) => makeFinding({ name: drone }, 'bad', 'target', `unfit for target ${target}: ${because}`, fix)),
  );
}

/** The drones that do not fit a target because of their Gentoo repository. */
export const dronesWithOtherTree = (targets: Readonly<Record<string, JudgedTarget>>): ReadonlySet<string> =>
  new Set(Object.values(targets).flatMap(({ unfit }) => unfit.flatMap(({ drone, about }) => (about === 'tree' ? [drone] : []))));

/** The targets that build on the drones' own system, with what that lacks. None for a project without targets. */
export function rootFindings(targets: readonly Target[]): readonly HealthFinding[] {
  return targets
    .filter(({ at, root }) => at !== undefined && root === undefined)
    .map(({ name }) =>
      makeFinding(
        { name: 'inventory' },
        'warn',
        'target',
        `target ${name} builds on the drones' own system: its builds find what others installed there, and can change it`,
        `For a clean root, add to the target: root: /var/lib/swarm/roots/${name}`,
      ),
    );
}
