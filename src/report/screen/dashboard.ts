import { type DisplayText, displayText, padText, toOneLine } from '../text/display-text.ts';
import { formatQuantity } from '../text/format.ts';
import { alignSides, type StyledLine, statusSymbol, styled, truncateLine } from '../text/styled-line.ts';
import type { DisplayStatus } from '../text/symbols.ts';
import type { TerminalStyle } from '../text/terminal-style.ts';
import { ruleLine } from './pages/host-area.ts';
import { visibleRange } from './pages/host-layout.ts';
import type { KeyPress } from './terminal/read-keys.ts';
import type { TerminalOutput } from './terminal/alternate-screen.ts';
import { openTerminalRenderer } from './terminal/terminal-renderer.ts';

/** What the start screen shows: plain data, gathered by the caller. */
export interface DashboardData {
  readonly project: string;
  readonly hosts: readonly {
    readonly name: string;
    readonly status: 'proven' | 'unreachable' | 'misdirected' | 'untrusted' | 'blocked' | 'unknown';
    readonly route?: string;
    readonly cores?: number;
    readonly load?: number;
    /** Reason of a block, `protected`, who answered instead. */
    readonly note?: string;
  }[];
  /** Newest first. */
  readonly runs: readonly {
    readonly id: string;
    readonly playbook: string;
    readonly status: string;
    readonly startedAt?: string;
    readonly exit?: number;
  }[];
  readonly playbooks: readonly string[];
  /** Where it is and what is in it, one line. */
  readonly binhost: string;
  /** What to do now, most urgent first. */
  readonly next: readonly NextStep[];
}

export interface NextStep {
  /** One letter; not one of ↑↓ ↵ / ? q k j. */
  readonly key: string;
  readonly what: string;
  /** The same from the shell. */
  readonly command: string;
  /** Text to ask for before, `package atoms`. */
  readonly ask?: string;
}

export type DashboardChoice =
  | { readonly type: 'quit' }
  | { readonly type: 'run'; readonly id: string }
  | { readonly type: 'step'; readonly step: NextStep; readonly text: string };

/** How the start screen is looked at. */
export interface DashboardView {
  readonly run: number;
  readonly asking: NextStep | undefined;
  readonly text: string;
}

export interface Dashboard {
  update(data: DashboardData): void;
  /** Settles with the first choice; the terminal is as it was before by then. */
  readonly choice: Promise<DashboardChoice>;
  close(): void;
}

/** Opens the start screen. */
export function openDashboard(options: {
  readonly out: TerminalOutput;
  readonly in: NodeJS.ReadableStream;
  readonly look: TerminalStyle;
  readonly data: DashboardData;
}): Dashboard {
  let data = options.data;
  let view: DashboardView = { run: 0, asking: undefined, text: '' };
  let resolve: (choice: DashboardChoice) => void = () => {};
  const choice = new Promise<DashboardChoice>((done) => {
    resolve = done;
  });
  const finish = (made: DashboardChoice): void => {
    stage.close();
    resolve(made);
  };
  const stage = openTerminalRenderer(
    options.out,
    options.in,
    options.look,
    (look) => dashboardLines(data, view, look),
    (key) => {
      const pressed = handleDashboardKey(view, key, data);
      view = pressed.view;
      if (pressed.choice === undefined) stage.drawNow();
      else finish(pressed.choice);
    },
  );
  return {
    update(next) {
      data = next;
      stage.requestDraw();
    },
    choice,
    close: () => finish({ type: 'quit' }),
  };
}

/** One key on the start screen. Pure. */
export function handleDashboardKey(
  view: DashboardView,
  key: KeyPress,
  data: DashboardData,
): { readonly view: DashboardView; readonly choice?: DashboardChoice } {
  if (key.name === '^c') return { view, choice: { type: 'quit' } };
  if (view.asking !== undefined) {
    if (key.name === 'escape') return { view: { ...view, asking: undefined, text: '' } };
    if (key.name === 'backspace') return { view: { ...view, text: [...view.text].slice(0, -1).join('') } };
    if (key.name !== 'return') return { view: { ...view, text: view.text.length < 500 ? view.text + key.text : view.text } };
    return view.text.trim() === '' ? { view } : { view, choice: { type: 'step', step: view.asking, text: view.text.trim() } };
  }
  if (key.text === 'q' || key.name === 'escape') return { view, choice: { type: 'quit' } };
  const move = key.name === 'up' || key.text === 'k' ? -1 : key.name === 'down' || key.text === 'j' ? 1 : 0;
  if (move !== 0) return { view: { ...view, run: Math.max(0, Math.min(data.runs.length - 1, view.run + move)) } };
  const run = data.runs[view.run];
  if (key.name === 'return') return run === undefined ? { view } : { view, choice: { type: 'run', id: run.id } };
  const step = data.next.find((each, index) => each.key === key.text || String(index + 1) === key.text);
  if (step === undefined) return { view };
  return step.ask === undefined ? { view, choice: { type: 'step', step, text: '' } } : { view: { ...view, asking: step, text: '' } };
}

const HOST_STATUSES: Readonly<Record<DashboardData['hosts'][number]['status'], DisplayStatus>> = {
  proven: 'ok',
  unreachable: 'unreachable',
  misdirected: 'refused',
  untrusted: 'unknown',
  blocked: 'aside',
  unknown: 'queued',
};

/** The start screen: exactly `look.rows` lines. Pure. */
export function dashboardLines(data: DashboardData, view: DashboardView, style: TerminalStyle): readonly StyledLine[] {
  const { columns, rows } = style;
  const room = Math.max(0, rows - 1);
  const lines = (columns >= 40 && rows >= 12 ? fullLines(data, view, style, room) : compactLines(data)).slice(0, room);
  while (lines.length < room) lines.push([]);
  return [...lines, keyHints(data, view, style)].slice(0, rows).map((line) => truncateLine(line, columns));
}

function fullLines(data: DashboardData, view: DashboardView, { columns }: TerminalStyle, room: number): StyledLine[] {
  const head = [
    alignSides(
      [styled(displayText` swarm`, { bold: true }), styled(displayText`  ${data.project}`)],
      [styled(displayText`${data.runs.length === 0 ? 'no run yet' : formatQuantity(data.runs.length, 'run')} `)],
      columns,
    ),
    ruleLine(columns),
  ];
  const about = [
    factLine('inventory', describeInventory(data)),
    factLine('playbooks', displayText`${data.playbooks.join('  ')}`),
    factLine('binhost', displayText`${data.binhost}`),
  ];
  const many = Math.min(data.next.length, Math.max(1, Math.floor((room - 8) / 3)));
  const next = [sectionTitle('Next'), ...data.next.slice(0, many).map((step, index) => stepLine(step, index, columns))];
  const rest = Math.max(0, room - head.length - about.length - next.length - 1);
  const forRuns = data.runs.length === 0 ? 2 : Math.min(data.runs.length + 1, Math.max(2, Math.floor(rest / 2)));
  const hosts = listBlock('Hosts', hostLines(data, columns), 0, Math.max(0, rest - forRuns));
  const runs = listBlock('Runs', runLines(data, view, columns), view.run, forRuns);
  return [...head, ...about, ...hosts, ...runs, ruleLine(columns), ...next];
}

function compactLines(data: DashboardData): StyledLine[] {
  const steps = data.next
    .slice(0, 3)
    .map(({ key, what }): StyledLine => [styled(displayText` ${key}`, { colour: 'cyan' }), styled(displayText` ${what}`)]);
  return [[styled(displayText` swarm`, { bold: true }), styled(displayText` ${formatQuantity(data.hosts.length, 'host')}`)], ...steps];
}

const factLine = (name: string, text: DisplayText): StyledLine => [styled(displayText` ${name.padEnd(11)}`, { dim: true }), styled(text)];
const sectionTitle = (text: string): StyledLine => [styled(displayText` ${text}`, { bold: true })];

function describeInventory({ hosts }: DashboardData): DisplayText {
  const by = new Map<string, number>();
  for (const { status } of hosts) by.set(status, (by.get(status) ?? 0) + 1);
  const cores = hosts.reduce((sum, host) => sum + (host.cores ?? 0), 0);
  const states = [...by].map(([status, many]) => `${many} ${status === 'untrusted' ? 'never trusted' : status}`);
  return displayText`${formatQuantity(hosts.length, 'host')}  ${states.join('  ')}${cores > 0 ? `  ${cores} cores` : ''}`;
}

const STATUS_ORDER = ['misdirected', 'unreachable', 'untrusted', 'blocked', 'unknown', 'proven'];

function hostLines({ hosts }: DashboardData, columns: number): readonly StyledLine[] {
  const name = Math.min(
    20,
    hosts.reduce((most, each) => Math.max(most, [...each.name].length), 4),
  );
  return [...hosts]
    .sort((a, b) => STATUS_ORDER.indexOf(a.status) - STATUS_ORDER.indexOf(b.status))
    .map((host) => {
      const facts = [
        host.cores === undefined ? '' : formatQuantity(host.cores, 'core'),
        host.load === undefined ? '' : `load ${host.load.toFixed(1)}`,
      ];
      const line = [
        styled(displayText`  `),
        statusSymbol(HOST_STATUSES[host.status]),
        styled(
          displayText` ${padText(toOneLine(host.name), name)}  ${host.status.padEnd(11)}  ${[host.note, host.route].filter((each) => each !== undefined).join('  ')}`,
        ),
      ];
      return alignSides(
        line,
        columns < 70 ? [] : [styled(displayText`${facts.filter((each) => each !== '').join('  ')} `, { dim: true })],
        columns,
      );
    });
}

function runLines({ runs }: DashboardData, view: DashboardView, columns: number): readonly StyledLine[] {
  if (runs.length === 0) return [[styled(displayText`  Nothing is running, and no run has been recorded in this project.`, { dim: true })]];
  return runs.map(({ id, playbook, status, startedAt, exit }, index) => {
    const name: DisplayStatus = status === 'running' ? 'running' : status === 'ok' ? 'ok' : status === 'failed' ? 'failed' : 'unknown';
    const line = [
      styled(displayText`${index === view.run ? ' >' : '  '}`, { bold: true }),
      statusSymbol(name),
      styled(displayText` ${id.padEnd(6)} ${playbook.padEnd(12)} ${status}${exit === undefined ? '' : `, exit ${exit}`}`),
    ];
    return alignSides(
      line,
      [styled(displayText`${startedAt === undefined ? '' : startedAt.slice(0, 16).replace('T', ' ')} `, { dim: true })],
      columns,
    );
  });
}

/** A title and what fits below it around the chosen line; the rest is counted. */
function listBlock(name: string, lines: readonly StyledLine[], chosen: number, room: number): readonly StyledLine[] {
  if (room < 2) return [];
  const { from, count, hidden } = visibleRange(lines.length, room - 1, chosen);
  const more: readonly StyledLine[] = hidden > 0 && room > 2 ? [[styled(displayText`  … ${hidden} more`, { dim: true })]] : [];
  return [sectionTitle(name), ...lines.slice(from, from + count), ...more];
}

function stepLine({ key, what, command }: NextStep, index: number, columns: number): StyledLine {
  const left = [styled(displayText`  ${index + 1}  `), styled(displayText`${key}`, { colour: 'cyan' }), styled(displayText`  ${what}`)];
  return alignSides(left, columns < 70 ? [] : [styled(displayText`${command} `, { dim: true })], columns);
}

function keyHints(data: DashboardData, view: DashboardView, { columns, ascii }: TerminalStyle): StyledLine {
  if (view.asking !== undefined) {
    return truncateLine(
      [
        styled(displayText` ${view.asking.ask ?? ''}: ${view.text}_`, { bold: true }),
        styled(displayText`   enter goes on, esc stops`, { dim: true }),
      ],
      columns,
    );
  }
  const keys = [
    ...(data.runs.length > 0
      ? [
          ['↑↓', 'run'],
          [ascii ? 'ret' : '↵', 'watch'],
        ]
      : []),
    ...data.next.map(({ key, what }) => [key, columns < 60 ? '' : (what.split(' ')[0] ?? '')]),
    ['q', 'quit'],
  ];
  return truncateLine(
    keys.flatMap(([key, what], index) => [
      styled(displayText`${index === 0 ? ' ' : '  '}`),
      styled(displayText`${key ?? ''}`, { colour: 'cyan' }),
      styled(displayText`${what ? ` ${what}` : ''}`),
    ]),
    columns,
  );
}
