import { describeRoughDuration } from '../../core/duration-text.ts';
import { SwarmError } from '../../core/error/swarm-error.ts';

/** A run without an end, whose process is on another machine. */
export interface RunElsewhere {
  readonly run: string;
  /** The name of that machine. */
  readonly orchestrator: string;
  /** When its journal was written to last, in milliseconds since the epoch. */
  readonly wroteMs: number;
}

/** What a person has to know of the run. */
export const describeElsewhere = ({ run, orchestrator, wroteMs }: RunElsewhere): string =>
  `run ${run} was started on ${orchestrator}, and may still run there: its journal was last written ${describeRoughDuration(Date.now() - wroteMs)} ago`;

/** What to do about it. `command`: what to type on either machine. */
export const elsewhereHint = (orchestrator: string, command: string): string =>
  `On ${orchestrator}, run: ${command}. Only if the run has ended there for certain, run here: ${command} --take-over ${orchestrator}`;

/** The error of a command that would need to know whether the run still goes on. `command`: resume or cancel. */
export const elsewhereError = (where: RunElsewhere, command: 'resume' | 'cancel'): SwarmError =>
  new SwarmError('SW3003', describeElsewhere(where), { hint: elsewhereHint(where.orchestrator, `swarm runs ${command} ${where.run}`) });
