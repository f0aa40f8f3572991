import type { ErrorJson } from '../../core/error.ts';
import type { BlockOfSteps, Step, Task } from '../../core/playbook-model.ts';
import type { Member, Stage, TaskEnd } from '../run-context.ts';
import { runTask } from './run-task.ts';
import { type Frame, within } from './task-settings.ts';

/** A host on which a task failed, and how. */
export interface Failure {
  readonly member: Member;
  readonly outcome: 'failed' | 'unreachable' | 'refused';
  readonly error: ErrorJson | undefined;
}

/** Who goes on after some steps, and who does not. */
export interface Passed {
  readonly alive: readonly Member[];
  readonly failed: readonly Failure[];
}

/** Steps in order, each on all hosts before the next; a host that failed takes no further part. */
export async function runSteps(stage: Stage, steps: readonly Step[], members: readonly Member[], frame: Frame): Promise<Passed> {
  let alive = members;
  const failed: Failure[] = [];
  for (const step of steps) {
    if (alive.length === 0 || stage.stop !== undefined || stage.context.signal.aborted) break;
    const passed = await (step.kind === 'task' ? runOnAll(stage, step, alive, frame) : runBlock(stage, step, alive, frame));
    alive = passed.alive;
    failed.push(...passed.failed);
  }
  return { alive, failed };
}

async function runOnAll(stage: Stage, task: Task, members: readonly Member[], frame: Frame): Promise<Passed> {
  const once = task.runOnce || frame.runOnce ? within(frame, task).runOnce : false;
  const ends = once
    ? await runOnce(stage, task, members, frame)
    : await Promise.all(members.map((member) => pooled(stage, member, task, frame)));
  const failed: Failure[] = [];
  for (const [index, { outcome, error, ignored }] of ends.entries()) {
    const member = members[index];
    if (member === undefined || ignored || (outcome !== 'failed' && outcome !== 'unreachable' && outcome !== 'refused')) continue;
    failed.push({ member, outcome, error });
    if (outcome !== 'failed') member.out = outcome; // nothing rescues a host that is not there, or not itself
    if (outcome !== 'failed' || !frame.rescued) stage.failed(member);
  }
  return { alive: members.filter((member) => !failed.some((each) => each.member === member)), failed };
}

/** An item of a queue has its host already; everything else waits for one of the forks. */
function pooled(stage: Stage, member: Member, task: Task, frame: Frame): Promise<TaskEnd> {
  if (frame.item !== undefined) return runTask(stage, member, task, frame);
  return stage.context.pool.add(async () => {
    if (stage.context.signal.aborted) return { outcome: 'interrupted', result: null, ignored: false };
    return runTask(stage, member, task, frame);
  });
}

/** On the first host; all others take its result, and its failure. */
async function runOnce(stage: Stage, task: Task, members: readonly Member[], frame: Frame): Promise<readonly TaskEnd[]> {
  const [first] = members;
  if (first === undefined) return [];
  const known = stage.once.get(task.id);
  const running = known ?? pooled(stage, first, task, frame);
  stage.once.set(task.id, running);
  const end = await running;
  for (const member of members)
    if (task.register !== undefined && end.outcome !== 'interrupted') member.registers.set(task.register, end.result);
  return members.map(() => end);
}

async function runBlock(stage: Stage, step: BlockOfSteps, members: readonly Member[], outer: Frame): Promise<Passed> {
  const frame = within(outer, step);
  let { alive, failed } = await runSteps(stage, step.block, members, { ...frame, rescued: outer.rescued || step.rescue.length > 0 });
  const rescuable = failed.filter(({ outcome }) => outcome === 'failed');
  if (step.rescue.length > 0 && rescuable.length > 0) {
    for (const { member, error } of rescuable) {
      member.registers.set('failed_result', { msg: error?.message ?? '', code: error?.code ?? '' });
    }
    const rescued = await runSteps(
      stage,
      step.rescue,
      rescuable.map(({ member }) => member),
      frame,
    );
    alive = inOrder(members, [...alive, ...rescued.alive]);
    failed = [...failed.filter(({ outcome }) => outcome !== 'failed'), ...rescued.failed];
  }
  if (step.always.length === 0) return { alive, failed };
  const there = failed.filter(({ outcome }) => outcome === 'failed').map(({ member }) => member);
  const last = await runSteps(
    { ...stage, stop: undefined, failed: (member) => stage.failed(member) },
    step.always,
    inOrder(members, [...alive, ...there]),
    frame,
  );
  const fell = new Set(last.failed.map(({ member }) => member));
  return {
    alive: alive.filter((member) => !fell.has(member)),
    failed: [...failed.filter(({ member }) => !fell.has(member)), ...last.failed],
  };
}

const inOrder = (all: readonly Member[], some: readonly Member[]): readonly Member[] => all.filter((member) => some.includes(member));
