import { formatRoute } from '../../core/inventory/route.ts';
import { makeConnectOptions } from '../../fleet/connection/connectors.ts';
import { unreachableHint } from '../../fleet/health/route-findings.ts';
import { routesExitCode, summarizeRouteReports } from '../../fleet/health/route-summary.ts';
import { verifyHost } from '../../fleet/health/verify-host.ts';
import { findRouteSpan } from '../../fleet/project/find-inventory-entry.ts';
import { findHosts, openProject, type Project } from '../../fleet/project/project.ts';
import type { RouteReport } from '../../remote/connect/connect-options.ts';
import { type DisplayText, displayText } from '../../report/text/display-text.ts';
import { formatTextTable } from '../../report/text/table.ts';
import type { GlobalOptions } from '../define-command.ts';
import { printResult } from '../output.ts';
import { printMissingKeys } from '../print-errors.ts';

/** `swarm hosts verify`: every route of every host proves itself; nothing of yours is run. Exit 7 where a route leads elsewhere. */
export async function verifyHostsCommand(patterns: readonly string[], options: GlobalOptions): Promise<number> {
  const project = await openProject({ ...options, programs: true });
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  const hosts = findHosts(project, patterns.length === 0 ? undefined : patterns.join(','), options).filter(
    (host) => patterns.length > 0 || host.routes[0].kind !== 'here',
  );
  printMissingKeys(project, hosts, options);
  const connectOptions = makeConnectOptions(project); // one for all: hosts behind one jump share the way to it
  const verdicts = await Promise.all(
    hosts.map(async (host) => {
      const reports = await verifyHost(host, connectOptions, stop.signal);
      return { name: host.name, status: summarizeRouteReports(reports), reports };
    }),
  );
  const shown = verdicts.map(({ name, status, reports }) => ({ name, status, routes: reports.map(routeReportJson) }));
  printResult(options, { hosts: shown }, (look) =>
    verdicts.flatMap(({ name, status, reports }) => [
      displayText`${name}   ${status}`,
      ...formatTextTable(
        undefined,
        reports.map(({ route, ...report }) => [
          `  ${formatRoute(route)}`,
          report.status,
          report.error?.message ?? `${report.fingerprint ?? ''}`,
        ]),
        look,
      ),
      ...new Set(reports.flatMap((report, at) => formatRouteAdvice(report, project, options, at))),
    ]),
  );
  return routesExitCode(verdicts.map(({ status }) => status));
}

/** Which machine would have been hit, where the route is written, and what to do about it. */
function formatRouteAdvice(report: RouteReport, project: Project, options: GlobalOptions, at: number): readonly DisplayText[] {
  const { host, route, machine, status, error } = report;
  if (error === undefined) return [];
  if (status !== 'misdirected' || machine === undefined) return [displayText`  hint: ${error.hint ?? unreachableHint(host)}`];
  const span = findRouteSpan(project, options, host, at);
  const isProtected = project.inventory.hosts.find((each) => each.name === machine)?.protected === true;
  return [
    displayText`  ${formatRoute(route)} leads to ${machine}${isProtected ? ', which is protected' : ''}. No command was sent, no login offered.`,
    ...(span === undefined ? [] : [displayText`  it is written in ${span.file}:${span.line}: ${span.text.trim()}`]),
    displayText`  hint: Remove this route of ${host}, or write a jump route via ${machine}.`,
  ];
}

const routeReportJson = ({ route, status, machine, fingerprint, ms, error }: RouteReport) => ({
  route: formatRoute(route),
  status,
  ...(machine === undefined ? {} : { machine }),
  ...(fingerprint === undefined ? {} : { fingerprint }),
  ms: Math.round(ms),
  ...(error === undefined ? {} : { code: error.code, message: error.message, ...(error.hint === undefined ? {} : { hint: error.hint }) }),
});
