import { afterEach, expect, test, vi } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { buildProgram } from '../../src/cli/program.ts';
import { toErrorJson } from '../../src/core/error/convert-error.ts';
import { formatError } from '../../src/core/error/error-text.ts';

afterEach(() => vi.restoreAllMocks());

const errorOf = async (argv: readonly string[]): Promise<unknown> =>
  buildProgram(argv, { start: () => undefined, end: () => undefined })
    .parseAsync([...argv], { from: 'user' })
    .catch((thrown: unknown) => thrown);

const stderrOf = async (argv: readonly string[]): Promise<string> => formatError(toErrorJson(await errorOf(argv)));

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
  [['run', 'x', '--limit'], "error[SW1202]: option '-l, --limit <pattern>' argument missing\nhint: Write: --limit PATTERN"],
  [['status', '-o', 'xml'], "argument 'xml' is invalid.\nhint: Use one of: auto, plain, json, ndjson."],
  [['status', '--lvie'], "error[SW1202]: unknown option '--lvie'\nhint: Did you mean --live?"],
  [['binhost', 'gc', '--keep'], "error[SW1202]: unknown option '--keep'\nhint: To see its options, run: swarm binhost gc --help"],
  [['stauts', '--live'], 'There is no command swarm stauts.\nhint: Did you mean swarm status?'],
  [['hosts', 'shw', '--facts'], 'There is no command swarm hosts shw.\nhint: Did you mean swarm hosts show?'],
])('swarm %j says what to do instead', async (argv, text) => {
  expect(await stderrOf(argv)).toContain(text);
});

test.each([
  [['gc', '--check', '-o', 'json'], { code: 'SW1203', hint: 'Did you mean swarm binhost gc?' }],
  [['hosts', 'gone', '-o', 'json'], { code: 'SW1202', message: "missing required argument 'name'", hint: expect.stringContaining('NAME') }],
])('swarm %j: a script reads the error that a person reads', async (argv, error) => {
  const written: string[] = [];
  vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0);

  expect(await main(argv)).toBe(5);
  expect(JSON.parse(written.join(''))).toMatchObject({ exit: 5, errors: [error] });
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
