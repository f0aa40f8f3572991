import { toOneLine, truncateEnd } from '../text/display-text.ts';
import { formatClock, formatDuration } from '../text/format.ts';
import { type Html, joinHtml, markup } from './html-template.ts';
import type { TimelineBar } from './timeline.ts';

const CHART_WIDTH = 1000;
const NAMES_WIDTH = 150;
const ROW_HEIGHT = 26;
const AXIS_HEIGHT = 24;

/** An SVG chart with a row for each host that worked and a bar for each piece of work. The critical path is outlined. */
export function ganttChart(
  hosts: readonly string[],
  bars: readonly TimelineBar[],
  path: readonly TimelineBar[],
  start: number,
  end: number,
): Html {
  const busy = new Set(bars.map(({ host }) => host));
  const names = hosts.filter((name) => busy.has(name));
  const height = AXIS_HEIGHT + names.length * ROW_HEIGHT + 4;
  const x = (at: number): number => NAMES_WIDTH + ((at - start) / (end - start)) * (CHART_WIDTH - NAMES_WIDTH - 4);
  const ticks = chooseTicks(end - start).map((ms) => {
    const at = x(start + ms).toFixed(1);
    return markup`<line class="tick" x1="${at}" x2="${at}" y1="${String(AXIS_HEIGHT - 4)}" y2="${String(height)}"/><text class="time" x="${at}" y="14">${formatClock(ms)}</text>`;
  });
  const rows = names.map(
    (name, index) =>
      markup`<text class="name" x="0" y="${String(AXIS_HEIGHT + index * ROW_HEIGHT + 17)}">${truncateEnd(toOneLine(name), 20)}</text>`,
  );
  const critical = new Set(path);
  const drawn = bars.map((bar) => {
    const [left, wide] = [x(bar.start), Math.max(1.5, x(bar.end) - x(bar.start))];
    const y = AXIS_HEIGHT + names.indexOf(bar.host) * ROW_HEIGHT + 3;
    const fits = Math.floor((wide - 8) / 6.6);
    const name = bar.label.slice(bar.label.lastIndexOf('/') + 1);
    const label =
      fits < 4
        ? markup``
        : markup`<text class="label" x="${(left + 4).toFixed(1)}" y="${String(y + 14)}">${bar.outcome === 'failed' ? '✗ ' : ''}${truncateEnd(toOneLine(name), fits)}</text>`;
    const title = `${bar.label} on ${bar.host}: ${formatDuration(bar.end - bar.start)}, ${bar.outcome === 'running' ? 'not finished' : bar.outcome}`;
    return markup`<g><title>${title}</title><rect class="${bar.outcome}${critical.has(bar) ? ' critical' : ''}" x="${left.toFixed(1)}" y="${String(y)}" width="${wide.toFixed(1)}" height="${String(ROW_HEIGHT - 6)}" rx="2"/>${label}</g>`;
  });
  return markup`<svg viewBox="0 0 ${String(CHART_WIDTH)} ${String(height)}" role="img" aria-label="Timeline of ${String(names.length)} hosts"><g>${joinHtml(ticks)}</g>${joinHtml(rows)}${joinHtml(drawn)}</svg>`;
}

const TICK_SECONDS = [1, 2, 5, 10, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200, 86_400];

/** Round times for the axis, at most about ten. */
function chooseTicks(ms: number): readonly number[] {
  const step = (TICK_SECONDS.find((seconds) => ms / 1000 / seconds <= 10) ?? Math.ceil(ms / 10_000)) * 1000;
  return Array.from({ length: Math.floor(ms / step) + 1 }, (_, index) => index * step);
}
