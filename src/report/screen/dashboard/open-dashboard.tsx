import type { TerminalStyle } from '../../text/terminal-style.ts';
import type { TerminalInput, TerminalOutput } from '../terminal/alternate-screen.ts';
import { openInkScreen } from '../terminal/ink-screen.tsx';
import type { DashboardChoice, DashboardData } from './dashboard-data.ts';
import { Dashboard } from './dashboard-view.tsx';

export interface OpenDashboard {
  update(data: DashboardData): void;
  /** Resolves with the first choice; by then the terminal is as it was before. */
  readonly choice: Promise<DashboardChoice>;
  close(): void;
}

/** Opens the dashboard on the alternate screen. */
export function openDashboard(options: {
  readonly out: TerminalOutput;
  readonly in: TerminalInput;
  readonly style: TerminalStyle;
  readonly data: DashboardData;
}): OpenDashboard {
  let data = options.data;
  let resolve: (choice: DashboardChoice) => void = () => {};
  const choice = new Promise<DashboardChoice>((done) => {
    resolve = done;
  });
  const finish = (made: DashboardChoice): void => {
    screen.close();
    resolve(made);
  };
  const screen = openInkScreen(options.out, options.in, (size) => (
    <Dashboard data={data} style={{ ...options.style, ...size }} onChoice={finish} />
  ));
  return {
    update(next) {
      data = next;
      screen.draw();
    },
    choice,
    close: () => finish({ type: 'quit' }),
  };
}
