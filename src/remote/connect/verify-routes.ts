import type { Host } from '../../core/inventory/host.ts';
import { createRouteAttempter, createRouteReport } from './connect.ts';
import type { ConnectOptions, RouteReport } from './connect-options.ts';

/** Tries every route to its end, side by side; sends the probe and nothing else. In the order of the inventory. */
export function verifyRoutes(host: Host, options: ConnectOptions, signal: AbortSignal): Promise<readonly RouteReport[]> {
  const attemptRoute = createRouteAttempter(host, options, []);
  return Promise.all(
    host.routes.map(async (route) => {
      const startedAt = performance.now();
      const attempt = await attemptRoute(route, signal);
      const report = createRouteReport(host, route, attempt, startedAt);
      if (attempt.status === 'proven') await attempt.connection[Symbol.asyncDispose]();
      options.onRoute?.(report);
      return report;
    }),
  );
}
