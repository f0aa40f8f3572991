import { canResume } from '../core/can-resume.ts';
import { errorKind } from '../core/error-codes.ts';
import type { Outcome } from '../core/event.ts';
import { formatTargetOption } from '../core/inventory/target.ts';
import type { RunState } from '../core/run-state.ts';
import { describeInterrupt } from './events/interrupt-text.ts';
import { planLines } from './plan-lines.ts';
import { type DisplayText, displayText, joinText } from './text/display-text.ts';
import { formatCount, formatDuration, formatQuantity, formatSize } from './text/format.ts';
import { formatStartTime } from './text/relative-time.ts';
import { renderLine, type StyledLine, statusSymbol, styled, styledHint, truncateLine } from './text/styled-line.ts';
import { checkOutcomeOrder, type DisplayStatus, outcomeOrder, outcomeWord, statusSymbols } from './text/symbols.ts';
import { type TableCell, type TableColumn, tableLines } from './text/table.ts';
import type { TerminalStyle } from './text/terminal-style.ts';

/** `shown`: by `swarm runs show`, which does not name itself as the next command. */
export type RecapView = 'ended' | 'shown';

/** The table of results at the end of a run: counts per host, items, excluded routes and the next commands. */
export function formatRecap(state: RunState, style: TerminalStyle, view: RecapView = 'ended'): readonly string[] {
  return recapLines(state, style.columns, view).map((line) => renderLine(line, style).trimEnd());
}

/** The same before colouring. */
export function recapLines(state: RunState, columns: number, view: RecapView = 'ended'): readonly StyledLine[] {
  return [
    ...planLines(state),
    ...hostTable(state, columns),
    ...(state.check ? [[styled(displayText`check mode: nothing was changed`)]] : []),
    ...failedInCheckLines(state),
    ...passedFailureLines(state),
    ...timeLines(state, Date.now()).map((line) => truncateLine(line, columns)),
    ...itemCountLines(state),
    ...statusLines(state),
    ...heldLines(state),
    ...healingLines(state).map((line) => truncateLine(line, columns)),
    ...waitingHandlerLines(state),
    ...setAsideRouteLines(state).map((line) => truncateLine(line, columns)),
    ...nextCommandLines(state, view).map((text): StyledLine => [styledHint(text)]),
  ];
}

const NARROW_COLUMNS = 60;

/** On a narrow terminal the time goes first, then skipped, then ok and changed. The counts of failures stay. */
const DROP_ORDER: Readonly<Record<Outcome | 'time', number | undefined>> = {
  time: 1,
  skipped: 2,
  ok: 3,
  changed: 3,
  failed: undefined,
  unreachable: undefined,
  refused: undefined,
  unknown: undefined,
};

function hostTable(state: RunState, columns: number): readonly StyledLine[] {
  const narrow = columns < NARROW_COLUMNS;
  const outcomes = state.check ? checkOutcomeOrder : outcomeOrder;
  const titles = [...outcomes, 'time' as const].map((name): TableColumn => {
    const dropOrder = DROP_ORDER[name];
    const title =
      narrow && name === 'unreachable' ? displayText`unreach` : displayText`${name === 'time' ? name : outcomeWord(name, state.check)}`;
    return { title, align: 'right', ...(dropOrder === undefined ? {} : { dropOrder }) };
  });
  const rows = state.hosts.entries().map(([name, host]): readonly TableCell[] => [
    { text: displayText`  ${name}` },
    ...outcomes.map((outcome): TableCell => {
      const value = host.tally[outcome] ?? 0;
      return { text: formatCount(value), style: value === 0 ? { dim: true } : statusSymbols[outcome].style };
    }),
    { text: formatDuration(host.busyMs ?? 0) },
  ]);
  return tableLines([{ title: displayText`recap ${state.run}`, minWidth: narrow ? 14 : 20 }, ...titles], rows, columns);
}

const itemStatuses: readonly (readonly [string, DisplayStatus])[] = [
  ['published', 'ok'],
  ['failed', 'failed'],
  ['skipped', 'skipped'],
  ['running', 'unknown'],
  ['queued', 'queued'],
];

function timeLines({ startedAt, ms }: RunState, now: number): readonly StyledLine[] {
  if (startedAt === undefined) return [];
  const took = ms === undefined ? displayText`` : displayText`, took ${formatDuration(ms)}`;
  return [[styled(displayText`started ${formatStartTime(startedAt, now)}${took}`)]];
}

/** How many items have each status. */
function itemCountLines(state: RunState): readonly StyledLine[] {
  const items = state.items.values();
  if (items.length === 0) return [];
  const bytes = state.published.reduce((sum, each) => sum + each.size, 0);
  const parts = itemStatuses.flatMap(([status, name]): StyledLine => {
    const value = items.filter((item) => item.status === status).length;
    const word = status === 'published' ? 'done' : status;
    return value === 0 ? [] : [styled(displayText`  `), statusSymbol(name), styled(displayText` ${formatCount(value)} ${word}`)];
  });
  const published =
    state.published.length === 0
      ? []
      : [styled(displayText`  published ${formatQuantity(state.published.length, 'package')}, ${formatSize(bytes)}`)];
  return [[styled(displayText`items`), ...parts, ...published]];
}

/** A run that had nothing to do or was interrupted. */
function statusLines(state: RunState): readonly StyledLine[] {
  const { status, nothingToDo, items, held = [] } = state;
  if (nothingToDo === true && status === 'ok' && items.size === 0 && held.length === 0)
    return [[statusSymbol('ok'), styled(displayText` nothing to build: every requested package is already published`)]];
  if (status !== 'interrupted') return [];
  return [[statusSymbol('unknown'), styled(displayText` ${describeInterrupt(state)}`)]];
}

/** Tasks that failed in a dry run, and of which a real run alone shows whether they do. */
function failedInCheckLines({ hosts }: RunState): readonly StyledLine[] {
  const count = hosts.values().reduce((sum, { failedInCheck = 0 }) => sum + failedInCheck, 0);
  if (count === 0) return [];
  const text = displayText` unknown: ${formatQuantity(count, 'task')} failed in the check, and may not in the run: look at what they say`;
  return [[statusSymbol('unknown'), styled(text)]];
}

/** Failures that stopped nothing. The table counts them as ok. */
function passedFailureLines({ hosts }: RunState): readonly StyledLine[] {
  return (['rescued', 'ignored'] as const).flatMap((word): readonly StyledLine[] => {
    const count = hosts.values().reduce((sum, host) => sum + (host[word] ?? 0), 0);
    if (count === 0) return [];
    const text = displayText` ${formatQuantity(count, 'failure')} ${count === 1 ? 'was' : 'were'} ${word}`;
    return [[statusSymbol('changed'), styled(text)]];
  });
}

/** What was built and waits on the binhost, with what it waits for. */
function heldLines({ held = [] }: RunState): readonly StyledLine[] {
  return held.map(({ cpv, needs, wanted }): StyledLine => {
    const text = displayText` held back  ${cpv}  clients cannot install it: it needs ${needs.join(', ')}`;
    return [statusSymbol(wanted === undefined ? 'aside' : 'failed'), styled(text)];
  });
}

/** What was done to heal drones. */
function healingLines({ healing = [], status }: RunState): readonly StyledLine[] {
  return healing.map(({ host, step, status: how, because }): StyledLine => {
    const word = how === 'running' && status !== 'running' ? 'cut off' : how;
    const why = because === undefined ? displayText`` : displayText`: ${because}`;
    return [statusSymbol(how === 'healed' ? 'ok' : 'aside'), styled(displayText` healing  ${host}  ${step}  ${word}${why}`)];
  });
}

/** Handlers that a change notified, and that did not run because the play failed before its end. */
function waitingHandlerLines({ waitingHandlers = [], check }: RunState): readonly StyledLine[] {
  if (check) return [];
  return waitingHandlers.map(({ host, name }): StyledLine => {
    return [statusSymbol('unknown'), styled(displayText` handler not run  ${host}  ${name}`)];
  });
}

/** What to type for a package that the run was asked for and that is held back. */
function heldCommands({ held = [] }: RunState): readonly (readonly [boolean, DisplayText, DisplayText])[] {
  return held.flatMap(({ cpv, wanted, target }) => {
    if (wanted === undefined) return [];
    const option = formatTargetOption(target);
    return [[true, displayText`swarm run build ${wanted}${option}`, displayText`build what ${cpv} needs`] as const];
  });
}

function setAsideRouteLines(state: RunState): readonly StyledLine[] {
  return state.hosts.entries().flatMap(([name, host]) =>
    host.setAside.map(({ route, status, machine }): StyledLine => {
      const why =
        machine !== undefined
          ? displayText`it leads to ${machine}`
          : status === 'unreachable'
            ? displayText`could not be used, the next connection tries it again`
            : displayText`${status}`;
      return [statusSymbol('aside'), styled(displayText` route excluded  ${name}  ${route}  ${why}`)];
    }),
  );
}

const isUnreachable = (code: string): boolean => errorKind(code).outcome === 'unreachable';

function nextCommandLines(state: RunState, view: RecapView): readonly DisplayText[] {
  const { run, errors, hosts, status } = state;
  const firstHost = (silent: boolean): string | undefined =>
    errors.find(({ code, host }) => host !== undefined && hosts.get(host) !== undefined && isUnreachable(code) === silent)?.host;
  const failed = firstHost(false);
  const silent = firstHost(true);
  const good = status === 'ok';
  const pairs: readonly (readonly [boolean, DisplayText, DisplayText])[] = [
    [
      view === 'ended',
      displayText`swarm runs show ${run}`,
      good ? displayText`the whole run` : status === 'interrupted' ? displayText`what was done` : displayText`what went wrong`,
    ],
    [failed !== undefined, displayText`swarm runs logs ${run} ${failed ?? ''}`, displayText`the whole log of ${failed ?? ''}`],
    [silent !== undefined, displayText`swarm hosts verify ${silent ?? ''}`, displayText`what answers on each route of ${silent ?? ''}`],
    ...heldCommands(state),
    [canResume(state), displayText`swarm runs resume ${run}`, displayText`continue with the rest`],
  ];
  const wanted = pairs.filter(([when]) => when);
  const widest = Math.max(...wanted.map(([, command]) => command.length));
  return wanted.map(([, command, why]) => joinText([displayText`  `, displayText`${command.padEnd(widest)}`, displayText`  ${why}`], ''));
}
