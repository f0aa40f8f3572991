import type { Host } from '../../core/host.ts';
import { reportOf, tryRoute } from './connect.ts';
import type { Reach, RouteReport } from './connect-options.ts';

/** Tries every route to its end, side by side; sends the probe and nothing else. In the order of the inventory. */
export function verify(host: Host, reach: Reach, signal: AbortSignal): Promise<readonly RouteReport[]> {
  const tryOne = tryRoute(host, reach, []);
  return Promise.all(
    host.routes.map(async (route) => {
      const began = performance.now();
      const attempted = await tryOne(route, signal);
      const report = reportOf(host, route, attempted, began);
      if (attempted.status === 'proven') await attempted.connection[Symbol.asyncDispose]();
      reach.onRoute?.(report);
      return report;
    }),
  );
}
