import { answerWhy, type PackageOrigin } from '../../builds/client/answer-why.ts';
import { selectClients } from '../../builds/client/client-wishes.ts';
import type { WhyAnswer } from '../../builds/client/why-answer.ts';
import { SwarmError } from '../../core/error/swarm-error.ts';
import { isBlocked } from '../../core/inventory/block.ts';
import type { HostName } from '../../core/inventory/host-name.ts';
import type { Inventory } from '../../core/inventory/inventory.ts';
import type { Target } from '../../core/inventory/target.ts';
import type { Probe } from '../../core/module.ts';
import { requireTarget } from '../../core/unknown-name.ts';
import { parseAtom } from '../../gentoo/atom/atom.ts';
import { openReadingProbe } from '../connection/reading-probe.ts';
import type { Project } from '../project/project.ts';
import { listOpenBuilds } from './open-builds.ts';

/** A package that is asked about. */
export interface AskedPackage {
  readonly atom: string;
  /** Category and name. */
  readonly name: string;
}

/** Which targets and which client are asked about. */
export interface WhyScope {
  readonly target?: string;
  readonly for?: string;
}

/** The answers, and the errors of hosts that gave none. */
export interface WhyResult {
  readonly answers: readonly WhyAnswer[];
  readonly failed: readonly SwarmError[];
}

/** Asks the runs that go on about a package, and the drones, the binhost and the client of each target. Throws SW1203 for an unknown target
 *  or client. */
export async function askWhy(project: Project, { atom, name }: AskedPackage, scope: WhyScope, signal: AbortSignal): Promise<WhyResult> {
  const targets = selectWhyTargets(project.inventory, scope);
  await using reading = openReadingProbe(project, signal);
  const answers: WhyAnswer[] = [];
  const failed: SwarmError[] = [];
  for (const each of targets) {
    const target = withUsableDrones(each, project.inventory, Date.now());
    const findOrigin = (path: string) => readOrigin(reading.probe, target, path);
    const client = scope.for === undefined ? {} : { client: scope.for as HostName };
    const open = listOpenBuilds(project.runsDir, { target: target.name, name }, Date.now());
    const found = await answerWhy(reading.probe, { atom, name, target, isOpen: open.length > 0, ...client, findOrigin });
    answers.push(...open, ...found.answers);
    failed.push(...found.failed);
  }
  return { answers, failed };
}

/** Category and name. Throws SW1201 for what is not one package. */
export function readPackageName(text: string): string {
  const atom = parseAtom(text);
  if (atom.kind !== 'set' && atom.blocks === undefined) return `${atom.category}/${atom.name}`;
  throw new SwarmError('SW1201', `${text} is not one package`, { hint: 'Name one package, for example: swarm why app-misc/jq' });
}

/** The target that is named, or that of the client, or all. Throws SW1203. */
export function selectWhyTargets(inventory: Inventory, scope: WhyScope): readonly Target[] {
  const { targets } = inventory;
  const named = scope.target === undefined ? targets : [requireTarget(targets, scope.target)];
  return scope.for === undefined ? named : [...selectClients(named, [scope.for], inventory).keys()];
}

/** The target with the drones that may work today. Throws SW1204 where it has none. */
export function withUsableDrones(target: Target, { hosts }: Inventory, now: number): Target {
  const usable = target.hosts.filter((name) => !hosts.some((host) => host.name === name && isBlocked(host, now)));
  if (usable.length > 0) return { ...target, hosts: usable };
  const [blocked] = target.hosts;
  throw new SwarmError('SW1204', `target ${target.name} has no drone${blocked === undefined ? '' : ' that is not blocked'}`, {
    hint:
      blocked === undefined
        ? 'Write the drones into inventory/swarm.yml, or run: swarm hosts discover'
        : `To use a host again, run: swarm hosts unblock ${blocked}`,
  });
}

/** What swarm stored about a published file: provenance. */
async function readOrigin(probe: Probe, { binhost }: Target, path: string): Promise<PackageOrigin | undefined> {
  const reader = binhost.host === undefined ? probe : await probe.onHost(binhost.host);
  const bytes = await reader.read(`${binhost.path}/.swarm/provenance/${path}.json`);
  if (bytes === undefined) return undefined;
  const { host, run } = JSON.parse(new TextDecoder().decode(bytes)) as PackageOrigin;
  return { host, run };
}
