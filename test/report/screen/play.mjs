// Plays a made-up build on the real screen of this terminal: for the tests that sit behind a pseudo-terminal, and to try by hand.
//   node test/report/screen/play.mjs build '{"hosts":64,"items":318,"until":3000}'
import { createJiti } from 'jiti';

const jiti = createJiti(import.meta.url, { jsx: { runtime: 'automatic' } });
const { openRunScreen } = await jiti.import('../../../src/report/screen/run-screen.ts');
const { detectTerminalStyle } = await jiti.import('../../../src/report/text/terminal-style.ts');
const { formatRecap } = await jiti.import('../../../src/report/recap.ts');
const { initialRunState } = await jiti.import('../../../src/core/run-state.ts');
const { reduce } = await jiti.import('../../../src/core/reduce/reduce.ts');
const stories = await jiti.import('../run-stories.ts');

const [story = 'build', wish = '{}'] = process.argv.slice(2);
const events = stories[`${story}Story`](JSON.parse(wish));
const look = detectTerminalStyle(process.stdout, process.env);
let state = initialRunState('');
const asked = [];
const screen = openRunScreen({
  out: process.stdout,
  in: process.stdin,
  style: look,
  subscribe(listener) {
    for (const event of events) {
      state = reduce(state.run === '' ? initialRunState(event.run) : state, event);
      listener(event, state);
    }
  },
  actions: {
    cancelHost: (host) => asked.push(`cancel ${host}`),
    cancelRun: () => asked.push('cancel run'),
    retry: () => asked.push('retry'),
    pause: () => asked.push('pause'),
    interrupt: () => asked.push('interrupt'),
    quitStops: true,
  },
});
const left = await screen.left;
for (const line of formatRecap(state, look)) console.log(line);
console.log(`left: ${left}; asked: ${asked.join(', ')}`);
