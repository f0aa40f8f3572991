import type { Proof } from '../../core/connection.ts';
import type { DisruptionLog } from '../../core/disruption.ts';
import type { Host } from '../../core/host.ts';
import type { RouteReport } from '../../remote/connect/connect-options.ts';

/** What a guard sees of the fleet before anything disruptive; none of it runs anything on a host but the probe. */
export interface FleetProbe {
  /** Every route of the host, tried anew, in the order of the inventory. */
  verifyRoutes(host: Host, signal: AbortSignal): Promise<readonly RouteReport[]>;
  /** What the host proves right now; undefined where it cannot be used. */
  prove(host: Host, signal: AbortSignal): Promise<Proof | undefined>;
  readonly disruptions: DisruptionLog;
}
