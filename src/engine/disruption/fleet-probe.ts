import type { Proof } from '../../core/connection.ts';
import type { DisruptionLog } from '../../core/disruption.ts';
import type { HealLog } from '../../core/healing.ts';
import type { Host } from '../../core/inventory/host.ts';
import type { RouteReport } from '../../remote/connect/connect-options.ts';

/** How the guards see the rest of the fleet. On a host it runs nothing but the probe. */
export interface FleetProbe {
  /** Tries every route of the host again, in the order of the inventory. */
  verifyRoutes(host: Host, signal: AbortSignal): Promise<readonly RouteReport[]>;
  /** What the host proves now; undefined where it cannot be used. */
  prove(host: Host, signal: AbortSignal): Promise<Proof | undefined>;
  readonly disruptions: DisruptionLog;
  readonly healing: HealLog;
}
