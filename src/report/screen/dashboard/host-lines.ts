import { displayText, padText, textWidth, toOneLine } from '../../text/display-text.ts';
import { formatQuantity } from '../../text/format.ts';
import { statusSymbol, styled } from '../../text/styled-line.ts';
import type { DisplayStatus } from '../../text/symbols.ts';
import type { DashboardData } from './dashboard-data.ts';
import type { ListLine } from './dashboard-list.tsx';

const HOST_STATUSES: Readonly<Record<DashboardData['hosts'][number]['status'], DisplayStatus>> = {
  proven: 'ok',
  unreachable: 'unreachable',
  misdirected: 'refused',
  untrusted: 'unknown',
  unfit: 'aside',
  blocked: 'aside',
  gone: 'aside',
  trusted: 'queued',
};

const STATUS_ORDER = ['misdirected', 'unreachable', 'untrusted', 'unfit', 'blocked', 'gone', 'trusted', 'proven'];

const MAX_NAME_WIDTH = 20;

/** The hosts, those with problems first. */
export function hostLines({ hosts }: DashboardData, columns: number): readonly ListLine[] {
  const widest = hosts.reduce((most, { name }) => Math.max(most, textWidth(toOneLine(name))), 4);
  const nameWidth = Math.min(MAX_NAME_WIDTH, widest, columns);
  return [...hosts]
    .sort((a, b) => STATUS_ORDER.indexOf(a.status) - STATUS_ORDER.indexOf(b.status))
    .map((host) => {
      const name = padText(toOneLine(host.name), nameWidth);
      const about = [host.note, host.route].filter((each) => each !== undefined).join('  ');
      const facts = [
        ...(host.cores === undefined ? [] : [formatQuantity(host.cores, 'core')]),
        ...(host.load === undefined ? [] : [`load ${host.load.toFixed(1)}`]),
      ];
      return {
        id: host.name,
        left: [
          styled(displayText`  `),
          statusSymbol(HOST_STATUSES[host.status]),
          styled(displayText` ${name}  ${host.status.padEnd(11)}  ${about}`),
        ],
        right: [styled(displayText`${facts.join('  ')} `, { dim: true })],
      };
    });
}
