import fc from 'fast-check';
import { expect, test } from 'vitest';
import { handleKey } from '../../../../src/report/screen/keys/key-bindings.ts';
import type { KeyResult } from '../../../../src/report/screen/keys/key-result.ts';
import { initialView, type ScreenView } from '../../../../src/report/screen/model/screen-view.ts';
import type { ScreenCapabilities } from '../../../../src/report/screen/pages/key-hints.ts';
import { screenLines } from '../../../../src/report/screen/pages/screen-lines.ts';
import { buildStory } from '../../run-stories.ts';
import { renderScreen, screenModelOf, terminalStyleAt } from '../render-screen.ts';

const running = screenModelOf(buildStory({ until: 2900 }));
const many = screenModelOf(buildStory({ hosts: 64, items: 318, until: 3000 }));
const all: ScreenCapabilities = { cancelHost: true, cancelRun: true, retry: true, pause: true, quit: true };

/** Keys as they are called here: `up`, `^c`, or a character. */
function keys(
  names: readonly string[],
  view: ScreenView = initialView,
  picture = running,
  look = terminalStyleAt(80, 24),
  can: ScreenCapabilities = all,
): KeyResult {
  return names.reduce<KeyResult>(
    ({ view: before }, name) => handleKey(before, name.length === 1 ? { name, text: name } : { name, text: '' }, picture, look, can),
    { view },
  );
}

test('arrows and j k move over the hosts, as they are sorted', () => {
  expect(keys(['up']).view.selected).toBe('drone-Capella');
  expect(keys(['down']).view.selected).toBe('drone-Izar');
  expect(keys(['j', 'j', 'k']).view.selected).toBe('drone-Izar');
  expect(keys(['G']).view.selected).toBe('drone-Tau-Beta');
  expect(keys(['G', 'g']).view.selected).toBe('drone-Capella');
});

test('in columns and in the grid arrows go where they point', () => {
  const big = terminalStyleAt(120, 40);
  expect(keys(['down'], initialView, many, big).view.selected).toBe('d02');
  expect(keys(['right'], initialView, many, big).view.selected).toBe('d19');
  expect(keys(['right'], initialView, many).view.selected).toBe('d02');
  expect(keys(['down'], initialView, many).view.selected).toBe('d14');
  expect(keys(['z', 'down'], initialView, many, big).view.selected).not.toBe('d02');
});

test.each([
  ['l', 'log'],
  ['return', 'log'],
  ['f', 'failures'],
  ['3', 'failures'],
  ['e', 'events'],
  ['t', 'tasks'],
  ['i', 'identity'],
  ['?', 'help'],
])('%s opens its page and escape leads back', (name, page) => {
  expect(keys([name]).view.page).toBe(page);
  expect(keys([name, 'escape']).view.page).toBe('run');
});

test('f and F walk through the failures', () => {
  expect(keys(['f']).view.failure).toBe(0);
  expect(keys(['f', 'f']).view.failure).toBe(1);
  expect(keys(['f', 'f', 'f']).view.failure).toBe(0);
  expect(keys(['F']).view.failure).toBe(1);
  expect(keys(['f', 'return']).view).toMatchObject({ page: 'log', selected: 'drone-Capella' });
});

test('typing a filter acts on nothing', () => {
  const pressed = keys([...'/qxXd']);
  expect(pressed.effect).toBeUndefined();
  expect(pressed.view).toMatchObject({ filter: 'qxXd', typing: 'filter' });
  expect(keys([...'/rust', 'return', 'down']).view).toMatchObject({ filter: 'rust', typing: undefined, selected: 'drone-Tau-Beta' });
  expect(keys([...'/rust', 'escape']).view.filter).toBe('');
  expect(keys([...'/rust', 'backspace', 'return', 'c']).view.filter).toBe('');
});

test('a log is scrolled, followed and searched', () => {
  const end = (running.logs.get('drone-Meridian')?.size ?? 0) - 1;
  expect(keys(['l', 'up', 'up']).view.lastLine).toBe(end - 2);
  expect(keys(['l', 'up', 'up', 'G']).view.lastLine).toBeUndefined();
  expect(keys(['l', 'up', 'down']).view.lastLine).toBeUndefined();
  expect(keys(['l', ...'/v8-forward', 'return']).view.lastLine).toBe(running.logs.get('drone-Meridian')?.first === 0 ? 30 : undefined);
  expect(keys(['l', ...'/nowhere', 'return']).view.notice).toBe('nowhere: not found');
});

test('E goes to the first error of the log', () => {
  const { view } = keys(['E']);
  expect(view.page).toBe('log');
  expect(running.logs.get('drone-Meridian')?.line(view.lastLine ?? 0)?.text).toContain('fatal error');
});

test('nothing acts on the fleet without a question that names what, and no is the default', () => {
  const asked = keys(['x']).view;
  expect(asked.ask?.question).toBe('cancel app-office/libreoffice-25.8 on drone-Meridian?');
  expect(keys(['y'], asked).effect).toEqual({ type: 'act', act: { type: 'cancelHost', host: 'drone-Meridian' } });
  for (const other of ['n', 'return', 'escape', 'x', 'q'])
    expect(keys([other], asked)).toMatchObject({ view: { ask: undefined, notice: 'cancelled' } });
  expect(keys(['X']).view.ask?.question).toBe('cancel run 7KQ2 and its jobs on 5 hosts?');
  expect(keys(['r']).view.ask).toBeUndefined(); // of a run that is live nothing is tried again
  expect(keys(['p']).view.ask?.act.type).toBe('pause');
});

test('what the caller cannot do is neither offered nor asked', () => {
  const pressed = keys([...'xXrp'], initialView, running, terminalStyleAt(80, 24), {});
  expect(pressed.view.ask).toBeUndefined();
  expect(keys(['q'], initialView, running, terminalStyleAt(80, 24), {}).effect).toEqual({ type: 'leave', how: 'quit' });
});

test('d detaches, q asks where it would stop the run, ^C interrupts, s streams, ^l draws anew', () => {
  expect(keys(['d']).effect).toEqual({ type: 'leave', how: 'detached' });
  expect(keys(['q']).view.ask?.question).toBe('quit and stop run 7KQ2 on 5 hosts? (d detaches)');
  expect(keys(['q', 'y']).effect).toEqual({ type: 'leave', how: 'quit' });
  expect(keys(['^c']).effect).toEqual({ type: 'interrupt' });
  expect(keys(['s']).effect).toEqual({ type: 'stream' });
  expect(keys(['^l']).effect).toEqual({ type: 'redraw' });
});

test('y copies the plain command for what is selected', () => {
  expect(keys(['y']).effect).toEqual({ type: 'copy', text: 'swarm runs logs 7KQ2 drone-Meridian' });
  expect(keys(['i', 'y']).effect).toEqual({ type: 'copy', text: 'swarm hosts verify drone-Meridian' });
});

test('o sorts, w wraps, T changes times, tab changes the pane', () => {
  expect(keys(['o']).view.sort).toBe('name');
  expect(keys(['o', 'o']).view.sort).toBe('time');
  expect(keys(['o', 'o', 'o']).view.sort).toBe('trouble');
  expect(keys(['w']).view.wrap).toBe(true);
  expect(renderScreen(buildStory({ until: 2900 }), 80, 24, keys(['T']).view)).toMatch(/ 09:5\d:\d\d js\/src/);
  expect(keys(['tab']).view.focus).toBe('log');
  expect(keys(['2', '1']).view.focus).toBe('hosts');
});

test('the selection follows the host when the order changes', () => {
  const { view } = keys(['down']);
  const later = screenModelOf(buildStory());
  expect(keys(['w'], view, later).view.selected).toBe('drone-Izar');
});

test('random keys never break the screen: 3 000 walks', () => {
  const names = [
    'up',
    'down',
    'left',
    'right',
    'pageup',
    'pagedown',
    'home',
    'end',
    'return',
    'escape',
    'tab',
    'backspace',
    '^c',
    '^l',
    ...'jkgGlfF/nNcoaswzTetiyxXrbupdq?E123456789漢',
  ];
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...names), { maxLength: 40 }),
      fc.constantFrom(running, many, screenModelOf([])),
      (walk, picture) => {
        const look = terminalStyleAt(80, 24);
        const { view } = keys(walk, initialView, picture, look);
        return screenLines(picture, view, look).length === 24;
      },
    ),
    { numRuns: 3000 },
  );
});
