import type { TerminalStyle } from '../../text/terminal-style.ts';
import type { DashboardData, DashboardView } from './dashboard-data.ts';

/** What the dashboard draws. */
export interface DashboardProps {
  readonly data: DashboardData;
  readonly style: TerminalStyle;
}

/** What the parts of the dashboard draw. */
export type BodyProps = DashboardProps & { readonly view: DashboardView };
