import type { RunState } from '../../../core/run-state.ts';
import { show, width } from '../../text/display-text.ts';
import { type Line, piece, within } from '../../text/styled-line.ts';
import type { Look } from '../../text/terminal-style.ts';
import type { Picture } from '../model/screen-model.ts';
import type { Act, View } from '../model/screen-view.ts';

/** Which acts the caller can do; a key without one is not offered. */
export type Can = Readonly<Partial<Record<Act['type'] | 'playback', boolean>>>;

/** Is there anything that going on with the run could do? */
export const isLeft = ({ status }: RunState): boolean => status === 'failed' || status === 'interrupted';

/** The last line: what works now; a question; what is being typed. */
export function keyLine(picture: Picture, view: View, look: Look, can: Can): Line {
  const { columns } = look;
  if (view.ask !== undefined) return within([piece(show` ${view.ask.question} `, { bold: true }), piece(show`[y/N]`)], columns);
  if (view.typing !== undefined) {
    const text = view.typing === 'filter' ? view.filter : view.search;
    return within(
      [piece(show` ${view.typing}: ${text}_`, { bold: true }), piece(show`   enter keeps, esc clears`, { dim: true })],
      columns,
    );
  }
  if (view.notice !== undefined) return within([piece(show` ${view.notice}`)], columns);
  const keys = keysOf(picture, view, look, can);
  if (columns < 60)
    return within(
      keys.map(([key]) => piece(show` ${key}`)),
      columns,
    );
  const shown = [...keys];
  const size = (): number => shown.reduce((sum, [key, what]) => sum + width(show`${key} ${what}`) + 2, 1);
  for (const key of GIVE_WAY) {
    const index = shown.findIndex(([name]) => name === key);
    if (size() > columns && index >= 0) shown.splice(index, 1);
  }
  return within(
    shown.flatMap(([key, what], index) => [
      piece(show`${index === 0 ? ' ' : '  '}`),
      piece(show`${key}`, { colour: 'cyan' }),
      piece(show` ${what}`),
    ]),
    columns,
  );
}

/** Which keys are left out first where the line is short; all of them are in the help. */
const GIVE_WAY = ['o', 't', 'e', 'n N', 'w', 'y', 'r', 'x', 'l', '/', 'E', 'f', 'd', 'G', 'esc'];

type Hint = readonly [string, string];

function keysOf({ state }: Picture, view: View, look: Look, can: Can): readonly Hint[] {
  const running = state.status === 'running';
  const arrows: Hint = ['↑↓', view.page === 'run' && view.focus === 'hosts' ? 'host' : view.page === 'failures' ? 'pick' : 'scroll'];
  const enter: Hint = [look.ascii ? 'ret' : '↵', view.page === 'run' ? 'open' : 'log'];
  const failure: readonly Hint[] = state.errors.length > 0 ? [['f', 'failure']] : [];
  const acts: readonly Hint[] = [
    ...(can.playback === true && running
      ? ([
          ['space', 'rest'],
          ['+ -', 'speed'],
        ] as const)
      : []),
    ...(running && can.cancelHost === true ? ([['x', 'cancel job']] as const) : []),
    ...(can.retry === true && isLeft(state) ? ([['r', 'retry']] as const) : []),
  ];
  const leave: readonly Hint[] = [
    ...(running && can.playback !== true ? ([['d', 'detach']] as const) : []),
    ['s', 'stream'],
    ['?', 'help'],
    ['q', 'quit'],
  ];
  switch (view.page) {
    case 'run':
      return [
        arrows,
        enter,
        ['l', 'log'],
        ...failure,
        ['/', view.focus === 'log' ? 'search' : 'filter'],
        ['o', 'sort'],
        ['e', 'events'],
        ['t', 'tasks'],
        ...acts,
        ...leave,
      ];
    case 'log':
      return [arrows, ['esc', 'back'], ['/', 'search'], ['n N', 'match'], ['E', 'error'], ['G', 'follow'], ['w', 'wrap'], ...leave];
    case 'failures':
      return [arrows, enter, ['esc', 'back'], ['n N', 'scroll'], ['y', 'copy command'], ...acts, ...leave];
    default:
      return [arrows, ['esc', 'back'], ...leave];
  }
}
