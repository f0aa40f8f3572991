import { expect, test } from 'vitest';
import type { RunEventData } from '../../../src/core/event.ts';
import { formatHtmlReport } from '../../../src/report/html/html-report.ts';
import { collectBars, findCriticalPath } from '../../../src/report/html/timeline.ts';
import { buildStory, numberEvents, pushStory, reduceEvents, refusedStory } from '../run-stories.ts';

const VOID = new Set(['meta', 'line', 'rect', 'br']);

/** Every element is closed, in order: what an XML reader would say of the body. */
function unbalanced(text: string): readonly string[] {
  const open: string[] = [];
  const wrong: string[] = [];
  for (const [, slash, name = '', , self] of text
    .replace(/<!doctype html>|<style>[\s\S]*?<\/style>/g, '')
    .matchAll(/<(\/?)([a-z][a-z0-9]*)((?:\s[^<>]*?)?)(\/?)>/g)) {
    if (VOID.has(name) || self === '/') continue;
    if (slash === '') open.push(name);
    else if (open.pop() !== name) wrong.push(name);
  }
  return [...wrong, ...open];
}

test.each([
  ['a build', buildStory()],
  ['a build that goes on', buildStory({ until: 2000 })],
  ['a push', pushStory()],
  ['a refusal', refusedStory()],
  ['64 hosts', buildStory({ hosts: 64, items: 200 })],
  ['an empty journal', []],
])('%s: well-formed, self-contained, without script', (_, story) => {
  const page = formatHtmlReport(story);
  expect(unbalanced(page)).toEqual([]);
  expect(page).not.toMatch(/<script|<link|<img|\ssrc=|\shref=|url\(|@import|https?:\/\/|\son[a-z]+=/i);
  expect(page).toContain('<meta name="viewport" content="width=device-width, initial-scale=1">');
  expect(page).toContain('prefers-color-scheme: dark');
});

test('shows what was built, what failed and why, and which routes were used or excluded', () => {
  const page = formatHtmlReport(buildStory());
  const state = reduceEvents(buildStory());
  for (const { cpv, sha256 } of state.published) expect(page.includes(`>${cpv}<`) && page.includes(sha256)).toBe(true);
  expect(page).toContain('gin/converter.h:57:10: fatal error: &#39;v8-forward.h&#39; file not found');
  expect(page).toContain('leads to Alpha-Centauri');
  expect(page).toContain('swarm runs resume 7KQ2');
  expect(page).toContain('Critical path: the work that decided how long the run took');
  expect(page.match(/<rect /g)?.length).toBe(15);
});

test('names and output of hosts stay text', () => {
  const nasty = '<img src=x onerror=alert(1)>"\'&\x1b[31m\u202e</pre></style><script>';
  const error = { code: 'SW6001', message: nasty, hint: nasty, detail: nasty };
  const facts: readonly RunEventData[] = [
    { type: 'run.started', playbook: nasty, args: { [nasty]: [nasty] }, hosts: [nasty], check: false, diff: false, pid: 1, version: nasty },
    { type: 'host.connected', host: nasty, route: nasty, fingerprint: nasty, cores: 1, ms: 1 },
    { type: 'route.setAside', host: nasty, route: nasty, status: 'misdirected', machine: nasty, error },
    { type: 'queue.planned', items: [{ id: nasty, needs: [], estimate: 4 }] },
    { type: 'item.started', host: nasty, item: nasty, attempt: 1 },
    { type: 'task.output', host: nasty, task: '0', stream: 'stdout', lines: [nasty] },
    { type: 'package.published', host: nasty, task: '0', cpv: nasty, path: nasty, size: 1, sha256: nasty, generation: 1 },
    { type: 'item.failed', host: nasty, item: nasty, attempt: 1, ms: 4000, blame: 'package', final: true, error },
    { type: 'run.finished', status: 'failed', exit: 2, ms: 5000 },
  ];
  const page = formatHtmlReport(numberEvents(facts.map((fact, index) => [index, fact] as const)));
  expect(unbalanced(page)).toEqual([]);
  expect(page).not.toMatch(/<img|<script|[\x00-\x08\x0b-\x1f\x7f\u202e]/);
  expect(page).toContain('&lt;img src=x onerror=alert(1)&gt;&quot;&#39;&amp;&lt;U+202E&gt;');
});

test('the critical path goes back over needs and hosts from what ended last', () => {
  const start = (host: string, item: string): RunEventData => ({ type: 'item.started', host, item, attempt: 1 });
  const done = (host: string, item: string): RunEventData => ({ type: 'item.finished', host, item, attempt: 1, ms: 1 });
  const story = numberEvents([
    [
      0,
      {
        type: 'queue.planned',
        items: [
          { id: 'lib', needs: [] },
          { id: 'side', needs: [] },
          { id: 'app', needs: ['lib'] },
        ],
      },
    ],
    [0, start('a', 'lib')],
    [0, start('b', 'side')],
    [5, done('b', 'side')],
    [20, done('a', 'lib')],
    [21, start('b', 'app')],
    [50, done('b', 'app')],
  ]);
  expect(findCriticalPath(collectBars(story, 50_000), reduceEvents(story)).map(({ label }) => label)).toEqual(['lib', 'app']);
});
