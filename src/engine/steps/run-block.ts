import type { TaskBlock } from '../../core/playbook/step-model.ts';
import type { HostRun } from '../host-run.ts';
import type { PlayRun } from '../play/play-run.ts';
import { inheritSettings, type TaskSettings } from '../task/task-settings.ts';
import { setVariables } from '../variables/set-variables.ts';
import type { StepRunners } from './run-include.ts';
import type { StepsResult } from './steps-result.ts';

type RunSteps = StepRunners['runSteps'];

/** Runs the steps of a block, then those of its `rescue` on the hosts on which they failed, then those of `always`. */
export async function runBlock(
  playRun: PlayRun,
  step: TaskBlock,
  hostRuns: readonly HostRun[],
  outer: TaskSettings,
  runSteps: RunSteps,
): Promise<StepsResult> {
  const settings = { ...inheritSettings(outer, step), tags: [...outer.tags, ...step.tags] };
  const hasRescue = step.rescue.length > 0;
  const blockResult = await runSteps(playRun, step.block, hostRuns, { ...settings, rescued: outer.rescued || hasRescue });
  const tried = isRoleStart(step, outer) ? withHostsThatLeft(playRun, hostRuns, blockResult) : blockResult;
  const { alive, failed } = hasRescue ? await rescue(playRun, step, hostRuns, { tried, settings, runSteps }) : tried;
  if (step.always.length === 0) return { alive, failed };
  const reachable = failed.filter(({ outcome }) => outcome === 'failed').map(({ hostRun }) => hostRun);
  const last = await runSteps(playRun, step.always, inOrder(hostRuns, [...alive, ...reachable]), { ...settings, always: true });
  const failedLast = new Set(last.failed.map(({ hostRun }) => hostRun));
  return {
    alive: alive.filter((hostRun) => !failedLast.has(hostRun)),
    failed: [...failed.filter(({ hostRun }) => !failedLast.has(hostRun)), ...last.failed],
  };
}

/** Whether the block is all of a role, and not a part of one. */
const isRoleStart = ({ role }: TaskBlock, outer: TaskSettings): boolean => role !== undefined && role.path !== outer.role?.path;

/** Hosts that ended the role go on after it. */
function withHostsThatLeft({ leavingRole }: PlayRun, hostRuns: readonly HostRun[], { alive, failed }: StepsResult): StepsResult {
  const left = hostRuns.filter((hostRun) => leavingRole.delete(hostRun));
  return { alive: inOrder(hostRuns, [...alive, ...left]), failed };
}

/** Runs `rescue:` on the hosts on which the block failed. What failed is in the variable `failed_result`. */
async function rescue(
  playRun: PlayRun,
  step: TaskBlock,
  hostRuns: readonly HostRun[],
  { tried, settings, runSteps }: { readonly tried: StepsResult; readonly settings: TaskSettings; readonly runSteps: RunSteps },
): Promise<StepsResult> {
  const rescuable = tried.failed.filter(({ outcome }) => outcome === 'failed');
  if (rescuable.length === 0) return tried;
  for (const { hostRun, error, result } of rescuable) {
    const found = { msg: error?.message ?? '', code: error?.code ?? '', task: result?.name ?? '' };
    setVariables(hostRun, { failed_result: { ...result?.values, ...found } });
  }
  const rescued = await runSteps(
    playRun,
    step.rescue,
    rescuable.map(({ hostRun }) => hostRun),
    settings,
  );
  return {
    alive: inOrder(hostRuns, [...tried.alive, ...rescued.alive]),
    failed: [...tried.failed.filter(({ outcome }) => outcome !== 'failed'), ...rescued.failed],
  };
}

/** Some hosts in the order of all. */
const inOrder = (all: readonly HostRun[], some: readonly HostRun[]): readonly HostRun[] => [
  ...all.filter((hostRun) => some.includes(hostRun)),
  ...some.filter((hostRun) => !all.includes(hostRun)), // `clear_host_errors` brought them back
];
