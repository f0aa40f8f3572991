import { argsOf } from '../../events/event-text.ts';
import { routeLines } from '../../events/failure-text.ts';
import { oneLine, pad, show } from '../../text/display-text.ts';
import { clock, counted, stamp, took } from '../../text/format.ts';
import { type Line, piece, sign, within } from '../../text/styled-line.ts';
import { signs } from '../../text/symbols.ts';
import type { Picture } from '../model/screen-model.ts';
import type { Size, View } from '../model/screen-view.ts';
import { scrolled } from './failure-page.ts';
import { titleLine } from './host-area.ts';

/** The plain stream without output, newest last. */
export function eventPage(picture: Picture, view: View, { columns }: Size, height: number): readonly Line[] {
  const room = height - 1;
  const end = picture.events.length - view.offset;
  const lines = picture.events.slice(Math.max(0, end - room), Math.max(0, end)).map((text) => within([piece(show` ${text}`)], columns));
  return [titleLine(show`EVENTS`, counted(picture.events.length, 'line'), columns), ...lines].slice(0, height);
}

/** What the chosen host did, newest last. */
export function taskPage(picture: Picture, view: View, { columns }: Size, height: number): readonly Line[] {
  const all = picture.done.get(view.selected ?? '') ?? [];
  const start = Date.parse(picture.state.startedAt ?? '') || 0;
  const now = picture.state.hosts[view.selected ?? '']?.task;
  const lines = all.map(({ at, name, item, outcome, ms }): Line => {
    const head = [
      piece(show`  ${stamp(at - start)}  `, { dim: true }),
      sign(outcome),
      piece(show` ${pad(show`${outcome}`, 12)}`, signs[outcome].style),
    ];
    return within([...head, piece(show`${pad(took(ms), 8, 'right')}  ${item === undefined ? '' : `${item}  `}${name}`)], columns);
  });
  const current: readonly Line[] =
    now === undefined ? [] : [within([piece(show`  now    `), sign('running'), piece(show` ${now}`)], columns)];
  const room = height - 1;
  const end = lines.length + current.length - view.offset;
  const shown = [...lines, ...current].slice(Math.max(0, end - room), Math.max(0, end));
  const none: readonly Line[] = shown.length === 0 ? [[piece(show`  no task yet`, { dim: true })]] : [];
  return [titleLine(show`TASKS ${view.selected ?? ''}`, counted(all.length, 'task'), columns), ...shown, ...none].slice(0, height);
}

/** What the chosen host proved, by which route, and what is set aside. */
export function identityPage(picture: Picture, view: View, { columns }: Size, height: number): readonly Line[] {
  const name = view.selected ?? '';
  const host = picture.state.hosts[name];
  const fact = (label: string, value: string): Line => [piece(show`    ${label.padEnd(10)}`, { dim: true }), piece(show`${value}`)];
  if (host === undefined) return [titleLine(show`IDENTITY`, show``, columns)].slice(0, height);
  const lines: readonly Line[] = [
    fact('key', picture.keys.get(name) ?? 'not shown by this route'),
    fact('route', host.route ?? 'none'),
    fact('state', host.phase),
    ...(host.cores === undefined ? [] : [fact('cores', String(host.cores))]),
    ...(host.since === undefined ? [] : [fact('at work', String(clock(picture.now - Date.parse(host.since))))]),
    [],
    ...routeLines(name, host),
    [],
    fact('run', argsOf(picture.state.args).join('  ')),
    fact('again', `swarm hosts verify ${name}`),
  ];
  const body = scrolled(lines, view.offset, height - 1).map((line) => within(line, columns));
  return [titleLine(show`IDENTITY ${name}`, show``, columns), ...body].slice(0, height);
}

const HELP: readonly (readonly [string, readonly (readonly [string, string])[]])[] = [
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
    'LOOK',
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
      ['o', 'sort: trouble, name, time'],
      ['E', 'next error of the log'],
    ],
  ],
  [
    'SCREEN',
    [
      ['s', 'stream: plain log, and back'],
      ['w', 'wrap lines'],
      ['z', 'compact grid'],
      ['T', 'times of the run or of day'],
      ['y', 'copy the plain command'],
      ['^L', 'draw anew'],
    ],
  ],
  [
    'ACT (asks first)',
    [
      ['x', 'cancel the job of the host'],
      ['X', 'cancel the run'],
      ['r', 'retry what failed'],
      ['p', 'pause dispatch'],
      ['space  + -', 'replay: rest, speed'],
    ],
  ],
  [
    'LEAVE',
    [
      ['d', 'detach: the run goes on'],
      ['q', 'quit'],
      ['^C', 'leave at once'],
    ],
  ],
];

/** The keys. */
export function helpPage(view: View, { columns }: Size, height: number): readonly Line[] {
  const across = columns >= 108 ? 3 : columns >= 72 ? 2 : 1;
  const cell = Math.floor(columns / across);
  const lines: Line[] = [];
  for (let first = 0; first < HELP.length; first += across) {
    const group = HELP.slice(first, first + across);
    lines.push(group.map(([title]) => piece(pad(show`  ${title}`, cell), { bold: true })));
    const most = Math.max(...group.map(([, keys]) => keys.length));
    for (let index = 0; index < most; index++) {
      lines.push(
        group.flatMap(([, keys]): Line => {
          const [key, what] = keys[index] ?? ['', ''];
          return [piece(pad(show`  ${key}`, 14), { colour: 'cyan' }), piece(pad(oneLine(what), cell - 14))];
        }),
      );
    }
  }
  const notes = [
    show` Everything here has a plain command; y copies the one for what is selected.`,
    show` To select text press s: the stream is normal scrollback.`,
    show` NO_COLOR=1: no colours.  SWARM_ASCII=1: ASCII only.  -o plain: for a screen reader.`,
  ].map((text): Line => [piece(text, { dim: true })]);
  const body = scrolled([...lines, ...notes], view.offset, height - 1).map((line) => within(line, columns));
  return [titleLine(show`HELP`, show`? or esc closes`, columns), ...body].slice(0, height);
}
