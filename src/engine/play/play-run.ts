import type PQueue from 'p-queue';
import { SwarmError } from '../../core/error/swarm-error.ts';
import type { Play } from '../../core/playbook/playbook-model.ts';
import type { HostRun } from '../host-run.ts';
import type { RunContext } from '../run-context.ts';
import type { StepsResult } from '../steps/steps-result.ts';
import type { TaskResult } from '../task/task-result.ts';
import { playSettings, type TaskSettings } from '../task/task-settings.ts';

/** The state of one play, or of one batch of it. */
export interface PlayRun {
  readonly context: RunContext;
  readonly play: Play;
  readonly settings: TaskSettings;
  /** Results of tasks with `run_once`, by task id and flush of handlers: the first host runs the task, the others take its result. */
  readonly runOnceResults: Map<string, Promise<TaskResult | undefined>>;
  /** Set when too many hosts failed: no more tasks start. */
  stopReason: SwarmError | undefined;
  /** Its hosts, also those that failed. */
  readonly batch: readonly HostRun[];
  /** Those on which a step failed outside of every `rescue:`. */
  readonly failed: Set<HostRun>;
  /** Hosts that are on their way out of a role, which they ended. */
  readonly leavingRole: Set<HostRun>;
  /** Hosts that ended the play without a failure. */
  readonly ended: Set<HostRun>;
  /** Set where the whole play, or this batch of it, was ended. */
  isOver: 'play' | 'batch' | undefined;
  /** By task id: limits on how many hosts it runs at a time. */
  readonly throttles: Map<string, PQueue>;
  /** How often each host ran handlers. */
  readonly flushes: Map<HostRun, number>;
  /** Runs the handlers that are notified now. */
  flush(hostRuns: readonly HostRun[], settings: TaskSettings): Promise<StepsResult>;
  /** Counts a failure that no `rescue:` handles. */
  recordFailure(hostRun: HostRun): void;
}

/** `hosts` are all hosts of the play, `batch` are those of this batch. */
interface PlayParts {
  readonly hosts: readonly string[];
  readonly batch: readonly HostRun[];
  readonly runNotified: (playRun: PlayRun, hostRuns: readonly HostRun[], settings: TaskSettings) => Promise<StepsResult>;
}

/** The state of a play, or of a batch of it, before its first step. */
export function createPlayRun(context: RunContext, play: Play, { hosts, batch, runNotified }: PlayParts): PlayRun {
  const failed = new Set<HostRun>();
  const playRun: PlayRun = {
    ...{ context, play, settings: playSettings(play, hosts), runOnceResults: new Map(), stopReason: undefined },
    ...{
      batch,
      failed,
      leavingRole: new Set<HostRun>(),
      ended: new Set<HostRun>(),
      isOver: undefined,
      throttles: new Map<string, PQueue>(),
    },
    flushes: new Map(),
    flush: (hostRuns, settings) => runNotified(playRun, hostRuns, { ...playRun.settings, rescued: settings.rescued }),
    recordFailure(hostRun) {
      failed.add(hostRun);
      const why = stopReasonOf(play, failed.size, batch.length);
      if (why === undefined) return;
      playRun.stopReason ??= new SwarmError('SW6013', `stopped: ${why}`, {
        at: play.at,
        hint: `The first failure was on ${[...failed][0]?.host.name}.`,
      });
    },
  };
  return playRun;
}

function stopReasonOf(play: Play, failed: number, size: number): string | undefined {
  if (play.queue !== undefined) return undefined;
  if (play.anyErrorsFatal) return 'a host failed, and the play has any_errors_fatal';
  const limit = play.maxFailPercentage;
  if (limit === undefined || (failed / size) * 100 <= limit) return undefined;
  return `more than ${limit} % of the hosts failed (${failed} of ${size})`;
}
