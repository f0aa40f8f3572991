import type { FleetProbe } from '../../engine/disruption/fleet-probe.ts';
import { openDisruptionLog } from '../../journal/disruption-log.ts';
import { openHealLog } from '../../journal/heal-log.ts';
import { connect } from '../../remote/connect/connect.ts';
import type { ConnectOptions } from '../../remote/connect/connect-options.ts';
import { verifyRoutes } from '../../remote/connect/verify-routes.ts';
import { type Project, stateDir } from '../project/project.ts';
import { makeConnectOptions } from './connectors.ts';

/** What the guards of disruptive changes may ask about the fleet. Nothing of it goes to the run's journal. */
export function createFleetProbe(project: Project): FleetProbe {
  let made: ConnectOptions | undefined;
  const connectOptions = (): ConnectOptions => (made ??= makeConnectOptions(project)); // most runs never ask
  return {
    verifyRoutes: (host, signal) => verifyRoutes(host, connectOptions(), signal),
    async prove(host, signal) {
      try {
        await using link = await connect(host, connectOptions(), signal);
        return link.proof;
      } catch (error) {
        if (signal.aborted) throw error;
        return undefined;
      }
    },
    disruptions: openDisruptionLog(stateDir(project)),
    healing: openHealLog(stateDir(project)),
  };
}
