import { kindOf } from '../../events/failure-text.ts';
import { oneLine, pad, show, width } from '../../text/display-text.ts';
import { about, clock, size } from '../../text/format.ts';
import { type Line, piece, sides, sign, widthOfLine, within } from '../../text/styled-line.ts';
import type { Look } from '../../text/terminal-style.ts';
import { chosenOf, type Row, rowsOf } from '../model/host-rows.ts';
import type { Picture } from '../model/screen-model.ts';
import { tierOf, type View } from '../model/screen-view.ts';
import { failurePage } from './failure-page.ts';
import { doneOf, headLines, shortCounts } from './header.ts';
import { bare, hostArea, rule } from './host-area.ts';
import { arrange } from './host-layout.ts';
import { eventPage, helpPage, identityPage, taskPage } from './info-pages.ts';
import { type Can, keyLine } from './key-hints.ts';
import { logPage, logPane } from './log-pane.ts';

/** The whole screen: exactly `look.rows` lines, none wider than `look.columns`. Pure: the same picture, the same lines. */
export function screenLines(picture: Picture, wanted: View, look: Look, can: Can = {}, speed?: number): readonly Line[] {
  const { columns, rows } = look;
  const hosts = rowsOf(picture.state, picture.now, wanted.sort, wanted.filter);
  const view = { ...wanted, selected: chosenOf(hosts, wanted, picture) };
  const tier = tierOf(look);
  const body =
    tier === 'tiny'
      ? tiny(picture, look)
      : view.page === 'help'
        ? helpPage(view, look, rows - 1)
        : [...top(picture, look, speed), ...middle(picture, view, hosts, look)];
  const keys = keyLine(picture, view, look, can);
  const room = tier === 'tiny' && view.ask === undefined ? rows : rows - 1;
  const lines = body.slice(0, room);
  while (lines.length < room) lines.push([]);
  return (room === rows ? lines : [...lines, keys]).map((line) => within(line, columns));
}

function top(picture: Picture, look: Look, speed: number | undefined): readonly Line[] {
  return [...headLines(picture, look.columns, tierOf(look), speed), rule(look.columns)];
}

function middle(picture: Picture, view: View, rows: readonly Row[], look: Look): readonly Line[] {
  const height = look.rows - 5; // three lines of head, a rule, the keys
  switch (view.page) {
    case 'log':
      return logPage(picture, view, look.columns, height);
    case 'failures':
      return failurePage(picture, view, look, height);
    case 'events':
      return eventPage(picture, view, look, height);
    case 'tasks':
      return taskPage(picture, view, look, height);
    case 'identity':
      return identityPage(picture, view, look, height);
    default:
      return runPage(picture, view, rows, look, height);
  }
}

function runPage(picture: Picture, view: View, rows: readonly Row[], look: Look, height: number): readonly Line[] {
  const { columns } = look;
  const tier = tierOf(look);
  const hosts = hostArea(rows, view, look, arrange(rows, view, look));
  const failure = failureLine(picture, columns);
  if (tier === 'small') {
    const foot = [...failure, ...(look.rows >= 10 ? [rule(columns)] : [])];
    const gap = Math.max(0, height - hosts.length - foot.length);
    return [...hosts, ...Array.from({ length: gap }, (): Line => []), ...foot].slice(0, height);
  }
  const queue = tier === 'big' ? queueBlock(picture, columns) : [];
  const foot = [rule(columns), ...(tier === 'big' ? [lastEvent(picture, columns)] : failure)];
  const above = [...hosts, rule(columns), ...queue];
  const log = logPane(picture, view, columns, height - above.length - foot.length);
  const gap = Math.max(0, height - above.length - log.length - foot.length);
  return [...above, ...log, ...Array.from({ length: gap }, (): Line => []), ...foot];
}

/** The last failure, or the last event where nothing failed. */
function failureLine(picture: Picture, columns: number): readonly Line[] {
  const error = picture.state.errors.at(-1);
  if (error === undefined) return tierOf({ columns, rows: 24 }) === 'small' ? [] : [lastEvent(picture, columns)];
  const right = columns >= 70 ? [piece(show`[f] failures `, { dim: true })] : [];
  return [sides([piece(show` `), sign(kindOf(error)), piece(show` ${error.host ?? ''}  ${error.message}`)], right, columns)];
}

function lastEvent(picture: Picture, columns: number): Line {
  const last = picture.events.findLast((text) => /^\d/.test(text));
  return within([piece(last === undefined ? show` waiting for the first event` : show` ${last}`, { dim: true })], columns);
}

const BLOCK = 5;

/** Queue, last published and failed, next to each other; nothing for a playbook without a queue. */
function queueBlock({ state }: Picture, columns: number): readonly Line[] {
  const items = Object.values(state.items);
  if (items.length === 0) return [];
  const room = Math.floor(columns / 3);
  const queued = items.filter(({ status }) => status === 'queued');
  const queue = queued
    .slice(0, BLOCK)
    .map(({ id, estimate }) =>
      sides([piece(show` ${id}`)], [piece(show`${estimate === undefined ? '?' : about(estimate)} `, { dim: true })], room - 1),
    );
  const published = state.published
    .slice(-BLOCK)
    .toReversed()
    .map((each) =>
      sides(
        [piece(show` `), sign('ok'), piece(show` ${bare(oneLine(each.cpv))}`)],
        [piece(show`${size(each.size)}  ${pad(oneLine(each.host), Math.min(14, Math.floor(room / 4)))}`, { dim: true })],
        room - 1,
      ),
    );
  const bad = items.filter(({ status }) => status === 'failed' || status === 'skipped');
  const failed = bad
    .slice(0, BLOCK)
    .map(
      ({ id, host, status }): Line => [
        piece(show` `),
        sign(status === 'failed' ? 'failed' : 'skipped'),
        piece(show` ${bare(oneLine(id))}  ${host ?? ''}`),
      ],
    );
  const cells = [
    column('QUEUE', queue, queued.length, room),
    column('LAST PUBLISHED', published, state.published.length, room),
    column('FAILED', failed, bad.length, columns - 2 * room),
  ];
  const lines = Array.from({ length: BLOCK + 1 }, (_, index): Line => cells.flatMap((cell) => cell[index] ?? []));
  return [...lines, rule(columns)];
}

/** A title and at most 5 lines, each exactly so wide. */
function column(title: string, lines: readonly Line[], total: number, room: number): readonly Line[] {
  const shown = total <= BLOCK ? lines : [...lines.slice(0, BLOCK - 1), [piece(show` … ${total - BLOCK + 1} more`, { dim: true })]];
  const all: readonly Line[] = [[piece(show` ${title} (${total})`, { bold: true })], ...shown];
  return Array.from({ length: BLOCK + 1 }, (_, index) => {
    const line = within(all[index] ?? [], room - 1);
    const used = line.reduce((sum, { text }) => sum + width(text), 0);
    return [...line, piece(show`${' '.repeat(room - used)}`)];
  });
}

/** Where nothing else fits: counts, time and ETA, and how to leave; each in the longest form that fits. */
function tiny(picture: Picture, { columns, rows }: Look): readonly Line[] {
  const { state, now } = picture;
  const { done, total } = doneOf(picture);
  const percent = total === 0 ? 0 : Math.floor((done / total) * 100);
  const elapsed = clock(state.ms ?? (state.startedAt === undefined ? 0 : now - Date.parse(state.startedAt)));
  const bad: Line = state.errors.length > 0 ? [piece(show` `), sign('failed'), piece(show`${state.errors.length}`)] : [];
  const left = state.status === 'running' ? picture.eta() : undefined;
  const time = left === undefined ? show` ${elapsed}` : show` ${elapsed}  ETA ${about(left.seconds)}`;
  const forms: readonly (readonly Line[])[] = [
    [
      [piece(show` swarm ${state.run} ${done}/${total} ${percent}%`, { bold: true }), ...bad],
      [piece(show` ${state.run} ${percent}%`, { bold: true }), ...bad],
    ],
    [[...shortCounts(state), piece(time)], [piece(time)]],
    ...(rows > 3
      ? [[[piece(show` window too small for the table (needs 40x8)`, { dim: true })], [piece(show` needs 40x8`, { dim: true })]]]
      : []),
    [[piece(show` s stream  q quit`, { dim: true })], [piece(show` s q`, { dim: true })]],
  ];
  return forms.map((each) => each.find((line) => widthOfLine(line) <= columns) ?? within(each.at(-1) ?? [], columns)).slice(0, rows);
}
