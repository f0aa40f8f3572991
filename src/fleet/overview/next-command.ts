import { isCommandRun, mayBeResumed } from '../../core/can-resume.ts';
import { UNREACHABLE_EXIT } from '../../core/exit/exit-code.ts';
import { isBlocked } from '../../core/inventory/block.ts';
import type { Host } from '../../core/inventory/host.ts';
import { DEFAULT_DRONES, formatTargetOption, type Target } from '../../core/inventory/target.ts';
import { mayStillRun, type RunSummary } from '../../journal/runs/run-list.ts';

/** A host and its state, as `swarm status` shows it. */
export interface HostSummary {
  readonly name: string;
  readonly status: string;
  readonly changedTrees?: readonly { readonly playbook: string }[];
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
  const failures = findFailures(runs);
  const failed = failures.find(({ exit }) => exit !== UNREACHABLE_EXIT);
  const [missed] = failures;
  const running = runs.find(({ status }) => status === 'running');
  const open = runs.find((run) => isOpen(run) && run.status !== 'elsewhere');
  const elsewhere = runs.find(({ status }) => status === 'elsewhere');
  const untrusted = all.filter((host) => host.identity === undefined && host.routes[0].kind !== 'here');
  const misdirectedHost = hosts.find(({ status }) => status === 'misdirected');
  const unreachable = hosts.filter(({ status }) => status === 'unreachable').map(({ name }) => name);
  const unfit = hosts.find(({ status }) => status === 'unfit');
  const changed = hosts.find(({ changedTrees = [] }) => changedTrees.length > 0);
  const expiredBlock = all.find((host) => host.block !== undefined && !isBlocked(host, now));
  if (hosts.length === 0) return 'write your hosts into inventory/swarm.yml, or run swarm hosts discover';
  if (running !== undefined) return `swarm runs watch ${running.run}`;
  if (open !== undefined) return `swarm runs resume ${open.run}`;
  if (elsewhere !== undefined) return `swarm runs watch ${elsewhere.run}`;
  if (untrusted[0] !== undefined) return untrusted.length > 1 ? 'swarm hosts trust' : `swarm hosts trust ${untrusted[0].name}`; // jump hosts first
  if (misdirectedHost !== undefined) return `swarm hosts verify ${misdirectedHost.name}`;
  if (failed !== undefined) return `swarm runs logs ${failed.run} --errors`;
  if (unreachable.length > 0) return `swarm hosts verify ${unreachable.join(',')}`;
  if (missed !== undefined) return isCommandRun(missed) ? `swarm runs logs ${missed.run} --errors` : `swarm runs resume ${missed.run}`; // its hosts answer again
  if (unfit !== undefined) return 'swarm doctor';
  if (changed !== undefined) return suggestComparison(changed);
  if (expiredBlock !== undefined) return `swarm hosts unblock ${expiredBlock.name}`;
  const builds = all.some(({ groups }) => groups.includes(DEFAULT_DRONES)); // a project without drones builds nothing
  return binhost.status === 'empty' && builds ? suggestBuild(targets) : 'nothing to do';
}

/** A push undoes the changes, so it is proposed to look at them first. */
function suggestComparison({ name, changedTrees: [first] = [] }: HostSummary): string {
  return `${formatPushCommand(first?.playbook ?? 'push')} --check --limit ${name}`;
}

/** The command that runs a playbook which pushes: that of the project, or one of its own. */
export const formatPushCommand = (playbook: string): string => (playbook === 'push' ? 'swarm push' : `swarm run ${playbook}`);

/** The playbooks of which the last run failed, each by that run: a push that was well says nothing of a build. A command counts only as the
 *  last run of all, because its failure was seen where it was typed. */
function findFailures(runs: readonly RunSummary[]): readonly RunSummary[] {
  const real = runs.filter(({ check }) => !check);
  return real.filter((run, at) => {
    const isLast = isCommandRun(run) ? at === 0 : !real.slice(0, at).some(({ playbook }) => playbook === run.playbook);
    return isLast && run.status === 'failed';
  });
}

/** Without a package, `swarm run build` takes what the target names. Which packages a project without lists wants, nobody can know. */
function suggestBuild(targets: readonly NamedTarget[]): string {
  const target = targets.find(({ packages }) => packages.length > 0);
  return target === undefined ? 'swarm run build --help' : `swarm run build${formatTargetOption(target.name)}`;
}

/** Work that goes on, or that `swarm runs resume` can finish. What another machine runs may go on. */
export const isOpen = (run: Pick<RunSummary, 'check' | 'playbook' | 'status'>): boolean =>
  mayStillRun(run) || (run.status === 'interrupted' && mayBeResumed(run));
