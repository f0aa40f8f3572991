import { expect, test } from 'vitest';
import type { RunEvent } from '../../../src/core/event.ts';
import { reduce } from '../../../src/core/reduce/reduce.ts';
import { initialRunState, type RunState } from '../../../src/core/run-state.ts';
import { openRunScreen, type ScreenActions } from '../../../src/report/screen/run-screen.ts';
import { buildStory, pushStory } from '../run-stories.ts';
import { terminalStyleAt } from './render-screen.ts';
import { createTestTerminal } from './terminal-emulator.ts';

/** A screen over a fake terminal, and a way to feed it. */
function open(events: readonly RunEvent[], actions: ScreenActions = {}, columns = 80, rows = 24) {
  const tty = createTestTerminal(columns, rows);
  let feed: (event: RunEvent, state: RunState) => void = () => {};
  let state = initialRunState('7KQ2');
  const screen = openRunScreen({
    out: tty.out,
    in: tty.in,
    style: terminalStyleAt(columns, rows),
    actions,
    subscribe(listener) {
      feed = listener;
    },
  });
  const tell = (more: readonly RunEvent[]): void => {
    for (const event of more) {
      state = reduce(state, event);
      feed(event, state);
    }
  };
  tell(events);
  return { tty, screen, tell };
}

test('a live run is drawn on the alternate screen; leaving gives the terminal back', async () => {
  const { tty, screen } = open(buildStory({ until: 2900 }));
  await tty.shows('app-office/libreoffice-');
  expect(tty.state()).toEqual({ alternate: true, cursor: false, raw: true });
  tty.in.write('q');
  expect(await screen.left).toBe('quit');
  expect(tty.state()).toEqual({ alternate: false, cursor: true, raw: false });
  expect(tty.other).toEqual([]);
});

test('the end of the run closes it with "finished", d with "detached"', async () => {
  const first = open(pushStory());
  expect(await first.screen.close()).toBe('finished');
  const second = open(buildStory({ until: 2900 }));
  second.tty.in.write('d');
  expect(await second.screen.left).toBe('detached');
  expect(await second.screen.close()).toBe('detached');
});

test('a failed run opens its failures', async () => {
  const { tty, screen } = open(buildStory());
  await tty.shows('FINISHED WITH FAILURES');
  await tty.shows('FAILURES');
  await screen.close();
});

test('s goes to the stream with everything so far, and back; what came meanwhile is on the screen', async () => {
  const all = buildStory({ until: 2900 });
  const { tty, screen, tell } = open(all.slice(0, 60));
  tty.in.write('s');
  await tty.shows('-- stream of the run');
  expect(tty.normal()).toContain('run 7KQ2  playbook build');
  expect(tty.normal()).toMatch(/drone-Meridian │ js\/src\/Unified_cpp/);
  tell(all.slice(60));
  await tty.shows('app-office/libreoffice-25.8');
  expect(tty.normal().split('run 7KQ2  playbook build')).toHaveLength(2);
  tty.in.write('s');
  await tty.shows(/HOST +STATE/);
  expect(tty.state().alternate).toBe(true);
  await screen.close();
});

test('keys reach the caller after a question', async () => {
  const asked: string[] = [];
  const { tty, screen } = open(buildStory({ until: 2900 }), {
    cancelHost: (host) => asked.push(host),
    interrupt: () => asked.push('interrupt'),
  });
  tty.in.write('x');
  await tty.shows('cancel app-office/libreoffice-25.8 on drone-Meridian? [y/N]');
  tty.in.write('y');
  await tty.shows('requested');
  tty.in.write('\x03');
  await tty.shows('^C again leaves');
  tty.in.write('\x03');
  expect(await screen.left).toBe('detached');
  expect(asked).toEqual(['drone-Meridian', 'interrupt']);
});

test('arrows, a filter with q in it, and the clipboard', async () => {
  const { tty, screen } = open(buildStory({ until: 2900 }));
  tty.in.write('\x1b[B');
  await tty.shows(/^>drone-Izar/m);
  tty.in.write('y');
  await tty.shows('copied: swarm runs logs 7KQ2 drone-Izar');
  expect(tty.other).toEqual(['clipboard swarm runs logs 7KQ2 drone-Izar']);
  tty.in.write('/qxd');
  await tty.shows('filter: qxd_');
  tty.in.write('\x15');
  await screen.close();
});

test('a storm of sizes leaves no line of an older one', async () => {
  const { tty, screen } = open(buildStory({ until: 2900 }));
  for (let n = 0; n < 60; n++) tty.resize(1 + ((n * 37) % 200), 1 + ((n * 13) % 60));
  tty.resize(60, 16);
  await tty.shows('swarm 7KQ2 build');
  expect(tty.screen().split('\n')).toHaveLength(16);
  expect(
    Math.max(
      ...tty
        .screen()
        .split('\n')
        .map((line) => line.length),
    ),
  ).toBeLessThanOrEqual(60);
  await screen.close();
});

test('only lines that changed are sent', async () => {
  const { tty, screen, tell } = open(buildStory({ until: 2900 }));
  await tty.shows('LOG drone-Meridian');
  tty.in.write('w');
  const before = tty.bytes();
  tty.in.write('w');
  await tty.shows('LOG drone-Meridian');
  tell([]);
  expect(tty.bytes() - before).toBeLessThan(600);
  await screen.close();
});

test('when the terminal hangs up the screen detaches and nothing falls', async () => {
  const { tty, screen } = open(buildStory({ until: 2900 }));
  tty.out.destroy(new Error('EIO'));
  process.emit('SIGHUP', 'SIGHUP');
  expect(await screen.left).toBe('detached');
});
