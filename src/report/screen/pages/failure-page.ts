import { failureLines, kindOf } from '../../events/failure-text.ts';
import { oneLine, pad, show, wrap } from '../../text/display-text.ts';
import { counted } from '../../text/format.ts';
import { type Line, piece, sign, widthOfLine, within } from '../../text/styled-line.ts';
import type { Picture } from '../model/screen-model.ts';
import type { Size, View } from '../model/screen-view.ts';
import { rule, titleLine } from './host-area.ts';
import { windowOf } from './host-layout.ts';

/** Every failure, the chosen one with its part of the log, and the commands to go on. */
export function failurePage(picture: Picture, view: View, { columns }: Size, height: number): readonly Line[] {
  const { state } = picture;
  const { errors } = state;
  const hosts = new Set(errors.flatMap(({ host }) => (host === undefined ? [] : [host]))).size;
  const title = titleLine(show`FAILURES`, show`${counted(errors.length, 'failure')}, ${counted(hosts, 'host')}`, columns);
  if (errors.length === 0) return [title, [piece(show`  nothing has failed`, { dim: true })]].slice(0, height);
  const chosen = Math.min(view.failure, errors.length - 1);
  const rows = Math.max(1, Math.min(errors.length, Math.floor((height - 4) / 3)));
  const { from, count, hidden } = windowOf(errors.length, rows, chosen);
  const list = errors.slice(from, from + count).map((error, index) => {
    const mine = from + index === chosen;
    return within(
      [
        piece(show`${mine ? '>' : ' '}`, { bold: true }),
        sign(kindOf(error)),
        piece(show` ${pad(oneLine(error.host ?? 'swarm'), 15)} ${error.code}  ${error.message}`, mine ? { bold: true } : undefined),
      ],
      columns,
    );
  });
  const more: readonly Line[] = hidden > 0 && rows > 1 ? [[piece(show` … ${hidden} more`, { dim: true })]] : [];
  const error = errors[chosen];
  const detail =
    error === undefined
      ? []
      : failureLines(error, state)
          .flatMap((line) => wrapped(line, columns - 1))
          .map((line): Line => [piece(show` `), ...line]);
  const commands = commandLines(state.run, error?.host);
  const alone = errors.length === 1 && height < 10; // its first line says the same as the list
  const top = alone ? [title] : [title, ...list, ...more, rule(columns)];
  const room = Math.max(0, height - top.length - commands.length);
  const shown = scrolled(detail, view.offset, room);
  return [...top, ...shown, ...blank(room - shown.length), ...commands].map((line) => within(line, columns)).slice(0, height);
}

function commandLines(run: string, host: string | undefined): readonly Line[] {
  const command = (label: string, text: string): Line => [piece(show`  ${label.padEnd(10)}`), piece(show`${text}`, { colour: 'cyan' })];
  return [
    ...(host === undefined ? [] : [command('whole log', `swarm runs logs ${run} ${host}`)]),
    command('go on', `swarm runs resume ${run}`),
  ];
}

/** A line as several where it is too wide; the style of its last piece goes on. */
function wrapped(line: Line, columns: number): readonly Line[] {
  if (widthOfLine(line) <= columns) return [line];
  const last = line.at(-1);
  const before = line.slice(0, -1);
  const used = widthOfLine(before);
  if (last === undefined || columns - used < 20) return [line];
  const indent = piece(show`${' '.repeat(used)}`);
  return wrap(last.text, columns - used).map((text, index): Line => [...(index === 0 ? before : [indent]), { ...last, text }]);
}

/** Lines from an offset on; the last one counts what does not fit. */
export function scrolled(lines: readonly Line[], offset: number, room: number): readonly Line[] {
  const from = Math.max(0, Math.min(offset, lines.length - room));
  const rest = lines.length - from - room;
  const shown = lines.slice(from, from + room);
  if (rest <= 0 || room < 2) return shown;
  return [...shown.slice(0, -1), [piece(show`  … ${rest + 1} more lines`, { dim: true })]];
}

const blank = (many: number): readonly Line[] => Array.from({ length: Math.max(0, many) }, () => []);
