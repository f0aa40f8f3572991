import { isCommandRun } from '../../core/can-resume.ts';
import { isBlocked } from '../../core/inventory/block.ts';
import type { Host } from '../../core/inventory/host.ts';
import { DEFAULT_DRONES, formatTargetOption, type Target } from '../../core/inventory/target.ts';
import type { RunSummary } from '../../journal/runs/run-list.ts';

/** A host and its state, as `swarm status` shows it. */
export interface HostSummary {
  readonly name: string;
  readonly status: string;
}

type NamedTarget = Pick<Target, 'name' | 'packages'>;

/** The one command to type next, the most urgent first: what runs, what was cut off, what cannot be used, what failed. */
export function suggestNextCommand(
  all: readonly Host[],
  hosts: readonly HostSummary[],
  runs: readonly RunSummary[],
  binhost: { readonly status: string },
  targets: readonly NamedTarget[],
  now: number,
): string {
  const last = runs.find(({ check }) => !check);
  const running = runs.find(({ status }) => status === 'running');
  const open = runs.find(isOpen);
  const untrusted = all.filter((host) => host.identity === undefined && host.routes[0].kind !== 'here');
  const misdirectedHost = hosts.find(({ status }) => status === 'misdirected');
  const expiredBlock = all.find((host) => host.block !== undefined && !isBlocked(host, now));
  if (hosts.length === 0) return 'write your hosts into inventory/swarm.yml, or run swarm hosts discover';
  if (running !== undefined) return `swarm runs watch ${running.run}`;
  if (open !== undefined) return `swarm runs resume ${open.run}`;
  if (untrusted[0] !== undefined) return untrusted.length > 1 ? 'swarm hosts trust' : `swarm hosts trust ${untrusted[0].name}`; // jump hosts first
  if (misdirectedHost !== undefined) return `swarm hosts verify ${misdirectedHost.name}`;
  if (last?.status === 'failed') return `swarm runs logs ${last.run} --errors`;
  if (expiredBlock !== undefined) return `swarm hosts unblock ${expiredBlock.name}`;
  const builds = all.some(({ groups }) => groups.includes(DEFAULT_DRONES)); // a project without drones builds nothing
  return binhost.status === 'empty' && builds ? suggestBuild(targets) : 'nothing to do';
}

/** Without a package, `swarm run build` takes what the target names. */
function suggestBuild(targets: readonly NamedTarget[]): string {
  const target = targets.find(({ packages }) => packages.length > 0) ?? targets[0];
  const option = formatTargetOption(target?.name);
  if (target !== undefined && target.packages.length > 0) return `swarm run build${option}`;
  return option === '' ? 'swarm run build app-misc/jq' : `swarm run build CATEGORY/PACKAGE${option}`;
}

/** Work that goes on, or that `swarm runs resume` can finish. */
export const isOpen = (run: Pick<RunSummary, 'check' | 'playbook' | 'status'>): boolean =>
  run.status === 'running' || (run.status === 'interrupted' && !run.check && !isCommandRun(run));
