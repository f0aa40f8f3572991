import { afterEach, expect, test, vi } from 'vitest';
import { buildProgram } from '../../src/cli/program.ts';

afterEach(() => vi.restoreAllMocks());

async function stderrOf(argv: readonly string[]): Promise<string> {
  const written: string[] = [];
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => written.push(String(text)) > 0);
  await buildProgram(argv, { start: () => undefined, end: () => undefined })
    .parseAsync([...argv], { from: 'user' })
    .catch(() => undefined);
  return written.join('');
}

test.each([
  [['exec', 'all', '-m', 'ping'], "error[SW1202]: unknown option '-m'\nhint: For a module, run: swarm task HOSTS MODULE NAME=VALUE"],
  [
    ['exec', 'all', 'uname', '-n'],
    "unknown option '-n'\nhint: Write two dashes before the command for the hosts, for example: swarm exec all -- uname -r",
  ],
  [['hosts', 'list', '--graph'], "error[SW1202]: unknown option '--graph'\nhint: For what the inventory has, run: swarm hosts list"],
  [['run', '-C'], "error[SW1202]: option '-C, --directory <dir>' argument missing\nhint: For a dry run, add: --check"],
  [['check', '--nothing'], "error[SW1202]: unknown option '--nothing'\nhint: To see its options, run: swarm check --help"],
  [
    ['status', 'd2'],
    'Expected 0 arguments but got 1.\nhint: Write: swarm status [OPTIONS]. To see what it takes, run: swarm status --help',
  ],
  [['hosts', 'gone'], "missing required argument 'name'\nhint: Write: swarm hosts gone"],
  [['why'], 'To see what it takes, run: swarm why --help'],
  [['build', '--check'], 'error[SW1203]: There is no command swarm build.\nhint: Did you mean swarm run build?'],
  [['trust', 'd1', '--yes'], 'hint: Did you mean swarm hosts trust?'],
  [['stauts', '--live'], 'There is no command swarm stauts.\nhint: Did you mean swarm status?'],
  [['hosts', 'shw', '--facts'], 'There is no command swarm hosts shw.\nhint: Did you mean swarm hosts show?'],
])('swarm %j says what to do instead', async (argv, text) => {
  expect(await stderrOf(argv)).toContain(text);
});

test.each([
  [['-C', '', 'hosts', 'list'], '--directory'],
  [['hosts', 'list', '-i', ' '], '--inventory'],
  [['run', 'x', '-i', 'a,', '-i', ''], '--inventory'],
  [['run', 'x', '-l', ''], '--limit'],
  [['run', 'x', '-t', ''], '--tags'],
  [['-i', ''], '--inventory'],
])('swarm %j: an option without its value is an error, and never all hosts or all tasks', async (argv, option) => {
  const run = buildProgram(argv, { start: () => undefined, end: () => undefined }).parseAsync([...argv], { from: 'user' });

  await expect(run).rejects.toMatchObject({ code: 'SW1202', message: `${option} has an empty value` });
});
