import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createLocalProject, hasScript, runInPipe, runOnTerminal } from './pty.ts';

const given = { alternate: false, cursor: true };

describe.skipIf(!hasScript).concurrent('the program on a terminal', () => {
  test('d leaves the run alone; another terminal joins it, sees its end, and looks around', async () => {
    using project = createLocalProject();
    using first = runOnTerminal(project.dir, 'run wait');
    await first.shows('The task');
    first.type('d');
    expect(await first.ended).toBe(0);
    expect(first.state()).toEqual(given);
    const [run = ''] = project.runs();
    expect(first.normal()).toContain(`run ${run} goes on. To follow it, run: swarm runs watch ${run}`);
    using second = runOnTerminal(project.dir, 'runs watch last');
    await second.shows('The task');
    project.release();
    await second.shows('FINISHED');
    second.type('q');
    expect(await second.ended).toBe(0);
    expect(second.state()).toEqual(given);
    expect(second.normal()).toContain(`recap ${run}`);
  });

  test('^C starts nothing new: the run ends interrupted, and that stands on the normal screen', async () => {
    using project = createLocalProject();
    using tty = runOnTerminal(project.dir, 'run wait');
    await tty.shows('The task');
    tty.type('\x03');
    expect(await tty.ended).toBe(130);
    expect(tty.state()).toEqual(given);
    expect(tty.normal()).toContain('interrupted on localhost');
    expect(project.events(project.runs()[0] ?? '').at(-1)).toMatchObject({ type: 'run.finished', status: 'interrupted' });
  });

  test('q asks, and no is the default; yes stops the run', async () => {
    using project = createLocalProject();
    using tty = runOnTerminal(project.dir, 'run wait');
    await tty.shows('The task');
    tty.type('q');
    await tty.shows(/quit and stop run \w+ .*\[y\/N\]/);
    tty.type('\r');
    await tty.shows('cancelled');
    tty.type('q');
    await tty.shows(/\[y\/N\]/);
    tty.type('y');
    expect(await tty.ended).toBe(143);
    expect(tty.state()).toEqual(given);
    expect(tty.normal()).toContain('is cancelled');
  });

  test.each(['SIGHUP', 'SIGTERM'] as const)('%s gives the terminal back, and the run goes on', async (signal) => {
    using project = createLocalProject();
    using tty = runOnTerminal(project.dir, 'run wait');
    await tty.shows('The task');
    process.kill(tty.pid(), signal);
    await tty.ended;
    expect(tty.state()).toEqual(given);
    project.release();
    const [run = ''] = project.runs();
    expect(runInPipe(project.dir, ['runs', 'watch', run])).toMatchObject({ exit: 0 });
    expect(project.events(run).at(-1)).toMatchObject({ type: 'run.finished', status: 'ok' });
  });

  test('a run whose process is killed is not waited for: the screen says interrupted, r goes on with it', async () => {
    using project = createLocalProject();
    using tty = runOnTerminal(project.dir, 'run wait');
    await tty.shows('The task');
    const [run = ''] = project.runs();
    using other = runOnTerminal(project.dir, 'runs watch last');
    await other.shows('The task');
    process.kill(project.events(run).find(({ type }) => type === 'run.started')?.pid ?? 0, 'SIGKILL');
    expect(await tty.ended).toBe(4);
    expect(tty.normal()).toContain('the swarm process was killed; jobs continue on localhost');
    await other.shows('INTERRUPTED');
    project.release();
    other.type('r');
    await other.shows(/resume run .*\[y\/N\]/);
    other.type('y');
    expect(await other.ended).toBe(0);
    expect(other.normal()).toContain(`$ swarm runs resume ${run}`);
    expect(runInPipe(project.dir, ['runs', 'show', run, '-o', 'json']).stdout).toContain('"status": "ok"');
  });

  test('a failure stands on the normal screen with the commands to go on', async () => {
    using project = createLocalProject();
    using tty = runOnTerminal(project.dir, 'run fail');
    expect(await tty.ended).toBe(2);
    expect(tty.state()).toEqual(given);
    const [run = ''] = project.runs();
    expect(tty.normal()).toContain('error: no such thing');
    expect(tty.normal()).toContain(`swarm runs logs ${run} localhost`);
    expect(tty.normal()).toContain(`swarm runs resume ${run}`);
  });

  test('what goes wrong before the first event is told', async () => {
    using project = createLocalProject();
    using tty = runOnTerminal(project.dir, 'run wait --limit nobody');
    expect(await tty.ended).toBe(5);
    expect(tty.state()).toEqual(given);
    expect(tty.normal()).toMatch(/error\[SW120\d\].*nobody/);
  });

  test('a replay pauses, goes faster, and is left at any time', async () => {
    using project = createLocalProject();
    runInPipe(project.dir, ['run', 'fail']);
    using tty = runOnTerminal(project.dir, 'runs show last --replay --speed 0.01');
    await tty.shows('REPLAY 0.01x');
    tty.type('+');
    await tty.shows('REPLAY 0.02x');
    tty.type(' ');
    await tty.shows('REPLAY (paused)');
    tty.type(' ');
    for (let at = 0; at < 20; at++) tty.type('+');
    await tty.shows('FINISHED WITH FAILURES');
    tty.type('q');
    expect(await tty.ended).toBe(0);
    expect(tty.state()).toEqual(given);
  });

  test('the dashboard shows the plain command, runs it on the normal screen, and is there again', async () => {
    using project = createLocalProject();
    using tty = runOnTerminal(project.dir, '', { columns: 100 });
    await tty.shows('swarm hosts verify');
    expect(tty.screen()).toContain('this project has no earlier run');
    tty.type('b');
    await tty.shows('package atoms: _');
    tty.type('\x1b');
    await tty.shows(/b build/);
    tty.type('s');
    await tty.shows('back to the dashboard');
    expect(tty.normal()).toContain('$ swarm status');
    tty.type('\r');
    await tty.shows('this project has no earlier run');
    tty.type('q');
    expect(await tty.ended).toBe(0);
    expect(tty.state()).toEqual(given);
  });
});

/** Names of packages whose code a command loaded, by what V8 saw. */
function loaded(dir: string, words: readonly string[]): readonly string[] {
  const into = join(dir, `seen-${words.join('-')}`);
  mkdirSync(into);
  expect(runInPipe(dir, words, { NODE_V8_COVERAGE: into }).exit).toBe(0);
  const urls = readdirSync(into).flatMap((file) => {
    const { result } = JSON.parse(readFileSync(join(into, file), 'utf8')) as { readonly result: readonly { readonly url: string }[] };
    return result.map(({ url }) => url);
  });
  const files = new Set(urls.filter((url) => url.includes('/dist/')));
  // the bundle notes above each piece of code which file it comes from
  return [...files].flatMap((url) =>
    [...readFileSync(new URL(url), 'utf8').matchAll(/node_modules\/((?:@[^/\n]+\/)?[^/\n]+)\/.*$/gm)].map(([, name = '']) => name),
  );
}

test('nothing of the screen is loaded where lines are printed', () => {
  using project = createLocalProject();
  project.release();
  for (const words of [['run', 'wait'], ['runs', 'show', 'last'], ['runs', 'watch', 'last'], ['status']]) {
    const packages = loaded(project.dir, words);
    expect(packages).toContain('commander'); // it did look
    expect(packages.filter((name) => /^(ink|react.*|yoga.*|scheduler)$/.test(name))).toEqual([]);
  }
});

test('a reader that leaves early ends the writing, not the run', () => {
  using project = createLocalProject();
  project.release();
  const program = join(import.meta.dirname, '../../dist/src/bin.js');
  const line = `'${process.execPath}' '${program}' -C '${project.dir}' run wait -v 2>&1 | head -1`;
  const { stdout } = spawnSync('sh', ['-c', line], { encoding: 'utf8' });
  expect(stdout).toMatch(/^run \w+ {2}playbook wait/);
  expect(runInPipe(project.dir, ['runs', 'watch', 'last']).exit).toBe(0);
  expect(project.events(project.runs()[0] ?? '').at(-1)).toMatchObject({ type: 'run.finished', status: 'ok' });
});

test('plain lines have no escape and no carriage return, and ASCII is ASCII', () => {
  using project = createLocalProject();
  runInPipe(project.dir, ['run', 'fail']);
  for (const env of [{}, { TERM: 'dumb' }, { NO_COLOR: '1' }, { CI: '1' }, { SWARM_ASCII: '1' }]) {
    const { stdout, stderr } = runInPipe(project.dir, ['runs', 'show', 'last', '-v'], env);
    expect(stdout + stderr).not.toMatch(/[\x1b\r]/);
    if ('SWARM_ASCII' in env) expect(stdout).toMatch(/^[\n\x20-\x7e]*$/);
  }
});
