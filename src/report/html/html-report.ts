import { describeError, type ErrorJson } from '../../core/error.ts';
import type { RunEvent } from '../../core/event.ts';
import { initial, type RunState, reduce } from '../../core/run-state.ts';
import { argsOf, shortKey } from '../events/event-text.ts';
import { blameLines, kindOf, named } from '../events/failure-text.ts';
import { about, clock, counted, size, took } from '../text/format.ts';
import { gantt } from './gantt-chart.ts';
import { CSS } from './html-style.ts';
import { type Html, join, markup, raw } from './html-template.ts';
import { type Bar, barsOf, criticalPath } from './timeline.ts';

/** The report of a run as one HTML file: no script, nothing loaded from elsewhere, readable on a phone, in the dark, and printed. */
export function html(events: Iterable<RunEvent>): string {
  const story = read(events);
  const { state } = story;
  const title = `swarm run ${state.run}: ${state.playbook}`;
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>${raw(CSS)}</style>
</head>
<body>
<main>
${summary(story)}
${failuresSection(story)}
${timelineSection(story)}
${durations(story)}
${published(story)}
${hosts(story)}
${routes(story)}
${commands(state)}
</main>
</body>
</html>
`.text;
}

interface Story {
  readonly state: RunState;
  readonly start: number;
  readonly end: number;
  readonly bars: readonly Bar[];
  readonly path: readonly Bar[];
  readonly keys: ReadonlyMap<string, string>;
  readonly routes: readonly { readonly host: string; readonly route: string; readonly status: string; readonly note: string }[];
  readonly publishedAt: ReadonlyMap<string, number>;
  /** The last lines of output before each failure, by the order of failures. */
  readonly logs: ReadonlyMap<ErrorJson, readonly string[]>;
}

const LAST_LINES = 30;

function read(events: Iterable<RunEvent>): Story {
  let state = initial('');
  const kept: RunEvent[] = []; // output is most of a journal, and is not drawn
  const keys = new Map<string, string>();
  const routes: Story['routes'][number][] = [];
  const publishedAt = new Map<string, number>();
  const logs = new Map<ErrorJson, readonly string[]>();
  for (const event of events) {
    const before = state.errors.length;
    state = reduce(state.run === '' ? initial(event.run) : state, event);
    if (event.type !== 'task.output') kept.push(event);
    for (const error of state.errors.slice(before)) logs.set(error, state.hosts[error.host ?? '']?.tail.slice(-LAST_LINES) ?? []);
    if (event.type === 'host.connected') {
      if (event.fingerprint !== undefined) keys.set(event.host, event.fingerprint);
      routes.push({ host: event.host, route: event.route, status: 'used', note: `proven in ${took(event.ms)}` });
    } else if (event.type === 'route.setAside') {
      const note = event.machine === undefined ? event.error.message : `${event.machine} answers there`;
      routes.push({ host: event.host, route: event.route, status: event.status, note });
    } else if (event.type === 'package.published') publishedAt.set(event.path, Date.parse(event.at));
  }
  const start = Date.parse(state.startedAt ?? kept[0]?.at ?? '') || 0;
  const end = Math.max(start + 1, Date.parse(kept.at(-1)?.at ?? '') || 0);
  const bars = barsOf(kept, end);
  return { state, start, end, bars, path: criticalPath(bars, state), keys, routes, publishedAt, logs };
}

const VERDICT = { running: 'still running', ok: 'finished', failed: 'finished with failures', interrupted: 'interrupted' } as const;

function summary({ state, start, end }: Story): Html {
  const items = Object.values(state.items);
  const done = items.filter(({ status }) => status === 'published').length;
  const bytes = state.published.reduce((sum, each) => sum + each.size, 0);
  const facts: readonly (readonly [string, string])[] = [
    ['Playbook', state.playbook],
    ['Values', argsOf(state.args).join('  ')],
    ['Started', `${new Date(start).toISOString().replace('T', ' ').slice(0, 19)} UTC`],
    ['Took', String(took(state.ms ?? end - start))],
    ['Hosts', String(Object.keys(state.hosts).length)],
    ...(items.length === 0 ? [] : [['Items', `${done} of ${items.length} done`] as const]),
    ...(state.published.length === 0 ? [] : [['Published', `${counted(state.published.length, 'package')}, ${size(bytes)}`] as const]),
    ...(state.exit === undefined ? [] : [['Exit', String(state.exit)] as const]),
  ];
  return markup`<header>
<h1>Run ${state.run} <span class="verdict ${state.status}">${VERDICT[state.status]}${state.check ? ', check only' : ''}</span></h1>
<dl>${join(facts.filter(([, value]) => value !== '').map(([name, value]) => markup`<div${raw(value.length > 30 ? ' class="long"' : '')}><dt>${name}</dt><dd>${value}</dd></div>`))}</dl>
</header>`;
}

const failureText = (error: ErrorJson, state: RunState): string =>
  [describeError(named(error, state.run)), ...blameLines(error, state).flatMap((line) => line.map(({ text }) => text))].join('\n');

const section = (id: string, title: string, body: Html): Html => markup`<section aria-labelledby="${id}"><h2 id="${id}">${title}</h2>
${body}</section>`;

function failuresSection({ state, logs }: Story): Html {
  if (state.errors.length === 0) return section('failures', 'Failures', markup`<p>None.</p>`);
  const each = state.errors.map((error) => {
    const log = logs.get(error) ?? [];
    const part =
      log.length === 0
        ? markup``
        : markup`<details><summary>Last ${String(log.length)} lines of output</summary><pre tabindex="0">${log.join('\n')}</pre></details>`;
    return markup`<article class="${kindOf(error)}"><h3>${kindOf(error)}: ${error.host ?? 'swarm'}, ${error.code}</h3><pre tabindex="0">${failureText(error, state)}</pre>${part}</article>`;
  });
  return section('failures', `Failures (${state.errors.length})`, join(each));
}

function timelineSection({ state, bars, path, start, end }: Story): Html {
  if (bars.length === 0) return markup``;
  const steps = path.map((bar) => markup`<li><b>${bar.label}</b> on ${bar.host}, ${took(bar.end - bar.start)}</li>`);
  return section(
    'timeline',
    'Who did what, when',
    markup`<div class="wide" tabindex="0" role="region" aria-label="Chart of hosts and their work over time">${gantt(Object.keys(state.hosts), bars, path, start, end)}</div>
<p class="legend"><span class="key ok"></span>done <span class="key failed"></span>failed <span class="key running"></span>not ended <span class="key critical"></span>critical path</p>
<details open><summary>Critical path: what the run had to wait for</summary><ol>${join(steps)}</ol></details>`,
  );
}

const num = (text: string): Html => markup`<td class="num">${text}</td>`;

const NUMBERS: ReadonlySet<string> = new Set(
  'Attempts,Estimate,Took,Off by,Size,At,ok,changed,failed,unreachable,refused,skipped,Time,Cores'.split(','),
);

/** A table that scrolls sideways on a phone. */
const table = (heads: readonly string[], rows: readonly Html[]): Html => markup`<div class="wide" tabindex="0"><table>
<thead><tr>${join(heads.map((head) => markup`<th scope="col"${raw(NUMBERS.has(head) ? ' class="num"' : '')}>${head}</th>`))}</tr></thead>
<tbody>${join(rows)}</tbody></table></div>`;

function durations({ state }: Story): Html {
  const items = Object.values(state.items).filter(({ seconds }) => seconds !== undefined);
  if (items.length === 0) return markup``;
  const most = Math.max(...items.map(({ seconds, estimate }) => Math.max(seconds ?? 0, estimate ?? 0)), 1);
  const rows = items.map(({ id, host, attempts, seconds = 0, estimate, status }) => {
    const off =
      estimate === undefined ? '' : `${seconds >= estimate ? '+' : '−'}${Math.round((Math.abs(seconds - estimate) / estimate) * 100)} %`;
    const mark = estimate === undefined ? markup`` : markup`<i style="left:${((estimate / most) * 100).toFixed(1)}%"></i>`;
    const bar = markup`<td class="bar"><span class="${status}" style="width:${((seconds / most) * 100).toFixed(1)}%"></span>${mark}</td>`;
    return markup`<tr><th scope="row">${id}</th><td>${host ?? ''}</td>${num(String(attempts))}${num(estimate === undefined ? '?' : about(estimate))}${num(clock(seconds * 1000))}${num(off)}${bar}</tr>`;
  });
  return section(
    'durations',
    'Durations against estimates',
    table(['Item', 'Host', 'Attempts', 'Estimate', 'Took', 'Off by', 'Took (bar), estimate (line)'], rows),
  );
}

function published({ state, publishedAt, start }: Story): Html {
  if (state.published.length === 0) return markup``;
  const rows = state.published.map(({ cpv, path, size: bytes, sha256, host }) => {
    const at = publishedAt.get(path);
    return markup`<tr><th scope="row">${cpv}</th>${num(size(bytes))}<td>${host}</td>${num(at === undefined ? '' : clock(at - start))}<td class="hash">${sha256}</td></tr>`;
  });
  return section('published', `Published (${state.published.length})`, table(['Package', 'Size', 'Built on', 'At', 'SHA-256'], rows));
}

function hosts({ state, keys }: Story): Html {
  const rows = Object.entries(state.hosts).map(([name, { tally, busyMs, cores }]) => {
    const counts = [tally.ok, tally.changed, tally.failed, tally.unreachable, tally.refused, tally.skipped].map((value) =>
      num(String(value)),
    );
    const key = keys.get(name);
    return markup`<tr><th scope="row">${name}</th>${join(counts)}${num(took(busyMs ?? 0))}${num(cores === undefined ? '' : String(cores))}<td>${key === undefined ? '' : shortKey(key)}</td></tr>`;
  });
  return section(
    'hosts',
    'Hosts',
    table(['Host', 'ok', 'changed', 'failed', 'unreachable', 'refused', 'skipped', 'Time', 'Cores', 'Key'], rows),
  );
}

function routes(story: Story): Html {
  if (story.routes.length === 0) return markup``;
  const rows = story.routes.map(
    ({ host, route, status, note }) =>
      markup`<tr class="${status === 'used' ? '' : 'aside'}"><th scope="row">${host}</th><td>${route}</td><td>${status === 'used' ? 'used' : `set aside: ${status}`}</td><td>${note}</td></tr>`,
  );
  return section('routes', 'Routes used and set aside', table(['Host', 'Route', 'Status', 'Note'], rows));
}

function commands({ run, exit }: RunState): Html {
  const lines = [`swarm runs show ${run}`, `swarm runs logs ${run}`, ...(exit === 0 ? [] : [`swarm runs resume ${run}`])];
  return section('further', 'To look further', markup`<pre tabindex="0">${lines.join('\n')}</pre>`);
}
