import { canResume } from '../../../core/can-resume.ts';
import { displayText, textWidth } from '../../text/display-text.ts';
import { type StyledLine, styled, truncateLine } from '../../text/styled-line.ts';
import type { TerminalStyle } from '../../text/terminal-style.ts';
import type { ScreenModel } from '../model/screen-model.ts';
import type { ScreenAction, ScreenView } from '../model/screen-view.ts';

/** Which acts the caller can do; a key without one is not offered. */
export type ScreenCapabilities = Readonly<Partial<Record<ScreenAction['type'] | 'playback', boolean>>>;

/** The last line: what works now; a question; what is being typed. */
export function keyHintLine(model: ScreenModel, view: ScreenView, style: TerminalStyle, can: ScreenCapabilities): StyledLine {
  const { columns } = style;
  if (view.ask !== undefined)
    return truncateLine([styled(displayText` ${view.ask.question} `, { bold: true }), styled(displayText`[y/N]`)], columns);
  if (view.typing !== undefined) {
    const text = view.typing === 'filter' ? view.filter : view.search;
    return truncateLine(
      [styled(displayText` ${view.typing}: ${text}_`, { bold: true }), styled(displayText`   Enter keeps, Esc clears`, { dim: true })],
      columns,
    );
  }
  if (view.notice !== undefined) return truncateLine([styled(displayText` ${view.notice}`)], columns);
  const keys = listKeyHints(model, view, style, can);
  if (columns < 60)
    return truncateLine(
      keys.map(([key]) => styled(displayText` ${key}`)),
      columns,
    );
  const shown = [...keys];
  const size = (): number => shown.reduce((sum, [key, what]) => sum + textWidth(displayText`${key} ${what}`) + 2, 1);
  for (const key of DROP_ORDER) {
    const index = shown.findIndex(([name]) => name === key);
    if (size() > columns && index >= 0) shown.splice(index, 1);
  }
  return truncateLine(
    shown.flatMap(([key, what], index) => [
      styled(displayText`${index === 0 ? ' ' : '  '}`),
      styled(displayText`${key}`, { colour: 'cyan' }),
      styled(displayText` ${what}`),
    ]),
    columns,
  );
}

/** Which keys are left out first where the line is short; all of them are in the help. */
const DROP_ORDER = ['o', 't', 'e', 'n N', 'w', 'y', 'r', 'x', 'l', '/', 'E', 'f', 'd', 'G', 'esc'];

type KeyHint = readonly [string, string];

function listKeyHints({ state }: ScreenModel, view: ScreenView, style: TerminalStyle, can: ScreenCapabilities): readonly KeyHint[] {
  const running = state.status === 'running';
  const arrows: KeyHint = ['↑↓', view.page === 'run' && view.focus === 'hosts' ? 'host' : view.page === 'failures' ? 'pick' : 'scroll'];
  const enter: KeyHint = [style.ascii ? 'ret' : '↵', view.page === 'run' ? 'open' : 'log'];
  const failure: readonly KeyHint[] = state.errors.length > 0 ? [['f', 'failure']] : [];
  const acts: readonly KeyHint[] = [
    ...(can.playback === true && running
      ? ([
          ['space', 'pause'],
          ['+ -', 'speed'],
        ] as const)
      : []),
    ...(running && can.cancelHost === true ? ([['x', 'cancel job']] as const) : []),
    ...(can.retry === true && canResume(state) ? ([['r', 'retry']] as const) : []),
  ];
  const leave: readonly KeyHint[] = [
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
