import type { ItemState, RunState } from '../core/run-state.ts';
import { type DisplayText, displayText, joinText } from './text/display-text.ts';
import { formatEstimate, formatQuantity } from './text/format.ts';
import { type StyledLine, styled } from './text/styled-line.ts';

/** The plan of a check, in the order in which the items would start, and its end. Empty for a run that is not a check. */
export function planLines(state: RunState): readonly StyledLine[] {
  const { check, plannedEnd: end } = state;
  const items = state.items.values().sort((one, other) => orderOf(one) - orderOf(other));
  if (!check || end === undefined || items.length === 0) return [];
  const guessed = items.filter(({ estimate }) => estimate === undefined).length;
  const rule =
    guessed === 0 ? displayText`` : displayText` (no past run shows the time of ${formatQuantity(guessed, 'item')}, so it is assumed)`;
  return [
    [styled(displayText`plan of ${formatQuantity(items.length, 'item')}, in order of start`, { bold: true })],
    ...items.flatMap(itemLines),
    [styled(displayText`end after ${formatEstimate(end.seconds)}, give or take ${formatSpread(end.spread)}${rule}`)],
    ...criticalPathLine(items),
    [],
  ];
}

const orderOf = ({ planned }: ItemState): number => planned?.order ?? Number.MAX_SAFE_INTEGER;

/** What is built and why; its flags; where and when. */
function itemLines(item: ItemState): readonly StyledLine[] {
  const { id, planned } = item;
  const [name, reason, because, use] = [
    textOf(item, 'cpv') ?? id,
    textOf(item, 'reason'),
    textOf(item, 'because'),
    textOf(item, 'useText'),
  ];
  const number = planned === undefined ? '?' : String(planned.order);
  const why = [reason ?? [], because ?? []].flat().join(': ');
  return [
    [
      styled(displayText`${number.padStart(4)}  `),
      styled(displayText`${name}`, { bold: true }),
      styled(displayText`${why === '' ? '' : `  ${why}`}`),
    ],
    ...(use === undefined || use === '' ? [] : [[styled(displayText`      ${use}`)]]),
    [styled(displayText`      `), styled(describePlace(item), { dim: true })],
  ];
}

function describePlace(item: ItemState): DisplayText {
  const { planned, estimate } = item;
  const target = textOf(item, 'target');
  const targetText = target === undefined ? [] : [displayText`target ${target}`];
  if (planned === undefined) return joinText([...targetText, displayText`no host may run it`], ', ');
  const time = formatEstimate(planned.seconds);
  return joinText(
    [
      ...targetText,
      displayText`on ${planned.host}`,
      planned.start === 0 ? displayText`starts at once` : displayText`starts after ${formatEstimate(planned.start)}`,
      estimate === undefined ? displayText`takes ${time} (assumed)` : displayText`takes ${time}`,
      ...(planned.critical ? [displayText`on the critical path`] : []),
    ],
    ', ',
  );
}

function criticalPathLine(items: readonly ItemState[]): readonly StyledLine[] {
  const names = items.filter(({ planned }) => planned?.critical).map((item) => displayText`${textOf(item, 'cpv') ?? item.id}`);
  return names.length === 0 ? [] : [[styled(displayText`critical path: `), styled(joinText(names, ' → '))]];
}

const formatSpread = (seconds: number): DisplayText => (seconds < 1 ? displayText`1s` : displayText`${formatEstimate(seconds).slice(1)}`);

function textOf({ shown }: ItemState, name: string): string | undefined {
  const value = shown?.[name];
  return typeof value === 'string' ? value : undefined;
}
