import { REFUSED_EXIT } from '../../../core/exit/exit-code.ts';
import type { Json } from '../../../core/json-value.ts';
import type { ItemState, RunState } from '../../../core/run-state.ts';
import { type DisplayText, displayText, toOneLine } from '../../text/display-text.ts';
import { formatClock, formatCount, formatEstimate, formatQuantity } from '../../text/format.ts';
import { runStatusText } from '../../text/run-status-text.ts';
import { alignSides, lineWidth, type StyledLine, statusSymbol, styled, truncateLine } from '../../text/styled-line.ts';
import { type DisplayStatus, outcomeWord, statusSymbols } from '../../text/symbols.ts';
import { countHostStatuses } from '../model/host-rows.ts';
import type { ScreenModel } from '../model/screen-model.ts';
import type { SizeTier } from '../model/screen-view.ts';

/** Run, playbook, what it is about, time and ETA; the counts; the bar. */
export function headerLines(model: ScreenModel, columns: number, tier: SizeTier, speed?: number): readonly StyledLine[] {
  const { state } = model;
  const bold = { bold: true };
  const what = tier === 'small' || tier === 'tiny' ? displayText`` : summarizeArgs(state.args);
  const name =
    tier === 'small' || tier === 'tiny'
      ? displayText` ${state.run} ${state.playbook}`
      : displayText`  run ${state.run}  ${state.playbook}  `;
  const check = state.check ? [styled(displayText`  CHECK: nothing is changed`, { colour: 'yellow' })] : [];
  const replayed =
    speed === undefined ? [] : [styled(speed === 0 ? displayText`  REPLAY (paused)` : displayText`  REPLAY ${speed}x`, { colour: 'cyan' })];
  return [
    alignSides(
      [styled(displayText` swarm`, bold), styled(name), styled(what), ...check, ...replayed],
      [...timeLine(model, tier), styled(displayText` `)],
      columns,
    ),
    truncateLine(
      tier === 'small'
        ? compactCountLine(state)
        : (countLines(state).find((line) => lineWidth(line) <= columns) ?? compactCountLine(state)),
      columns,
    ),
    progressBar(model, columns),
  ];
}

function timeLine(model: ScreenModel, tier: SizeTier): StyledLine {
  const { state, now } = model;
  if (state.status !== 'running') {
    const refused = state.status === 'failed' && state.exit === REFUSED_EXIT;
    const colour = state.status === 'ok' ? 'green' : state.status === 'failed' ? 'red' : 'yellow';
    const verdict = refused ? 'STOPPED BY A GUARD' : runStatusText[state.status].toUpperCase();
    const exit = tier === 'small' ? displayText`` : displayText`  exit ${state.exit ?? 0}`;
    return [styled(displayText`${verdict}`, { colour, bold: true }), styled(displayText`${exit}  ${formatClock(state.ms ?? 0)}`)];
  }
  const elapsed = state.startedAt === undefined ? displayText`0:00` : formatClock(now - Date.parse(state.startedAt));
  const queue = state.items.size > 0;
  if (state.paused !== undefined) {
    const left = Math.max(0, Date.parse(state.paused.until) - now);
    return [styled(displayText`PAUSED ${formatClock(left)}`, { colour: 'yellow', bold: true }), styled(displayText`  ${elapsed}`)];
  }
  return [styled(queue ? displayText`${elapsed}  ETA ${etaText(model, tier)}` : elapsed)];
}

function etaText(model: ScreenModel, tier: SizeTier): DisplayText {
  const expected = model.eta();
  if (expected === undefined) return displayText`?`;
  if (tier === 'small' || tier === 'tiny') return formatEstimate(expected.seconds);
  return displayText`${formatEstimate(expected.seconds)} ±${displayText`${formatEstimate(expected.spread)}`.slice(1)}`;
}

/** `www-client/firefox +41 more`: the first list among the values of a run. */
export function summarizeArgs(args: Json): DisplayText {
  if (args === null || typeof args !== 'object' || Array.isArray(args)) return displayText``;
  const values = Object.values(args as Readonly<Record<string, Json>>);
  const list = values.find((value): value is readonly Json[] => Array.isArray(value) && value.length > 0);
  if (list === undefined) return toOneLine(values.filter((value) => typeof value === 'string').join(' '));
  return list.length === 1 ? displayText`${String(list[0])}` : displayText`${String(list[0])} +${list.length - 1} more`;
}

/** Items by status, in one pass: there may be thousands, and ten pictures a second. */
function itemCounts(state: RunState): Readonly<Partial<Record<ItemState['status'], number>>> {
  const counts: Partial<Record<ItemState['status'], number>> = {};
  for (const { status } of state.items.values()) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

/** Symbol, number and word; what is zero is left out, but for the running ones. The widest form first. */
function countLines(state: RunState): readonly StyledLine[] {
  const hosts = state.hosts.values();
  const cores = hosts.reduce((sum, host) => sum + (host.cores ?? 0), 0);
  const by = countHostStatuses(state);
  const items = itemCounts(state);
  const queue = state.items.size > 0;
  const outcomes = ['ok', 'changed', 'failed', 'skipped', ...(state.check ? (['unknown'] as const) : [])] as const;
  const parts: (readonly [DisplayStatus, number, string])[] = queue
    ? [
        ['running', by.running ?? 0, 'building'],
        ['ok', items.published ?? 0, 'done'],
        ['queued', items.queued ?? 0, 'queued'],
        ['failed', items.failed ?? 0, 'failed'],
        ['skipped', items.skipped ?? 0, 'skipped'],
      ]
    : [
        ['running', by.running ?? 0, 'running'],
        ...outcomes.map((outcome): readonly [DisplayStatus, number, string] => [
          outcome,
          hosts.reduce((sum, { tally }) => sum + (tally[outcome] ?? 0), 0),
          outcomeWord(outcome, state.check),
        ]),
      ];
  const trouble = (['reattach', 'unknown', 'unreachable', 'refused'] as const).map((name): readonly [DisplayStatus, number, string] => [
    name,
    by[name] ?? 0,
    statusSymbols[name].word,
  ]);
  const shown = [...parts, ...trouble].filter(([, value], index) => value > 0 || index === 0);
  const words = (gap: string): StyledLine =>
    shown.flatMap(
      ([name, value, word]): StyledLine => [
        styled(displayText`${gap}`),
        statusSymbol(name),
        styled(displayText` ${formatCount(value)} ${word}`),
      ],
    );
  const many = formatQuantity(hosts.length, 'host');
  return [
    [styled(displayText` ${many}${cores > 0 ? `  ${formatCount(cores)} cores` : ''}`), ...words('   ')],
    [styled(displayText` ${many}`), ...words('   ')],
    [styled(displayText` ${many}`), ...words('  ')],
  ];
}

/** Without words, always in the same places: ► 5  ✓ 23  · 13  ✗ 1  ! 0  ⊘ 0 */
export function compactCountLine(state: RunState): StyledLine {
  const by = countHostStatuses(state);
  const items = itemCounts(state);
  const queue = state.items.size > 0;
  const sum = (outcome: 'ok' | 'changed' | 'failed'): number => state.hosts.values().reduce((all, { tally }) => all + tally[outcome], 0);
  const parts: readonly (readonly [DisplayStatus, number])[] = [
    ['running', by.running ?? 0],
    ['ok', queue ? (items.published ?? 0) : sum('ok') + sum('changed')],
    ['queued', queue ? (items.queued ?? 0) : (by.queued ?? 0)],
    ['failed', queue ? (items.failed ?? 0) : sum('failed')],
    ['unreachable', (by.unreachable ?? 0) + (by.unknown ?? 0) + (by.reattach ?? 0)],
    ['refused', by.refused ?? 0],
  ];
  return parts.flatMap(
    ([name, value]): StyledLine => [styled(displayText` `), statusSymbol(name), styled(displayText` ${formatCount(value)} `)],
  );
}

/** How far the run is: items of a queue, else tasks. */
export function measureProgress({ state, tasks }: ScreenModel): { readonly done: number; readonly total: number; readonly noun: string } {
  const items = state.items.values();
  if (items.length === 0) return { done: Math.min(tasks.done, tasks.total), total: tasks.total, noun: 'tasks' };
  const done = items.filter(({ status }) => status === 'published' || status === 'failed' || status === 'skipped').length;
  return { done, total: items.length, noun: 'items' };
}

function progressBar(model: ScreenModel, columns: number): StyledLine {
  const { done, total, noun } = measureProgress(model);
  const part = total === 0 ? 0 : done / total;
  const text: StyledLine = [
    styled(displayText`  ${formatCount(done)}/${formatCount(total)}${columns >= 70 ? ` ${noun}` : ''}  ${Math.floor(part * 100)}% `),
  ];
  const room = Math.max(4, Math.min(88, columns - lineWidth(text) - 1));
  const full = Math.floor(room * part);
  const colour = model.state.errors.length > 0 ? 'yellow' : 'green';
  return truncateLine(
    [
      styled(displayText` `),
      styled(displayText`${'█'.repeat(full)}`, { colour }),
      styled(displayText`${'░'.repeat(room - full)}`, { dim: true }),
      ...text,
    ],
    columns,
  );
}
