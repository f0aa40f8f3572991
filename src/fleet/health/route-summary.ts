import type { RouteReport } from '../../remote/connect/connect-options.ts';

/** The worst that matters: a route that leads elsewhere, whoever answers there; a host is reachable while one route proves it. */
export function summarizeRouteReports(reports: readonly RouteReport[]): RouteReport['status'] {
  const has = (status: RouteReport['status']): boolean => reports.some((report) => report.status === status);
  if (has('misdirected')) return 'misdirected';
  if (reports.some(({ status, error }) => status === 'untrusted' && error?.code !== 'SW1305')) return 'untrusted';
  if (has('proven')) return 'proven';
  return has('untrusted') ? 'untrusted' : 'unreachable';
}

/** The exit code for the statuses of hosts: 7 where another machine answers or a host is not trusted, 4 where one is unreachable. */
export function routesExitCode(statuses: readonly RouteReport['status'][]): number {
  if (statuses.includes('misdirected') || statuses.includes('untrusted')) return 7;
  return statuses.includes('unreachable') ? 4 : 0;
}
