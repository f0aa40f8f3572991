import { SwarmError } from '../../core/error/swarm-error.ts';
import type { ErrorCode } from '../../core/error-codes.ts';
import type { Become } from '../../core/inventory/login.ts';
import type { Change } from '../../core/module.ts';
import type { HostLink } from '../host/host-link.ts';
import type { TaskCall } from '../task-call.ts';

/** A disruptive change that waits for the guards. */
export interface DisruptionRequest {
  readonly call: TaskCall;
  /** The link to the host that the change takes away: with `delegate_to` not the host of the call. */
  readonly link: HostLink;
  readonly become: Become | undefined;
  readonly change: Change;
}

/** The error of a guard that refuses the change. */
export function refusal({ link, change }: DisruptionRequest, code: ErrorCode, why: string, hint: string): SwarmError {
  return new SwarmError(code, `${change.subject}: refused, ${why}`, { host: link.host.name, hint });
}
