import { Box, useInput } from 'ink';
import { type ReactElement, useRef, useState } from 'react';
import { type DisplayText, displayText } from '../../text/display-text.ts';
import { formatQuantity } from '../../text/format.ts';
import { styled } from '../../text/styled-line.ts';
import { toKeyPresses } from '../terminal/ink-keys.ts';
import { Line, Rule } from '../terminal/ink-line.tsx';
import { type DashboardChoice, type DashboardData, initialDashboardView } from './dashboard-data.ts';
import { handleDashboardKey } from './dashboard-keys.ts';
import { DashboardList } from './dashboard-list.tsx';
import type { BodyProps, DashboardProps } from './dashboard-props.ts';
import { allocateRows } from './dashboard-rows.ts';
import { hostLines } from './host-lines.ts';
import { DashboardKeys, NextSteps } from './next-steps-view.tsx';
import { runLines } from './run-lines.ts';

/** The screen of `swarm` alone: the fleet, the last runs, and what to do next. Exactly `style.rows` lines. */
export function Dashboard({
  data,
  style,
  onChoice,
}: DashboardProps & { readonly onChoice: (choice: DashboardChoice) => void }): ReactElement {
  const [view, setView] = useState(initialDashboardView);
  const current = useRef(view); // text that is pasted is several keys in one event
  useInput((input, key) => {
    for (const press of toKeyPresses(input, key)) {
      const result = handleDashboardKey(current.current, press, data);
      current.current = result.view;
      if (result.choice !== undefined) {
        onChoice(result.choice);
        return;
      }
    }
    setView(current.current);
  });
  const Body = style.columns >= 40 && style.rows >= 11 ? FullBody : CompactBody;
  return (
    <Box flexDirection="column" height={style.rows}>
      <Box flexDirection="column" height={style.rows - 1} overflow="hidden">
        <Body data={data} style={style} view={view} />
      </Box>
      <DashboardKeys data={data} style={style} view={view} />
    </Box>
  );
}

function FullBody({ data, style, view }: BodyProps): ReactElement {
  const rows = allocateRows(data, style.rows - 1);
  return (
    <>
      <Header data={data} style={style} />
      <Facts data={data} style={style} />
      <DashboardList title="Hosts" lines={hostLines(data, style.columns)} chosen={0} rows={rows.hosts} style={style} />
      <DashboardList title="Runs" lines={runLines(data, view)} chosen={view.run} rows={rows.runs} style={style} />
      <Rule style={style} />
      <NextSteps steps={data.next.slice(0, rows.steps)} style={style} />
    </>
  );
}

/** For a window that is too small for lists. */
function CompactBody({ data, style }: BodyProps): ReactElement {
  return (
    <>
      <Line
        style={style}
        left={[styled(displayText` swarm`, { bold: true }), styled(displayText` ${formatQuantity(data.hosts.length, 'host')}`)]}
      />
      {data.next.slice(0, 3).map(({ key, what }) => (
        <Line key={key} style={style} left={[styled(displayText` ${key}`, { colour: 'cyan' }), styled(displayText` ${what}`)]} />
      ))}
    </>
  );
}

/** The list has only some of the runs: what goes on is counted, not the list. */
function describeActivity({ runs }: DashboardData): string {
  if (runs.length === 0) return 'no run yet';
  const active = runs.filter(({ status }) => status.startsWith('running')).length;
  return active === 0 ? 'no active run' : formatQuantity(active, 'active run');
}

function Header({ data, style }: DashboardProps): ReactElement {
  return (
    <>
      <Line
        style={style}
        left={[styled(displayText` swarm`, { bold: true }), styled(displayText`  ${data.project}`)]}
        right={[styled(displayText`${describeActivity(data)} `)]}
      />
      <Rule style={style} />
    </>
  );
}

function Facts({ data, style }: DashboardProps): ReactElement {
  const facts: readonly (readonly [string, DisplayText])[] = [
    ...(data.attention.length === 0 ? [] : [['attention', displayText`${data.attention.join('; ')}`] as const]),
    ['inventory', describeInventory(data)],
    ['playbooks', displayText`${data.playbooks.join('  ')}`],
    ['binhost', displayText`${data.binhost}`],
  ];
  return (
    <>
      {facts.map(([name, text]) => (
        <Line key={name} style={style} left={[styled(displayText` ${name.padEnd(11)}`, { dim: true }), styled(text)]} />
      ))}
    </>
  );
}

function describeInventory({ hosts }: DashboardData): DisplayText {
  const counts = new Map<string, number>();
  for (const { status } of hosts) counts.set(status, (counts.get(status) ?? 0) + 1);
  const cores = hosts.reduce((sum, host) => sum + (host.cores ?? 0), 0);
  const states = [...counts].map(([status, count]) => `${count} ${status === 'untrusted' ? 'not trusted' : status}`);
  return displayText`${formatQuantity(hosts.length, 'host')}  ${states.join('  ')}${cores > 0 ? `  ${cores} cores` : ''}`;
}
