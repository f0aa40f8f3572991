import { canResume } from '../../../core/can-resume.ts';
import type { RunState } from '../../../core/run-state.ts';
import { failureLines, failureStatus } from '../../events/failure-text.ts';
import { displayText, padText, toOneLine, wrapText } from '../../text/display-text.ts';
import { formatQuantity } from '../../text/format.ts';
import { lineWidth, type StyledLine, statusSymbol, styled, truncateLine } from '../../text/styled-line.ts';
import type { ScreenModel } from '../model/screen-model.ts';
import type { ScreenView, TerminalSize } from '../model/screen-view.ts';
import { ruleLine, titleLine } from './host-area.ts';
import { visibleRange } from './host-layout.ts';

/** Every failure, the chosen one with its part of the log, and the commands to go on. */
export function failurePage(model: ScreenModel, view: ScreenView, { columns }: TerminalSize, height: number): readonly StyledLine[] {
  const { state } = model;
  const { errors } = state;
  const hosts = new Set(errors.flatMap(({ host }) => (host === undefined ? [] : [host]))).size;
  const title = titleLine(
    displayText`FAILURES`,
    displayText`${formatQuantity(errors.length, 'failure')}, ${formatQuantity(hosts, 'host')}`,
    columns,
  );
  if (errors.length === 0) return [title, [styled(displayText`  no failures`, { dim: true })]].slice(0, height);
  const chosen = Math.min(view.failure, errors.length - 1);
  const rows = Math.max(1, Math.min(errors.length, Math.floor((height - 4) / 3)));
  const { from, count, hidden } = visibleRange(errors.length, rows, chosen);
  const list = errors.slice(from, from + count).map((error, index) => {
    const mine = from + index === chosen;
    return truncateLine(
      [
        styled(displayText`${mine ? '>' : ' '}`, { bold: true }),
        statusSymbol(failureStatus(error)),
        styled(
          displayText` ${padText(toOneLine(error.host ?? 'swarm'), 15)} ${error.code}  ${error.message}`,
          mine ? { bold: true } : undefined,
        ),
      ],
      columns,
    );
  });
  const more: readonly StyledLine[] = hidden > 0 && rows > 1 ? [[styled(displayText` … ${hidden} more`, { dim: true })]] : [];
  const error = errors[chosen];
  const detail =
    error === undefined
      ? []
      : failureLines(error, state)
          .flatMap((line) => wrapLine(line, columns - 1))
          .map((line): StyledLine => [styled(displayText` `), ...line]);
  const commands = commandLines(state, error?.host);
  const alone = errors.length === 1 && height < 10; // its first line says the same as the list
  const top = alone ? [title] : [title, ...list, ...more, ruleLine(columns)];
  const room = Math.max(0, height - top.length - commands.length);
  const shown = scrollLines(detail, view.offset, room);
  return [...top, ...shown, ...blankLines(room - shown.length), ...commands].map((line) => truncateLine(line, columns)).slice(0, height);
}

function commandLines(state: RunState, host: string | undefined): readonly StyledLine[] {
  const command = (label: string, text: string): StyledLine => [
    styled(displayText`  ${label.padEnd(10)}`),
    styled(displayText`${text}`, { colour: 'cyan' }),
  ];
  return [
    ...(host === undefined ? [] : [command('full log', `swarm runs logs ${state.run} ${host}`)]),
    ...(canResume(state) ? [command('resume', `swarm runs resume ${state.run}`)] : []),
  ];
}

/** A line as several where it is too wide; the style of its last piece goes on. */
function wrapLine(line: StyledLine, columns: number): readonly StyledLine[] {
  if (lineWidth(line) <= columns) return [line];
  const last = line.at(-1);
  const before = line.slice(0, -1);
  const used = lineWidth(before);
  if (last === undefined || columns - used < 20) return [line];
  const indent = styled(displayText`${' '.repeat(used)}`);
  return wrapText(last.text, columns - used).map((text, index): StyledLine => [...(index === 0 ? before : [indent]), { ...last, text }]);
}

/** Lines from an offset on; the last one counts what does not fit. */
export function scrollLines(lines: readonly StyledLine[], offset: number, room: number): readonly StyledLine[] {
  const from = Math.max(0, Math.min(offset, lines.length - room));
  const rest = lines.length - from - room;
  const shown = lines.slice(from, from + room);
  if (rest <= 0 || room < 2) return shown;
  return [...shown.slice(0, -1), [styled(displayText`  … ${rest + 1} more lines`, { dim: true })]];
}

const blankLines = (many: number): readonly StyledLine[] => Array.from({ length: Math.max(0, many) }, () => []);
