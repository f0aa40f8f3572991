import './terminal/react-production.ts'; // before anything that leads to Ink
import { type Display, oneLine, pad, show } from '../text/display-text.ts';
import { counted } from '../text/format.ts';
import { type Line, piece, sides, sign, within } from '../text/styled-line.ts';
import type { Sign } from '../text/symbols.ts';
import type { Look } from '../text/terminal-style.ts';
import { rule } from './pages/host-area.ts';
import { windowOf } from './pages/host-layout.ts';
import type { Key } from './terminal/read-keys.ts';
import { openStage, type Terminal } from './terminal/terminal-renderer.tsx';

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
  readonly next: readonly Step[];
}

export interface Step {
  /** One letter; not one of ↑↓ ↵ / ? q k j. */
  readonly key: string;
  readonly what: string;
  /** The same from the shell. */
  readonly command: string;
  /** Text to ask for before, `package atoms`. */
  readonly ask?: string;
}

export type Choice =
  | { readonly type: 'quit' }
  | { readonly type: 'run'; readonly id: string }
  | { readonly type: 'step'; readonly step: Step; readonly text: string };

/** How the start screen is looked at. */
export interface DashboardView {
  readonly run: number;
  readonly asking: Step | undefined;
  readonly text: string;
}

export interface Dashboard {
  update(data: DashboardData): void;
  /** Settles with the first choice; the terminal is as it was before by then. */
  readonly choice: Promise<Choice>;
  close(): void;
}

/** Opens the start screen. */
export function dashboard(options: {
  readonly out: Terminal;
  readonly in: NodeJS.ReadableStream;
  readonly look: Look;
  readonly data: DashboardData;
}): Dashboard {
  let data = options.data;
  let view: DashboardView = { run: 0, asking: undefined, text: '' };
  let resolve: (choice: Choice) => void = () => {};
  const choice = new Promise<Choice>((done) => {
    resolve = done;
  });
  const finish = (made: Choice): void => {
    stage.close();
    resolve(made);
  };
  const stage = openStage(
    options.out,
    options.in,
    options.look,
    (look) => dashboardLines(data, view, look),
    (key) => {
      const pressed = pressOnDashboard(view, key, data);
      view = pressed.view;
      if (pressed.choice === undefined) stage.now();
      else finish(pressed.choice);
    },
  );
  return {
    update(next) {
      data = next;
      stage.changed();
    },
    choice,
    close: () => finish({ type: 'quit' }),
  };
}

/** One key on the start screen. Pure. */
export function pressOnDashboard(
  view: DashboardView,
  key: Key,
  data: DashboardData,
): { readonly view: DashboardView; readonly choice?: Choice } {
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

const SIGNS: Readonly<Record<DashboardData['hosts'][number]['status'], Sign>> = {
  proven: 'ok',
  unreachable: 'unreachable',
  misdirected: 'refused',
  untrusted: 'unknown',
  blocked: 'aside',
  unknown: 'queued',
};

/** The start screen: exactly `look.rows` lines. Pure. */
export function dashboardLines(data: DashboardData, view: DashboardView, look: Look): readonly Line[] {
  const { columns, rows } = look;
  const room = Math.max(0, rows - 1);
  const lines = (columns >= 40 && rows >= 12 ? full(data, view, look, room) : short(data)).slice(0, room);
  while (lines.length < room) lines.push([]);
  return [...lines, keysOf(data, view, look)].slice(0, rows).map((line) => within(line, columns));
}

function full(data: DashboardData, view: DashboardView, { columns }: Look, room: number): Line[] {
  const head = [
    sides(
      [piece(show` swarm`, { bold: true }), piece(show`  ${data.project}`)],
      [piece(show`${data.runs.length === 0 ? 'no run yet' : counted(data.runs.length, 'run')} `)],
      columns,
    ),
    rule(columns),
  ];
  const about = [
    fact('inventory', inventoryOf(data)),
    fact('playbooks', show`${data.playbooks.join('  ')}`),
    fact('binhost', show`${data.binhost}`),
  ];
  const many = Math.min(data.next.length, Math.max(1, Math.floor((room - 8) / 3)));
  const next = [title('Next'), ...data.next.slice(0, many).map((step, index) => stepLine(step, index, columns))];
  const rest = Math.max(0, room - head.length - about.length - next.length - 1);
  const forRuns = data.runs.length === 0 ? 2 : Math.min(data.runs.length + 1, Math.max(2, Math.floor(rest / 2)));
  const hosts = block('Hosts', hostLines(data, columns), 0, Math.max(0, rest - forRuns));
  const runs = block('Runs', runLines(data, view, columns), view.run, forRuns);
  return [...head, ...about, ...hosts, ...runs, rule(columns), ...next];
}

function short(data: DashboardData): Line[] {
  const steps = data.next.slice(0, 3).map(({ key, what }): Line => [piece(show` ${key}`, { colour: 'cyan' }), piece(show` ${what}`)]);
  return [[piece(show` swarm`, { bold: true }), piece(show` ${counted(data.hosts.length, 'host')}`)], ...steps];
}

const fact = (name: string, text: Display): Line => [piece(show` ${name.padEnd(11)}`, { dim: true }), piece(text)];
const title = (text: string): Line => [piece(show` ${text}`, { bold: true })];

function inventoryOf({ hosts }: DashboardData): Display {
  const by = new Map<string, number>();
  for (const { status } of hosts) by.set(status, (by.get(status) ?? 0) + 1);
  const cores = hosts.reduce((sum, host) => sum + (host.cores ?? 0), 0);
  const states = [...by].map(([status, many]) => `${many} ${status === 'untrusted' ? 'never trusted' : status}`);
  return show`${counted(hosts.length, 'host')}  ${states.join('  ')}${cores > 0 ? `  ${cores} cores` : ''}`;
}

const ORDER = ['misdirected', 'unreachable', 'untrusted', 'blocked', 'unknown', 'proven'];

function hostLines({ hosts }: DashboardData, columns: number): readonly Line[] {
  const name = Math.min(
    20,
    hosts.reduce((most, each) => Math.max(most, [...each.name].length), 4),
  );
  return [...hosts]
    .sort((a, b) => ORDER.indexOf(a.status) - ORDER.indexOf(b.status))
    .map((host) => {
      const facts = [
        host.cores === undefined ? '' : counted(host.cores, 'core'),
        host.load === undefined ? '' : `load ${host.load.toFixed(1)}`,
      ];
      const line = [
        piece(show`  `),
        sign(SIGNS[host.status]),
        piece(
          show` ${pad(oneLine(host.name), name)}  ${host.status.padEnd(11)}  ${[host.note, host.route].filter((each) => each !== undefined).join('  ')}`,
        ),
      ];
      return sides(line, columns < 70 ? [] : [piece(show`${facts.filter((each) => each !== '').join('  ')} `, { dim: true })], columns);
    });
}

function runLines({ runs }: DashboardData, view: DashboardView, columns: number): readonly Line[] {
  if (runs.length === 0) return [[piece(show`  Nothing is running, and no run has been recorded in this project.`, { dim: true })]];
  return runs.map(({ id, playbook, status, startedAt, exit }, index) => {
    const name: Sign = status === 'running' ? 'running' : status === 'ok' ? 'ok' : status === 'failed' ? 'failed' : 'unknown';
    const line = [
      piece(show`${index === view.run ? ' >' : '  '}`, { bold: true }),
      sign(name),
      piece(show` ${id.padEnd(6)} ${playbook.padEnd(12)} ${status}${exit === undefined ? '' : `, exit ${exit}`}`),
    ];
    return sides(line, [piece(show`${startedAt === undefined ? '' : startedAt.slice(0, 16).replace('T', ' ')} `, { dim: true })], columns);
  });
}

/** A title and what fits below it around the chosen line; the rest is counted. */
function block(name: string, lines: readonly Line[], chosen: number, room: number): readonly Line[] {
  if (room < 2) return [];
  const { from, count, hidden } = windowOf(lines.length, room - 1, chosen);
  const more: readonly Line[] = hidden > 0 && room > 2 ? [[piece(show`  … ${hidden} more`, { dim: true })]] : [];
  return [title(name), ...lines.slice(from, from + count), ...more];
}

function stepLine({ key, what, command }: Step, index: number, columns: number): Line {
  const left = [piece(show`  ${index + 1}  `), piece(show`${key}`, { colour: 'cyan' }), piece(show`  ${what}`)];
  return sides(left, columns < 70 ? [] : [piece(show`${command} `, { dim: true })], columns);
}

function keysOf(data: DashboardData, view: DashboardView, { columns, ascii }: Look): Line {
  if (view.asking !== undefined) {
    return within(
      [piece(show` ${view.asking.ask ?? ''}: ${view.text}_`, { bold: true }), piece(show`   enter goes on, esc stops`, { dim: true })],
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
  return within(
    keys.flatMap(([key, what], index) => [
      piece(show`${index === 0 ? ' ' : '  '}`),
      piece(show`${key ?? ''}`, { colour: 'cyan' }),
      piece(show`${what ? ` ${what}` : ''}`),
    ]),
    columns,
  );
}
