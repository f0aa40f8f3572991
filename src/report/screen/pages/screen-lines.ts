import { failureStatus } from '../../events/failure-text.ts';
import { displayText, padText, textWidth, toOneLine } from '../../text/display-text.ts';
import { formatClock, formatEstimate, formatSize } from '../../text/format.ts';
import { alignSides, lineWidth, type StyledLine, statusSymbol, styled, truncateLine } from '../../text/styled-line.ts';
import type { TerminalStyle } from '../../text/terminal-style.ts';
import { findSelectedHost, listHostRows, type ScreenHostRow } from '../model/host-rows.ts';
import type { ScreenModel } from '../model/screen-model.ts';
import { chooseSizeTier, type ScreenView } from '../model/screen-view.ts';
import { failurePage } from './failure-page.ts';
import { compactCountLine, headerLines, measureProgress } from './header.ts';
import { hostArea, packageBaseName, ruleLine } from './host-area.ts';
import { chooseHostLayout } from './host-layout.ts';
import { eventPage, helpPage, identityPage, taskPage } from './info-pages.ts';
import { keyHintLine, type ScreenCapabilities } from './key-hints.ts';
import { logPage, logPane } from './log-pane.ts';

/** The whole screen: exactly `look.rows` lines, none wider than `look.columns`. Pure: the same picture, the same lines. */
export function screenLines(
  model: ScreenModel,
  wanted: ScreenView,
  style: TerminalStyle,
  can: ScreenCapabilities = {},
  speed?: number,
): readonly StyledLine[] {
  const { columns, rows } = style;
  const hosts = listHostRows(model.state, model.now, wanted.sort, wanted.filter);
  const view = { ...wanted, selected: findSelectedHost(hosts, wanted, model) };
  const tier = chooseSizeTier(style);
  const body =
    tier === 'tiny'
      ? tiny(model, style)
      : view.page === 'help'
        ? helpPage(view, style, rows - 1)
        : [...top(model, style, speed), ...middle(model, view, hosts, style)];
  const keys = keyHintLine(model, view, style, can);
  const room = tier === 'tiny' && view.ask === undefined ? rows : rows - 1;
  const lines = body.slice(0, room);
  while (lines.length < room) lines.push([]);
  return (room === rows ? lines : [...lines, keys]).map((line) => truncateLine(line, columns));
}

function top(model: ScreenModel, style: TerminalStyle, speed: number | undefined): readonly StyledLine[] {
  return [...headerLines(model, style.columns, chooseSizeTier(style), speed), ruleLine(style.columns)];
}

function middle(model: ScreenModel, view: ScreenView, rows: readonly ScreenHostRow[], style: TerminalStyle): readonly StyledLine[] {
  const height = style.rows - 5; // three lines of head, a rule, the keys
  switch (view.page) {
    case 'log':
      return logPage(model, view, style.columns, height);
    case 'failures':
      return failurePage(model, view, style, height);
    case 'events':
      return eventPage(model, view, style, height);
    case 'tasks':
      return taskPage(model, view, style, height);
    case 'identity':
      return identityPage(model, view, style, height);
    case 'run':
    case 'help':
      return runPage(model, view, rows, style, height);
  }
}

function runPage(
  model: ScreenModel,
  view: ScreenView,
  rows: readonly ScreenHostRow[],
  style: TerminalStyle,
  height: number,
): readonly StyledLine[] {
  const { columns } = style;
  const tier = chooseSizeTier(style);
  const hosts = hostArea(rows, view, style, chooseHostLayout(rows, view, style));
  const failure = failureLine(model, columns);
  if (tier === 'small') {
    const foot = [...failure, ...(style.rows >= 10 ? [ruleLine(columns)] : [])];
    const gap = Math.max(0, height - hosts.length - foot.length);
    return [...hosts, ...Array.from({ length: gap }, (): StyledLine => []), ...foot].slice(0, height);
  }
  const queue = tier === 'big' ? queueBlock(model, columns) : [];
  const foot = [ruleLine(columns), ...(tier === 'big' ? [lastEvent(model, columns)] : failure)];
  const above = [...hosts, ruleLine(columns), ...queue];
  const log = logPane(model, view, columns, height - above.length - foot.length);
  const gap = Math.max(0, height - above.length - log.length - foot.length);
  return [...above, ...log, ...Array.from({ length: gap }, (): StyledLine => []), ...foot];
}

/** The last failure, or the last event where nothing failed. */
function failureLine(model: ScreenModel, columns: number): readonly StyledLine[] {
  const error = model.state.errors.at(-1);
  if (error === undefined) return chooseSizeTier({ columns, rows: 24 }) === 'small' ? [] : [lastEvent(model, columns)];
  const right = columns >= 70 ? [styled(displayText`[f] failures `, { dim: true })] : [];
  return [
    alignSides(
      [styled(displayText` `), statusSymbol(failureStatus(error)), styled(displayText` ${error.host ?? ''}  ${error.message}`)],
      right,
      columns,
    ),
  ];
}

function lastEvent(model: ScreenModel, columns: number): StyledLine {
  const last = model.events.findLast((text) => /^\d/.test(text));
  return truncateLine(
    [styled(last === undefined ? displayText` waiting for the first event` : displayText` ${last}`, { dim: true })],
    columns,
  );
}

const BLOCK = 5;

/** Queue, last published and failed, next to each other; nothing for a playbook without a queue. */
function queueBlock({ state }: ScreenModel, columns: number): readonly StyledLine[] {
  const items = state.items.values();
  if (items.length === 0) return [];
  const room = Math.floor(columns / 3);
  const queued = items.filter(({ status }) => status === 'queued');
  const queue = queued
    .slice(0, BLOCK)
    .map(({ id, estimate }) =>
      alignSides(
        [styled(displayText` ${id}`)],
        [styled(displayText`${estimate === undefined ? '?' : formatEstimate(estimate)} `, { dim: true })],
        room - 1,
      ),
    );
  const published = state.published
    .slice(-BLOCK)
    .toReversed()
    .map((each) =>
      alignSides(
        [styled(displayText` `), statusSymbol('ok'), styled(displayText` ${packageBaseName(toOneLine(each.cpv))}`)],
        [
          styled(displayText`${formatSize(each.size)}  ${padText(toOneLine(each.host), Math.min(14, Math.floor(room / 4)))}`, {
            dim: true,
          }),
        ],
        room - 1,
      ),
    );
  const bad = items.filter(({ status }) => status === 'failed' || status === 'skipped');
  const failed = bad
    .slice(0, BLOCK)
    .map(
      ({ id, host, status }): StyledLine => [
        styled(displayText` `),
        statusSymbol(status === 'failed' ? 'failed' : 'skipped'),
        styled(displayText` ${packageBaseName(toOneLine(id))}  ${host ?? ''}`),
      ],
    );
  const cells = [
    column('QUEUE', queue, queued.length, room),
    column('LAST PUBLISHED', published, state.published.length, room),
    column('FAILED', failed, bad.length, columns - 2 * room),
  ];
  const lines = Array.from({ length: BLOCK + 1 }, (_, index): StyledLine => cells.flatMap((cell) => cell[index] ?? []));
  return [...lines, ruleLine(columns)];
}

/** A title and at most 5 lines, each exactly so wide. */
function column(title: string, lines: readonly StyledLine[], total: number, room: number): readonly StyledLine[] {
  const shown = total <= BLOCK ? lines : [...lines.slice(0, BLOCK - 1), [styled(displayText` … ${total - BLOCK + 1} more`, { dim: true })]];
  const all: readonly StyledLine[] = [[styled(displayText` ${title} (${total})`, { bold: true })], ...shown];
  return Array.from({ length: BLOCK + 1 }, (_, index) => {
    const line = truncateLine(all[index] ?? [], room - 1);
    const used = line.reduce((sum, { text }) => sum + textWidth(text), 0);
    return [...line, styled(displayText`${' '.repeat(room - used)}`)];
  });
}

/** Where nothing else fits: counts, time and ETA, and how to leave; each in the longest form that fits. */
function tiny(model: ScreenModel, { columns, rows }: TerminalStyle): readonly StyledLine[] {
  const { state, now } = model;
  const { done, total } = measureProgress(model);
  const percent = total === 0 ? 0 : Math.floor((done / total) * 100);
  const elapsed = formatClock(state.ms ?? (state.startedAt === undefined ? 0 : now - Date.parse(state.startedAt)));
  const bad: StyledLine =
    state.errors.length > 0 ? [styled(displayText` `), statusSymbol('failed'), styled(displayText`${state.errors.length}`)] : [];
  const left = state.status === 'running' ? model.eta() : undefined;
  const time = left === undefined ? displayText` ${elapsed}` : displayText` ${elapsed}  ETA ${formatEstimate(left.seconds)}`;
  const forms: readonly (readonly StyledLine[])[] = [
    [
      [styled(displayText` swarm ${state.run} ${done}/${total} ${percent}%`, { bold: true }), ...bad],
      [styled(displayText` ${state.run} ${percent}%`, { bold: true }), ...bad],
    ],
    [[...compactCountLine(state), styled(time)], [styled(time)]],
    ...(rows > 3
      ? [
          [
            [styled(displayText` window too small for the table (needs 40x8)`, { dim: true })],
            [styled(displayText` needs 40x8`, { dim: true })],
          ],
        ]
      : []),
    [[styled(displayText` s stream  q quit`, { dim: true })], [styled(displayText` s q`, { dim: true })]],
  ];
  return forms.map((each) => each.find((line) => lineWidth(line) <= columns) ?? truncateLine(each.at(-1) ?? [], columns)).slice(0, rows);
}
