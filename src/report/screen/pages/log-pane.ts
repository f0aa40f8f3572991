import { type DisplayText, displayText, textWidth, toOneLine, truncateEnd, wrapText } from '../../text/display-text.ts';
import { formatCount, formatTimestamp } from '../../text/format.ts';
import { formatClockTime } from '../../text/relative-time.ts';
import { alignSides, type StyledLine, styled, truncateLine } from '../../text/styled-line.ts';
import type { LogBuffer } from '../model/log-buffer.ts';
import { logLineSeverity } from '../model/log-search.ts';
import type { ScreenModel } from '../model/screen-model.ts';
import type { ScreenView } from '../model/screen-view.ts';
import { ruleLine } from './host-area.ts';

/** The output of the chosen host: a title and the last lines, or those that were scrolled to; exactly `height` lines. */
export function logPane(model: ScreenModel, view: ScreenView, columns: number, height: number): readonly StyledLine[] {
  const host = view.selected ?? '';
  const log = model.logs.get(host);
  if (height <= 0) return [];
  const head = logTitleLine(model, view, log, columns);
  if (log === undefined || log.size === 0) return [head, [styled(displayText`  no output yet`, { dim: true })]].slice(0, height);
  return [head, ...logLines(model, log, view, columns, height - 1)];
}

function logTitleLine(model: ScreenModel, view: ScreenView, log: LogBuffer | undefined, columns: number): StyledLine {
  const host = view.selected === undefined ? undefined : model.state.hosts.get(view.selected);
  const what = host?.item ?? host?.task ?? '';
  const follow = view.lastLine === undefined ? 'follow' : `line ${formatCount(view.lastLine + 1)}`;
  const search = view.search === '' ? '' : `  search: ${view.search}`;
  const dropped = log !== undefined && log.first > 0 ? `  from line ${formatCount(log.first + 1)}` : '';
  return alignSides(
    [
      styled(displayText` LOG ${view.selected ?? ''}`, { bold: true }),
      styled(displayText`  ${what}${host?.route === undefined ? '' : `  via ${host.route}`}`),
    ],
    [styled(displayText`${follow}  ${formatCount(host?.lines ?? 0)} lines${dropped}${search} `, { dim: true })],
    columns,
  );
}

/** The last `height` screen lines up to the one that is looked at. */
function logLines(model: ScreenModel, log: LogBuffer, view: ScreenView, columns: number, height: number): readonly StyledLine[] {
  const start = model.state.startedAt === undefined ? 0 : Date.parse(model.state.startedAt);
  const lines: StyledLine[] = [];
  for (let number = view.lastLine ?? log.first + log.size - 1; number >= log.first && lines.length < height; number--) {
    const line = log.line(number);
    if (line === undefined) continue;
    const time = view.absolute ? formatClockTime(line.at) : formatTimestamp(line.at - start);
    lines.unshift(...wrapLogLine(toOneLine(line.text), time, view, columns));
  }
  return lines.slice(-height);
}

function wrapLogLine(text: DisplayText, time: string, view: ScreenView, columns: number): readonly StyledLine[] {
  const severity = logLineSeverity(text);
  const found = view.search !== '' && text.toLowerCase().includes(view.search.toLowerCase());
  const lead = [
    styled(
      severity === undefined ? displayText` ` : displayText`!`,
      severity === 'error' ? { colour: 'red', bold: true } : { colour: 'yellow' },
    ),
    styled(displayText` ${time} `, { dim: true }),
  ];
  const style = found ? ({ inverse: true } as const) : severity === 'error' ? ({ colour: 'red' } as const) : undefined;
  const room = columns - 3 - textWidth(displayText`${time}`);
  if (!view.wrap || room < 8 || textWidth(text) <= room) return [truncateLine([...lead, styled(text, style)], columns)];
  return wrapText(truncateEnd(text, MAX_WRAPPED_LINES * room), room).map((part, index) => [
    ...(index === 0 ? lead : [styled(displayText`${' '.repeat(columns - room)}`)]),
    styled(part, style),
  ]);
}

const MAX_WRAPPED_LINES = 20;

/** The log alone, over the whole screen. */
export function logPage(model: ScreenModel, view: ScreenView, columns: number, height: number): readonly StyledLine[] {
  return [...logPane(model, view, columns, height - 1), ruleLine(columns)].slice(0, height);
}
