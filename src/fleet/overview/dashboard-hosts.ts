import { formatDateTime } from '../../core/time/date-text.ts';
import type { DashboardData } from '../../report/screen/dashboard/dashboard-data.ts';
import type { OverviewHost } from './overview-host.ts';

/** What the routes of a host proved just now. */
export interface HostVerification {
  readonly status: 'proven' | 'misdirected' | 'unreachable' | 'untrusted';
  /** The first one that is proven. */
  readonly route?: string;
  readonly note?: string;
}

/** A host in the JSON of `swarm hosts verify`. */
export interface VerifyResult {
  readonly name: string;
  readonly status: HostVerification['status'];
  readonly routes: readonly { readonly route: string; readonly status: string; readonly machine?: string }[];
}

/** The first proven route of a host, and who answers on a route that leads elsewhere. */
export function toVerification({ status, routes }: VerifyResult): HostVerification {
  const route = routes.find((each) => each.status === 'proven')?.route;
  const misdirected = routes.find((each) => each.status === 'misdirected');
  return {
    status,
    ...(route === undefined ? {} : { route }),
    ...(misdirected === undefined ? {} : { note: `${misdirected.machine ?? 'another machine'} answers on ${misdirected.route}` }),
  };
}

/** What the files say, and what the host answered since. */
export function toDashboardHost(host: OverviewHost, verification: HostVerification | undefined): DashboardData['hosts'][number] {
  const { name, cores, routes, block, because, unreachable, changedTrees = [], protected: isProtected } = host;
  const route = verification?.route ?? routes[0];
  const status = dashboardStatus(host, verification);
  const isAway = status === 'unreachable' && verification === undefined;
  const notes = [
    ...(status === 'blocked' && block !== undefined ? [`${block.reason}, until ${formatDateTime(block.until)}`] : []),
    ...(because === undefined ? [] : [status === 'unfit' ? because : `unfit: ${because}`]),
    ...(isAway && unreachable !== undefined ? [unreachable.message] : []),
    ...(changedTrees.length === 0 ? [] : [`changed by hand: ${changedTrees.map(({ tree }) => tree).join(', ')}`]),
    ...(isProtected ? ['protected'] : []),
    ...(verification?.note === undefined ? [] : [verification.note]),
  ];
  return {
    name,
    status,
    ...(route === undefined ? {} : { route }),
    ...(cores === undefined ? {} : { cores }),
    ...(notes.length === 0 ? {} : { note: notes.join('; ') }),
  };
}

/** What the routes proved, of a host that gets work. A host that is proven may still be unfit. */
function dashboardStatus(
  { status, because }: OverviewHost,
  verification: HostVerification | undefined,
): DashboardData['hosts'][number]['status'] {
  if (status === 'gone' || status === 'blocked' || verification === undefined) return status;
  return verification.status === 'proven' && because !== undefined ? 'unfit' : verification.status;
}

/** What a person should know of the hosts and no route shows: trees that somebody changed there first, as the next push undoes it. */
export function listAttention(hosts: readonly OverviewHost[]): readonly string[] {
  return [
    ...hosts.flatMap(({ name, changedTrees = [] }) => changedTrees.map(({ tree }) => `${name} has changes in ${tree} that no push made`)),
    ...hosts.flatMap(({ name, status, block }) =>
      status === 'blocked' && block !== undefined ? [`${name} is blocked until ${formatDateTime(block.until)}: ${block.reason}`] : [],
    ),
    ...hosts.flatMap(({ name, gone }) => (gone === undefined ? [] : [`${name} is gone`])),
  ];
}
