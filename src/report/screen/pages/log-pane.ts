import { type Display, oneLine, show, width, wrap } from '../../text/display-text.ts';
import { count, stamp } from '../../text/format.ts';
import { type Line, piece, sides, within } from '../../text/styled-line.ts';
import type { Ring } from '../model/log-buffer.ts';
import { gravity } from '../model/log-search.ts';
import type { Picture } from '../model/screen-model.ts';
import type { View } from '../model/screen-view.ts';
import { rule } from './host-area.ts';

/** The output of the chosen host: a title and the last lines, or those that were scrolled to; exactly `height` lines. */
export function logPane(picture: Picture, view: View, columns: number, height: number): readonly Line[] {
  const host = view.selected ?? '';
  const log = picture.logs.get(host);
  if (height <= 0) return [];
  const head = titleOf(picture, view, log, columns);
  if (log === undefined || log.size === 0) return [head, [piece(show`  no output yet`, { dim: true })]].slice(0, height);
  return [head, ...logLines(picture, log, view, columns, height - 1)];
}

function titleOf(picture: Picture, view: View, log: Ring | undefined, columns: number): Line {
  const host = view.selected === undefined ? undefined : picture.state.hosts[view.selected];
  const what = host?.item ?? host?.task ?? '';
  const follow = view.last === undefined ? 'follow' : `line ${count(view.last + 1)}`;
  const search = view.search === '' ? '' : `  search: ${view.search}`;
  const dropped = log !== undefined && log.first > 0 ? `  from line ${count(log.first + 1)}` : '';
  return sides(
    [
      piece(show` LOG ${view.selected ?? ''}`, { bold: true }),
      piece(show`  ${what}${host?.route === undefined ? '' : `  via ${host.route}`}`),
    ],
    [piece(show`${follow}  ${count(host?.lines ?? 0)} lines${dropped}${search} `, { dim: true })],
    columns,
  );
}

/** The last `height` screen lines up to the one that is looked at. */
function logLines(picture: Picture, log: Ring, view: View, columns: number, height: number): readonly Line[] {
  const start = picture.state.startedAt === undefined ? 0 : Date.parse(picture.state.startedAt);
  const lines: Line[] = [];
  for (let number = view.last ?? log.first + log.size - 1; number >= log.first && lines.length < height; number--) {
    const line = log.line(number);
    if (line === undefined) continue;
    const time = view.absolute ? new Date(line.at).toISOString().slice(11, 19) : stamp(line.at - start);
    lines.unshift(...textLines(oneLine(line.text), time, view, columns));
  }
  return lines.slice(-height);
}

function textLines(text: Display, time: string, view: View, columns: number): readonly Line[] {
  const weight = gravity(text);
  const found = view.search !== '' && text.toLowerCase().includes(view.search.toLowerCase());
  const lead = [
    piece(weight === undefined ? show` ` : show`!`, weight === 'error' ? { colour: 'red', bold: true } : { colour: 'yellow' }),
    piece(show` ${time} `, { dim: true }),
  ];
  const style = found ? ({ inverse: true } as const) : weight === 'error' ? ({ colour: 'red' } as const) : undefined;
  const room = columns - 3 - width(show`${time}`);
  if (!view.wrap || room < 8 || width(text) <= room) return [within([...lead, piece(text, style)], columns)];
  return wrap(text, room)
    .slice(0, MOST_WRAPPED)
    .map((part, index) => [...(index === 0 ? lead : [piece(show`${' '.repeat(columns - room)}`)]), piece(part, style)]);
}

const MOST_WRAPPED = 20;

/** The log alone, over the whole screen. */
export function logPage(picture: Picture, view: View, columns: number, height: number): readonly Line[] {
  return [...logPane(picture, view, columns, height - 1), rule(columns)].slice(0, height);
}
