import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createEmulator } from './terminal-emulator.ts';

const play = join(import.meta.dirname, 'play.mjs');
const SCRIPT = 'script'; // of util-linux
const hasScript = spawnSync(SCRIPT, ['--version']).status === 0;

/** The screen behind a real pseudo-terminal (util-linux's script). */
function behindPty(columns: number, rows: number, story: string, wish: object) {
  const { CI: _, NO_COLOR: __, ...env } = process.env;
  const command = `stty cols ${columns} rows ${rows}; exec '${process.execPath}' '${play}' ${story} '${JSON.stringify(wish)}'`;
  const child = spawn(SCRIPT, ['-qefc', command, '/dev/null'], {
    env: { ...env, TERM: 'xterm-256color', LANG: 'C.UTF-8', SHELL: '/bin/sh' },
  });
  const seen = createEmulator(rows);
  child.stdout.setEncoding('utf8').on('data', (text: string) => seen.take(text));
  const ended = new Promise<number | null>((done) => child.on('close', done));
  return { ...seen, type: (text: string) => child.stdin.write(text), ended, child };
}

/** Fails when it is time. */
const after = (ms: number): Promise<never> => new Promise((_, reject) => setTimeout(reject, ms).unref());

/** Each key, and what is on the screen after it. */
const walk: readonly (readonly [string, string | RegExp])[] = [
  ['\x1b[B', /^>drone-Izar/m],
  ['k', /^>drone-Meridian/m],
  ['G', /^>drone-Tau-Beta/m],
  ['g', /^>drone-Capella/m],
  ['\x1b[6~', /^>drone-Tau-Beta/m],
  ['\x1b[5~', /^>drone-Capella/m],
  ['j', /^>drone-Meridian/m],
  ['o', 'sorted by name'],
  ['o', 'longest running first'],
  ['o', 'problems first'],
  ['z', />drone-Meridian► {2}/],
  ['z', /HOST +STATE/],
  ['/rust\r', /filter: rust/],
  ['c', /DOING +PHASE/],
  ['g', /^>drone-Capella/m],
  ['j', /^>drone-Meridian/m],
  ['\r', /G follow/],
  ['\x1b[A', /line \d+ /],
  ['G', /follow +\d+ lines/],
  ['/v8-forward\r', /search: v8-forward/],
  ['n', /fatal error: 'v8-forward/],
  ['T', /09:\d\d:\d\d/],
  ['T', / \d\d:\d\d js/],
  ['E', /^! +\d\d:\d\d gin\/converter/m],
  ['\x1b', /HOST +STATE/],
  ['f', 'FAILURES'],
  ['f', />✗ drone-Meridian/],
  ['\x1b', /HOST +STATE/],
  ['e', /EVENTS +\d+ lines/],
  ['\x1b', /HOST +STATE/],
  ['t', 'TASKS drone-Meridian'],
  ['i', 'IDENTITY drone-Meridian'],
  ['?', /HELP +\? or esc closes/],
  ['?', 'IDENTITY drone-Meridian'],
  ['1', /HOST +STATE/],
  ['y', 'copied: swarm runs logs 7KQ2 drone-Meridian'],
  ['x', 'cancel app-office/libreoffice-25.8 on drone-Meridian? [y/N]'],
  ['n', 'cancelled'],
  ['X', 'cancel run 7KQ2 and its jobs on 5 hosts? [y/N]'],
  ['y', 'requested'],
  ['p', /pause or continue run .*\[y\/N\]/],
  ['\r', 'cancelled'],
  ['s', '-- stream of the run'],
  ['s', /HOST +STATE/],
  ['\x0c', /HOST +STATE/],
  ['\x03', '^C again leaves'],
  ['q', /quit and stop run 7KQ2 on 5 hosts\? \(d detaches\) \[y\/N\]/],
  ['n', 'cancelled'],
];

test.skipIf(!hasScript)('every key works on a real terminal, and the terminal is given back', { timeout: 90_000 }, async () => {
  const tty = behindPty(80, 24, 'build', { until: 2900 });
  onTestFinished(() => void tty.child.kill());
  await tty.shows('app-office/libreoffice-');
  for (const [keys, wanted] of walk) {
    tty.type(keys);
    await Promise.race([tty.shows(wanted), after(20_000)]).catch(() =>
      expect.fail(`${JSON.stringify(keys)} did not show ${wanted}:\n${tty.screen()}`),
    );
  }
  tty.type('d');
  expect(await tty.ended).toBe(0);
  expect(tty.state()).toEqual({ alternate: false, cursor: true });
  expect(tty.normal()).toContain('recap 7KQ2');
  expect(tty.normal()).toContain('left: detached; asked: cancel run, interrupt');
  expect(tty.other).toEqual(['clipboard swarm runs logs 7KQ2 drone-Meridian']);
});
