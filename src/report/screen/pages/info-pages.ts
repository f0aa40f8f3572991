import { routeProofLines } from '../../events/failure-text.ts';
import { describeRunArgs } from '../../events/run-args-text.ts';
import { displayText, padText, toOneLine } from '../../text/display-text.ts';
import { formatClock, formatDuration, formatQuantity, formatTimestamp } from '../../text/format.ts';
import { type StyledLine, statusSymbol, styled, truncateLine } from '../../text/styled-line.ts';
import { statusSymbols } from '../../text/symbols.ts';
import type { ScreenModel } from '../model/screen-model.ts';
import type { ScreenView, TerminalSize } from '../model/screen-view.ts';
import { scrollLines } from './failure-page.ts';
import { titleLine } from './host-area.ts';

/** The plain stream without output, newest last. */
export function eventPage(model: ScreenModel, view: ScreenView, { columns }: TerminalSize, height: number): readonly StyledLine[] {
  const room = height - 1;
  const end = model.events.length - view.offset;
  const lines = model.events
    .slice(Math.max(0, end - room), Math.max(0, end))
    .map((text) => truncateLine([styled(displayText` ${text}`)], columns));
  return [titleLine(displayText`EVENTS`, formatQuantity(model.events.length, 'line'), columns), ...lines].slice(0, height);
}

/** What the chosen host did, newest last. */
export function taskPage(model: ScreenModel, view: ScreenView, { columns }: TerminalSize, height: number): readonly StyledLine[] {
  const all = model.done.get(view.selected ?? '') ?? [];
  const start = Date.parse(model.state.startedAt ?? '') || 0;
  const now = model.state.hosts.get(view.selected ?? '')?.task;
  const lines = all.map(({ at, name, item, outcome, ms }): StyledLine => {
    const head = [
      styled(displayText`  ${formatTimestamp(at - start)}  `, { dim: true }),
      statusSymbol(outcome),
      styled(displayText` ${padText(displayText`${outcome}`, 12)}`, statusSymbols[outcome].style),
    ];
    return truncateLine(
      [...head, styled(displayText`${padText(formatDuration(ms), 8, 'right')}  ${item === undefined ? '' : `${item}  `}${name}`)],
      columns,
    );
  });
  const current: readonly StyledLine[] =
    now === undefined
      ? []
      : [truncateLine([styled(displayText`  now    `), statusSymbol('running'), styled(displayText` ${now}`)], columns)];
  const room = height - 1;
  const end = lines.length + current.length - view.offset;
  const shown = [...lines, ...current].slice(Math.max(0, end - room), Math.max(0, end));
  const none: readonly StyledLine[] = shown.length === 0 ? [[styled(displayText`  no task yet`, { dim: true })]] : [];
  return [titleLine(displayText`TASKS ${view.selected ?? ''}`, formatQuantity(all.length, 'task'), columns), ...shown, ...none].slice(
    0,
    height,
  );
}

/** What the chosen host proved, by which route, and what is set aside. */
export function identityPage(model: ScreenModel, view: ScreenView, { columns }: TerminalSize, height: number): readonly StyledLine[] {
  const name = view.selected ?? '';
  const host = model.state.hosts.get(name);
  const fact = (label: string, value: string): StyledLine => [
    styled(displayText`    ${label.padEnd(10)}`, { dim: true }),
    styled(displayText`${value}`),
  ];
  if (host === undefined) return [titleLine(displayText`IDENTITY`, displayText``, columns)].slice(0, height);
  const lines: readonly StyledLine[] = [
    fact('key', model.keys.get(name) ?? 'not shown by this route'),
    fact('route', host.route ?? 'none'),
    fact('state', host.phase),
    ...(host.cores === undefined ? [] : [fact('cores', String(host.cores))]),
    ...(host.since === undefined ? [] : [fact('busy for', String(formatClock(model.now - Date.parse(host.since))))]),
    [],
    ...routeProofLines(name, host),
    [],
    fact('run', describeRunArgs(model.state.args, model.state.defaults).join('  ')),
    fact('verify', `swarm hosts verify ${name}`),
  ];
  const body = scrollLines(lines, view.offset, height - 1).map((line) => truncateLine(line, columns));
  return [titleLine(displayText`IDENTITY ${name}`, displayText``, columns), ...body].slice(0, height);
}

const HELP_GROUPS: readonly (readonly [string, readonly (readonly [string, string])[]])[] = [
  [
    'MOVE',
    [
      ['up dn  k j', 'host, line or failure'],
      ['lt rt', 'column of hosts'],
      ['pgup pgdn', 'page'],
      ['g  home', 'top'],
      ['G  end', 'bottom, follow'],
      ['tab  1 2', 'hosts or log'],
    ],
  ],
  [
    'VIEW',
    [
      ['enter  l', 'log of the host'],
      ['esc', 'back'],
      ['f  F', 'failures, next, previous'],
      ['e', 'events'],
      ['t', 'tasks of the host'],
      ['i', 'identity and routes'],
    ],
  ],
  [
    'FIND',
    [
      ['/', 'filter hosts, search a log'],
      ['n  N', 'next, previous match'],
      ['c', 'clear'],
      ['o', 'sort: problems, name, time'],
      ['E', 'next error of the log'],
    ],
  ],
  [
    'SCREEN',
    [
      ['s', 'plain log, and back'],
      ['w', 'wrap lines'],
      ['z', 'compact grid'],
      ['T', 'times of the run or of day'],
      ['y', 'copy the plain command'],
      ['^L', 'redraw'],
    ],
  ],
  [
    'ACT (asks first)',
    [
      ['x', 'cancel the job of the host'],
      ['X', 'cancel the run'],
      ['r', 'retry what failed'],
      ['p', 'pause dispatch'],
      ['space  + -', 'replay: pause, speed'],
    ],
  ],
  [
    'LEAVE',
    [
      ['d', 'detach: the run goes on'],
      ['q', 'quit'],
      ['^C', 'no new work; twice: leave'],
    ],
  ],
];

/** The keys. */
export function helpPage(view: ScreenView, { columns }: TerminalSize, height: number): readonly StyledLine[] {
  const across = columns >= 108 ? 3 : columns >= 72 ? 2 : 1;
  const cell = Math.floor(columns / across);
  const lines: StyledLine[] = [];
  for (let first = 0; first < HELP_GROUPS.length; first += across) {
    const group = HELP_GROUPS.slice(first, first + across);
    lines.push(group.map(([title]) => styled(padText(displayText`  ${title}`, cell), { bold: true })));
    const most = Math.max(...group.map(([, keys]) => keys.length));
    for (let index = 0; index < most; index++) {
      lines.push(
        group.flatMap(([, keys]): StyledLine => {
          const [key, what] = keys[index] ?? ['', ''];
          return [styled(padText(displayText`  ${key}`, 14), { colour: 'cyan' }), styled(padText(toOneLine(what), cell - 14))];
        }),
      );
    }
  }
  const notes = [
    displayText` Each action has a command to type; y copies the one for the selection.`,
    displayText` To select text press s: the stream is normal scrollback.`,
    displayText` NO_COLOR=1: no colours.  SWARM_ASCII=1: ASCII only.  -o plain: for a screen reader.`,
  ].map((text): StyledLine => [styled(text, { dim: true })]);
  const body = scrollLines([...lines, ...notes], view.offset, height - 1).map((line) => truncateLine(line, columns));
  return [titleLine(displayText`HELP`, displayText`? or esc closes`, columns), ...body].slice(0, height);
}
