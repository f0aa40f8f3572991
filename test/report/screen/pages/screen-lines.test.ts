import { expect, test } from 'vitest';
import type { RunEvent, RunEventData } from '../../../../src/core/event.ts';
import { initialView, type ScreenPage } from '../../../../src/report/screen/model/screen-view.ts';
import { screenLines } from '../../../../src/report/screen/pages/screen-lines.ts';
import { buildStory, numberEvents, pushStory, refusedStory } from '../../run-stories.ts';
import { renderLines, renderScreen, screenModelOf, terminalStyleAt, widestLine } from '../render-screen.ts';

const SIZES = [
  [1, 1], [5, 2], [20, 5], [32, 5], [39, 7], [40, 8], [50, 12], [69, 15], [70, 16], [80, 24], [109, 29], [110, 30], [120, 40], [200, 60], [300, 100],
] as const; // biome-ignore format: pairs
const PAGES: readonly ScreenPage[] = ['run', 'log', 'failures', 'events', 'tasks', 'identity', 'help'];

/** Names and output that a hostile or merely foreign fleet has. */
function strange(hosts: number): readonly RunEvent[] {
  const names = Array.from(
    { length: hosts },
    (_, index) => ['x'.repeat(200), '漢字ドローン', 'e\u0301'.repeat(40), '\x1b[31mred\x1b[0m', '🚀'][index % 5] + String(index),
  );
  const facts: RunEventData[] = [
    {
      type: 'run.started',
      playbook: '漢'.repeat(100),
      args: { packages: ['🚀'.repeat(80)] },
      hosts: names,
      check: true,
      diff: false,
      pid: 1,
      version: '0',
    },
    { type: 'play.started', play: 'p\n'.repeat(50), hosts: names, tasks: 3, queue: false },
    ...names.flatMap((host): RunEventData[] => [
      { type: 'host.connected', host, route: `jump ${'j'.repeat(90)} [fd10::1]:22`, fingerprint: 'SHA256:abc', cores: 4, ms: 3 },
      { type: 'task.started', host, task: '0.0', name: 't'.repeat(300), module: 'shell' },
      {
        type: 'task.output',
        host,
        task: '0.0',
        stream: 'stdout',
        lines: ['\x1b[2J\x1b[H\x07漢'.repeat(100), 'a\tb\rc', `error: ${'\u202e'.repeat(9)}`, ''],
      },
      { type: 'task.progress', host, task: '0.0', phase: 'compiling'.repeat(9), subject: 'x', done: 1, total: 2 },
    ]),
    ...names.slice(0, 3).map(
      (host): RunEventData => ({
        type: 'host.refused',
        host,
        error: { code: 'SW3001', message: 'm'.repeat(500), hint: 'h', detail: '漢\n'.repeat(300) },
      }),
    ),
  ];
  return numberEvents(facts.map((fact, index) => [index / 100, fact] as const));
}

const stories: readonly (readonly [string, readonly RunEvent[]])[] = [
  ['no event at all', []],
  [
    'no hosts',
    numberEvents([[0, { type: 'run.started', playbook: 'p', args: {}, hosts: [], check: false, diff: false, pid: 1, version: '0' }]]),
  ],
  ['one host', buildStory({ hosts: 1, items: 3, until: 900, trouble: false })],
  ['five hosts, half way', buildStory({ until: 2900 })],
  ['64 hosts', buildStory({ hosts: 64, items: 318, until: 3000 })],
  ['500 hosts', buildStory({ hosts: 500, items: 600, until: 2000 })],
  ['finished with failures', buildStory()],
  ['finished well', buildStory({ trouble: false })],
  ['refused', refusedStory()],
  ['a playbook without a queue', pushStory()],
  ['strange names and output', strange(7)],
  ['64 strange hosts', strange(64)],
];

test.each(stories)('%s: every page fits every terminal', (_, story) => {
  const picture = screenModelOf(story);
  const views = [
    ...PAGES.map((page) => ({ ...initialView, page })),
    { ...initialView, compact: true, wrap: true, absolute: true, sort: 'time' as const, filter: 'd1' },
    { ...initialView, page: 'log' as const, wrap: true, search: 'a', last: 1 },
    { ...initialView, typing: 'filter' as const, filter: '漢'.repeat(60) },
  ];
  for (const [columns, rows] of SIZES) {
    for (const view of views) {
      for (const ascii of view === views[0] ? [false, true] : [false]) {
        const look = terminalStyleAt(columns, rows, { ascii });
        const lines = renderLines(screenLines(picture, view, look), look);
        expect(lines.length).toBe(rows);
        expect(widestLine(lines)).toBeLessThanOrEqual(columns);
        expect(lines.join('')).not.toMatch(ascii ? /[^ -~]/ : /[\x00-\x1f\x7f-\x9f\u202e]/);
      }
    }
  }
});

test('80x24: progress, hosts, the log of one, the last failure, keys', () => {
  const drawn = renderScreen(buildStory({ until: 2900 }), 80, 24);
  expect(drawn.split('\n').slice(0, 6)).toEqual([
    ' swarm  run 7KQ2  build  www-client/firefox-142.0 +14 more 47:00  ETA ~33m ±15m ',
    ' 5 hosts   ► 4 building   ✓ 5 done   · 5 queued   ✗ 1 failed   ! 1 unreachable',
    ' ████████████████████████░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░  6/15 items  40% ',
    '─'.repeat(80),
    ' HOST           STATE         DOING                    PHASE         TIME    ETA',
    ' drone-Capella  ! unreachable                                                   ',
  ]);
  expect(drawn).toMatch(/^>drone-Meridian ► building {4}app-office\/libreoffice-… fetch +2:1\d +~6m$/m);
  expect(drawn).toContain('LOG drone-Meridian  app-office/libreoffice-25.8');
  expect(drawn).toMatch(/✗ drone-Meridian {2}emerge of app-editors.*\[f\] failures/);
  expect(drawn.split('\n').at(-1)).toMatch(/↑↓ host .*d detach {2}s stream {2}\? help {2}q quit/);
});

test('120x40 adds routes, queue, published and failed', () => {
  const drawn = renderScreen(buildStory({ until: 2900, items: 25 }), 120, 40);
  expect(drawn).toMatch(/ HOST +ROUTE +STATE +DOING/);
  expect(drawn).toMatch(/QUEUE \(\d+\) +LAST PUBLISHED \(\d+\) +FAILED \(1\)/);
  expect(drawn).toContain('… 10 more');
});

test('64 hosts: columns where there is room, else one token each; problems first', () => {
  expect(renderScreen(buildStory({ hosts: 64, items: 318, until: 3000 }), 120, 40)).toMatch(
    /^ d64 ! unreach .*d18 ► build.*d34 ► build.*d50 ► build/m,
  );
  expect(renderScreen(buildStory({ hosts: 64, items: 318, until: 3000 }), 80, 24)).toMatch(/^ d64! {2}>d01► {3}d02► /m);
});

test('hosts that do not fit are counted, and the chosen one is always visible', () => {
  const drawn = renderScreen(buildStory({ hosts: 12, items: 40, until: 3000 }), 50, 12, { selected: 'd09' });
  expect(drawn).toMatch(/^>d09/m);
  expect(drawn).toMatch(/… \d+ more/);
});

test('20x5 tells how far it is and how to leave', () => {
  expect(renderScreen(buildStory({ until: 2900 }), 20, 5)).toBe(
    [' 7KQ2 40% ✗2', ' 47:00  ETA ~33m', ' needs 40x8', ' s stream  q quit', ''].join('\n'),
  );
});

test('a guard that refused is told with the routes and what to do', () => {
  const drawn = renderScreen(refusedStory(), 80, 24, { page: 'failures' });
  expect(drawn).toContain('STOPPED BY A GUARD  exit 7');
  expect(drawn).toContain('local 10.42.0.199:22      ■ leads to Alpha-Centauri, excluded');
  expect(drawn).toContain('No command was sent.');
});

test('the failure page has the first error of the log and the commands to go on', () => {
  const drawn = renderScreen(buildStory(), 80, 24, { page: 'failures', failure: 1 });
  expect(drawn).toContain("! 18402  gin/converter.h:57:10: fatal error: 'v8-forward.h' file not found");
  expect(drawn).toContain('swarm runs logs 7KQ2 drone-Meridian');
  expect(drawn).toContain('swarm runs resume 7KQ2');
});

test('a filter leaves the hosts that match; an empty result says how to clear it', () => {
  expect(renderScreen(buildStory({ until: 2900 }), 80, 24, { filter: 'rust' })).not.toContain('drone-Izar');
  expect(renderScreen(buildStory({ until: 2900 }), 80, 24, { filter: 'nothing' })).toContain('no host matches the filter; c clears it');
});
