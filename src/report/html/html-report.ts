import { canResume } from '../../core/can-resume.ts';
import { formatError } from '../../core/error/error-text.ts';
import type { ErrorJson } from '../../core/error/swarm-error.ts';
import type { RunEvent } from '../../core/event.ts';
import { runErrors } from '../../core/exit/run-errors.ts';
import type { RunState } from '../../core/run-state.ts';
import { causeLines } from '../events/cause-text.ts';
import { failureStatus } from '../events/failure-text.ts';
import { describeRunArgs, shortenFingerprint } from '../events/run-args-text.ts';
import { groupFailures } from '../events/same-failures.ts';
import { formatClock, formatDuration, formatEstimate, formatQuantity, formatSize } from '../text/format.ts';
import { formatLocalDate } from '../text/relative-time.ts';
import { runStatusText } from '../text/run-status-text.ts';
import { outcomeWord } from '../text/symbols.ts';
import { ganttChart } from './gantt-chart.ts';
import { htmlSection, htmlTable, numberCell } from './html-parts.ts';
import { REPORT_CSS } from './html-style.ts';
import { type Html, joinHtml, markup, rawHtml } from './html-template.ts';
import { collectReportData, type ReportData } from './report-data.ts';

/** The report of a run as one HTML file: no script, loads nothing, fits a phone, a dark screen and paper. */
export function formatHtmlReport(events: Iterable<RunEvent>): string {
  const data = collectReportData(events);
  const { state } = data;
  const title = `swarm run ${state.run}: ${state.playbook}`;
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>${rawHtml(REPORT_CSS)}</style>
</head>
<body>
<main>
${summarySection(data)}
${failuresSection(data)}
${timelineSection(data)}
${durationsSection(data)}
${publishedSection(data)}
${hostsSection(data)}
${routesSection(data)}
${commandsSection(state)}
</main>
</body>
</html>
`.text;
}

function summarySection({ state, start, end }: ReportData): Html {
  const items = state.items.values();
  const done = items.filter(({ status }) => status === 'published').length;
  const bytes = state.published.reduce((sum, each) => sum + each.size, 0);
  const facts: readonly (readonly [string, string])[] = [
    ['Playbook', state.playbook],
    ['Arguments', describeRunArgs(state.args, state.defaults).join('  ')],
    ['Started', formatLocalDate(start)],
    ['Took', String(formatDuration(state.ms ?? end - start))],
    ['Hosts', String(state.hosts.size)],
    ...(items.length === 0 ? [] : [['Items', `${done} of ${items.length} done`] as const]),
    ...(state.published.length === 0
      ? []
      : [['Published', `${formatQuantity(state.published.length, 'package')}, ${formatSize(bytes)}`] as const]),
    ...(state.exit === undefined ? [] : [['Exit', String(state.exit)] as const]),
  ];
  return markup`<header>
<h1>Run ${state.run} <span class="verdict ${state.status}">${runStatusText[state.status]}${state.check ? ', check only' : ''}</span></h1>
<dl>${joinHtml(facts.filter(([, value]) => value !== '').map(([name, value]) => markup`<div${rawHtml(value.length > 30 ? ' class="long"' : '')}><dt>${name}</dt><dd>${value}</dd></div>`))}</dl>
</header>`;
}

const failureText = (error: ErrorJson, state: RunState): string =>
  [formatError(error), ...causeLines(error, state).flatMap((line) => line.map(({ text }) => text))].join('\n');

function failureLog({ host }: ErrorJson, log: readonly string[], withHost: boolean): Html {
  if (log.length === 0) return markup``;
  const title = `Last ${formatQuantity(log.length, 'line')} of output${withHost ? ` of ${host}` : ''}`;
  return markup`<details><summary>${title}</summary><pre tabindex="0">${log.join('\n')}</pre></details>`;
}

function failuresSection({ state, logs }: ReportData): Html {
  const errors = runErrors(state);
  if (errors.length === 0) return htmlSection('failures', 'Failures', markup`<p>None.</p>`);
  const each = groupFailures(errors, state).map(({ error, members }) => {
    const parts = members.map((member) => failureLog(member, logs.get(member) ?? [], members.length > 1));
    const status = failureStatus(error);
    const many = members.length > 1;
    const subject = many ? `${members.length} hosts` : (error.host ?? 'swarm');
    const names = many ? markup`<p>${members.map(({ host }) => host).join(', ')}</p>` : markup``;
    const text = failureText(many ? { ...error, host: subject } : error, state);
    return markup`<article class="${status}"><h3>${status}: ${subject}, ${error.code}</h3>${names}<pre tabindex="0">${text}</pre>${joinHtml(parts)}</article>`;
  });
  return htmlSection('failures', `Failures (${errors.length})`, joinHtml(each));
}

function timelineSection({ state, bars, path, start, end }: ReportData): Html {
  if (bars.length === 0) return markup``;
  const steps = path.map((bar) => markup`<li><b>${bar.label}</b> on ${bar.host}, ${formatDuration(bar.end - bar.start)}</li>`);
  return htmlSection(
    'timeline',
    'Timeline',
    markup`<div class="wide" tabindex="0" role="region" aria-label="Chart of hosts and their work over time">${ganttChart(state.hosts.keys(), bars, path, start, end)}</div>
<p class="legend"><span class="key ok"></span>done <span class="key failed"></span>failed <span class="key running"></span>not finished <span class="key critical"></span>critical path</p>
<details open><summary>Critical path: the work that decided how long the run took</summary><ol>${joinHtml(steps)}</ol></details>`,
  );
}

function durationsSection({ state }: ReportData): Html {
  const items = state.items.values().filter(({ seconds }) => seconds !== undefined);
  if (items.length === 0) return markup``;
  const most = Math.max(...items.map(({ seconds, estimate }) => Math.max(seconds ?? 0, estimate ?? 0)), 1);
  const rows = items.map(({ id, host, attempts, seconds = 0, estimate, status }) => {
    const off =
      estimate === undefined ? '' : `${seconds >= estimate ? '+' : '−'}${Math.round((Math.abs(seconds - estimate) / estimate) * 100)} %`;
    const mark = estimate === undefined ? markup`` : markup`<i style="left:${((estimate / most) * 100).toFixed(1)}%"></i>`;
    const bar = markup`<td class="bar"><span class="${status}" style="width:${((seconds / most) * 100).toFixed(1)}%"></span>${mark}</td>`;
    return markup`<tr><th scope="row">${id}</th><td>${host ?? ''}</td>${numberCell(String(attempts))}${numberCell(estimate === undefined ? '?' : formatEstimate(estimate))}${numberCell(formatClock(seconds * 1000))}${numberCell(off)}${bar}</tr>`;
  });
  return htmlSection(
    'durations',
    'Durations and estimates',
    htmlTable(['Item', 'Host', 'Attempts', 'Estimate', 'Took', 'Difference', 'Took (bar), estimate (line)'], rows),
  );
}

function publishedSection({ state, publishedAt, start }: ReportData): Html {
  if (state.published.length === 0) return markup``;
  const rows = state.published.map(({ cpv, path, size: bytes, sha256, host }) => {
    const at = publishedAt.get(path);
    return markup`<tr><th scope="row">${cpv}</th>${numberCell(formatSize(bytes))}<td>${host}</td>${numberCell(at === undefined ? '' : formatClock(at - start))}<td class="hash">${sha256}</td></tr>`;
  });
  return htmlSection(
    'published',
    `Published (${state.published.length})`,
    htmlTable(['Package', 'Size', 'Built on', 'At', 'SHA-256'], rows),
  );
}

function hostsSection({ state, keys }: ReportData): Html {
  const rows = state.hosts.entries().map(([name, { tally, busyMs, cores }]) => {
    const counts = [
      tally.ok,
      tally.changed,
      tally.failed,
      tally.unreachable,
      tally.refused,
      tally.skipped,
      ...(state.check ? [tally.unknown ?? 0] : []),
    ].map((value) => numberCell(String(value)));
    const key = keys.get(name);
    return markup`<tr><th scope="row">${name}</th>${joinHtml(counts)}${numberCell(formatDuration(busyMs ?? 0))}${numberCell(cores === undefined ? '' : String(cores))}<td>${key === undefined ? '' : shortenFingerprint(key)}</td></tr>`;
  });
  return htmlSection(
    'hosts',
    'Hosts',
    htmlTable(
      [
        ...['Host', 'ok', outcomeWord('changed', state.check), 'failed', 'unreachable', 'refused', 'skipped'],
        ...(state.check ? ['unknown'] : []),
        ...['Time', 'Cores', 'Key'],
      ],
      rows,
    ),
  );
}

function routesSection(data: ReportData): Html {
  if (data.routes.length === 0) return markup``;
  const rows = data.routes.map(
    ({ host, route, status, note }) =>
      markup`<tr class="${status === 'used' ? '' : 'aside'}"><th scope="row">${host}</th><td>${route}</td><td>${status === 'used' ? 'used' : `excluded: ${status}`}</td><td>${note}</td></tr>`,
  );
  return htmlSection('routes', 'Routes used and excluded', htmlTable(['Host', 'Route', 'Status', 'Note'], rows));
}

function commandsSection(state: RunState): Html {
  const { run } = state;
  const lines = [`swarm runs show ${run}`, `swarm runs logs ${run}`, ...(canResume(state) ? [`swarm runs resume ${run}`] : [])];
  return htmlSection('further', 'Commands', markup`<pre tabindex="0">${lines.join('\n')}</pre>`);
}
