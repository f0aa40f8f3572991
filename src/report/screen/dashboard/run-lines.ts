import { formatDateTime } from '../../../core/time/date-text.ts';
import { displayText } from '../../text/display-text.ts';
import { statusSymbol, styled } from '../../text/styled-line.ts';
import type { DisplayStatus } from '../../text/symbols.ts';
import type { DashboardData, DashboardView } from './dashboard-data.ts';
import type { ListLine } from './dashboard-list.tsx';

const RUN_STATUSES: Readonly<Record<string, DisplayStatus>> = {
  running: 'running',
  ok: 'ok',
  failed: 'failed',
  refused: 'refused',
};

const NO_RUNS = displayText`  No run is active, and this project has no earlier run.`;

/** The runs, newest first. */
export function runLines({ runs }: DashboardData, view: DashboardView): readonly ListLine[] {
  if (runs.length === 0) return [{ id: '', left: [styled(NO_RUNS, { dim: true })], right: [] }];
  return runs.map(({ id, playbook, status, startedAt, exit }, index) => ({
    id,
    left: [
      styled(displayText`${index === view.run ? ' >' : '  '}`, { bold: true }),
      statusSymbol(RUN_STATUSES[status] ?? 'unknown'),
      styled(displayText` ${id.padEnd(6)} ${playbook.padEnd(12)} ${status}${exit === undefined ? '' : `, exit ${exit}`}`),
    ],
    right: [styled(displayText`${startedAt === undefined ? '' : formatDateTime(startedAt)} `, { dim: true })],
  }));
}
