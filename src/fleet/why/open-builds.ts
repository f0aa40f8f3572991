import type { WhyAnswer } from '../../builds/client/why-answer.ts';
import type { RunState } from '../../core/run-state.ts';
import { isVersionOf } from '../../gentoo/atom/cpv.ts';
import { readRunState } from '../../journal/read-journal.ts';
import { listRuns, mayStillRun, type RunSummary } from '../../journal/runs/run-list.ts';
import { formatTimeAgo } from '../../report/text/relative-time.ts';

/** What is asked about the runs that go on. */
interface OpenBuildQuestion {
  readonly target: string;
  /** Category and name. */
  readonly name: string;
}

/** The builds of a package for a target that runs have in hand or in their queues. */
export function listOpenBuilds(runsDir: string, question: OpenBuildQuestion, now: number): readonly WhyAnswer[] {
  return listRuns(runsDir)
    .filter((run) => mayStillRun(run) && !run.check)
    .flatMap(({ run, file, orchestrator }) => explainOpenItems({ run, orchestrator }, readRunState(file), question, now));
}

/** The items of one run that are about the package, and have not ended. */
export function explainOpenItems(
  { run, orchestrator }: Pick<RunSummary, 'run'> & { readonly orchestrator?: string | undefined },
  { items, hosts }: Pick<RunState, 'items' | 'hosts'>,
  { target, name }: OpenBuildQuestion,
  now: number,
): readonly WhyAnswer[] {
  return items.values().flatMap((item): readonly WhyAnswer[] => {
    const [cpv = item.id, owner = target] = item.id.split(':').reverse();
    if (!isVersionOf(cpv, name) || owner !== target) return [];
    const question = `Is it being built for ${target}?`;
    const where = orchestrator === undefined ? '' : ` of ${orchestrator}, if that still goes on`;
    const watch = `To follow it, run: swarm runs watch ${run}`;
    if (item.status === 'running') {
      const since = item.startedAt === undefined ? '' : `, ${formatTimeAgo(Date.parse(item.startedAt), now)}`;
      const attempt = item.attempts > 1 ? ` with attempt ${item.attempts}` : '';
      const isLost = item.host !== undefined && hosts.get(item.host)?.phase === 'lost';
      const lost = isLost ? ` The link to ${item.host} is lost: if it will not come back, run: swarm hosts gone ${item.host}.` : '';
      return [{ question, answer: `yes: ${cpv}`, because: `${item.host} began${attempt}${since}, in run ${run}${where}.${lost} ${watch}` }];
    }
    return item.status === 'queued'
      ? [{ question, answer: `not yet: ${cpv}`, because: `it is in the queue of run ${run}${where}. ${watch}` }]
      : [];
  });
}
