import { Box, useInput } from 'ink';
import { type ReactElement, useRef, useState } from 'react';
import { type DisplayText, displayText, padText, textWidth, toOneLine } from '../../text/display-text.ts';
import { formatQuantity } from '../../text/format.ts';
import { type StyledLine, statusSymbol, styled } from '../../text/styled-line.ts';
import type { DisplayStatus } from '../../text/symbols.ts';
import type { TerminalStyle } from '../../text/terminal-style.ts';
import { visibleRange } from '../pages/host-layout.ts';
import { toKeyPresses } from '../terminal/ink-keys.ts';
import { BlankLines, Line, Rule } from '../terminal/ink-line.tsx';
import { type DashboardChoice, type DashboardData, type DashboardView, initialDashboardView, type NextStep } from './dashboard-data.ts';
import { handleDashboardKey } from './dashboard-keys.ts';
import { allocateRows } from './dashboard-rows.ts';

interface DashboardProps {
  readonly data: DashboardData;
  readonly style: TerminalStyle;
}

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

type BodyProps = DashboardProps & { readonly view: DashboardView };

function FullBody({ data, style, view }: BodyProps): ReactElement {
  const rows = allocateRows(data, style.rows - 1);
  return (
    <>
      <Header data={data} style={style} />
      <Facts data={data} style={style} />
      <List title="Hosts" lines={hostLines(data, style.columns)} chosen={0} rows={rows.hosts} style={style} />
      <List title="Runs" lines={runLines(data, view)} chosen={view.run} rows={rows.runs} style={style} />
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

function Header({ data, style }: DashboardProps): ReactElement {
  return (
    <>
      <Line
        style={style}
        left={[styled(displayText` swarm`, { bold: true }), styled(displayText`  ${data.project}`)]}
        right={[styled(displayText`${data.runs.length === 0 ? 'no run yet' : formatQuantity(data.runs.length, 'run')} `)]}
      />
      <Rule style={style} />
    </>
  );
}

function Facts({ data, style }: DashboardProps): ReactElement {
  const facts: readonly (readonly [string, DisplayText])[] = [
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

interface ListLine {
  readonly id: string;
  readonly left: StyledLine;
  readonly right: StyledLine;
}

/** A title and the lines around the chosen one that fit; the others are counted. */
function List(props: {
  readonly title: string;
  readonly lines: readonly ListLine[];
  readonly chosen: number;
  readonly rows: number;
  readonly style: TerminalStyle;
}): ReactElement {
  const { lines, rows, style } = props;
  if (rows < 2) return <BlankLines count={rows} />;
  const { from, count, hidden } = visibleRange(lines.length, rows - 1, props.chosen);
  const more = hidden > 0 && rows > 2;
  return (
    <Box flexDirection="column" flexShrink={0}>
      <Line style={style} left={[styled(displayText` ${props.title}`, { bold: true })]} />
      {lines.slice(from, from + count).map(({ id, left, right }) => (
        <Line key={id} style={style} left={left} right={style.columns < 70 ? [] : right} />
      ))}
      {more ? <Line style={style} left={[styled(displayText`  … ${hidden} more`, { dim: true })]} /> : null}
    </Box>
  );
}

const HOST_STATUSES: Readonly<Record<DashboardData['hosts'][number]['status'], DisplayStatus>> = {
  proven: 'ok',
  unreachable: 'unreachable',
  misdirected: 'refused',
  untrusted: 'unknown',
  blocked: 'aside',
  unknown: 'queued',
};

const STATUS_ORDER = ['misdirected', 'unreachable', 'untrusted', 'blocked', 'unknown', 'proven'];
const MAX_NAME_WIDTH = 20;

function hostLines({ hosts }: DashboardData, columns: number): readonly ListLine[] {
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

const RUN_STATUSES: Readonly<Record<string, DisplayStatus>> = { running: 'running', ok: 'ok', failed: 'failed' };
const NO_RUNS = displayText`  No run is active, and this project has no earlier run.`;

function runLines({ runs }: DashboardData, view: DashboardView): readonly ListLine[] {
  if (runs.length === 0) return [{ id: '', left: [styled(NO_RUNS, { dim: true })], right: [] }];
  return runs.map(({ id, playbook, status, startedAt, exit }, index) => ({
    id,
    left: [
      styled(displayText`${index === view.run ? ' >' : '  '}`, { bold: true }),
      statusSymbol(RUN_STATUSES[status] ?? 'unknown'),
      styled(displayText` ${id.padEnd(6)} ${playbook.padEnd(12)} ${status}${exit === undefined ? '' : `, exit ${exit}`}`),
    ],
    right: [styled(displayText`${startedAt === undefined ? '' : startedAt.slice(0, 16).replace('T', ' ')} `, { dim: true })],
  }));
}

function NextSteps({ steps, style }: { readonly steps: readonly NextStep[]; readonly style: TerminalStyle }): ReactElement {
  return (
    <Box flexDirection="column" flexShrink={0}>
      <Line style={style} left={[styled(displayText` Next`, { bold: true })]} />
      {steps.map(({ key, what, command }, index) => (
        <Line
          key={key}
          style={style}
          left={[styled(displayText`  ${index + 1}  `), styled(displayText`${key}`, { colour: 'cyan' }), styled(displayText`  ${what}`)]}
          right={style.columns < 70 ? [] : [styled(displayText`${command} `, { dim: true })]}
        />
      ))}
    </Box>
  );
}

/** The last line: the keys that work now, or what is being typed. */
function DashboardKeys({ data, view, style }: BodyProps): ReactElement {
  if (view.asking !== undefined)
    return (
      <Line
        style={style}
        left={[
          styled(displayText` ${view.asking.ask ?? ''}: ${view.text}_`, { bold: true }),
          styled(displayText`   Enter starts, Esc cancels`, { dim: true }),
        ]}
      />
    );
  const keys: readonly (readonly [string, string])[] = [
    ...(data.runs.length > 0
      ? ([
          ['↑↓', 'run'],
          [style.ascii ? 'ret' : '↵', 'watch'],
        ] as const)
      : []),
    ...data.next.map(({ key, what }) => [key, style.columns < 60 ? '' : (what.split(' ')[0] ?? '')] as const),
    ['q', 'quit'],
  ];
  return (
    <Line
      style={style}
      left={keys.flatMap(([key, what], index) => [
        styled(displayText`${index === 0 ? ' ' : '  '}`),
        styled(displayText`${key}`, { colour: 'cyan' }),
        styled(displayText`${what === '' ? '' : ` ${what}`}`),
      ])}
    />
  );
}
