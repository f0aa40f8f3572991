import type { Command, ExecResult, OnLine } from '../core/connection.ts';
import { SwarmError } from '../core/error/swarm-error.ts';
import type { Change, Probe, Remote } from '../core/module.ts';
import { checkArgv, toBytes } from '../core/module-checks/checked-host.ts';
import { assertNoSecretInArgv } from '../core/module-checks/secret-in-argv.ts';
import { RESULT_BYTES, RESULT_SIZE } from '../core/output/result-bytes.ts';
import type { CommandResult } from './command-schemas.ts';
import { statPaths } from './files/path-stat.ts';

/** A command with its conditions. */
export interface CommandRequest {
  readonly argv: readonly [string, ...string[]];
  readonly subject: string;
  readonly chdir?: string | undefined;
  readonly creates?: string | undefined;
  readonly removes?: string | undefined;
  /** A text goes as UTF-8. */
  readonly stdin?: string | Uint8Array | undefined;
}

/** Runs a command as a change. Throws SW6001 on another exit than 0, with the result as the error's cause, for failed_when. */
export function runAsChange(probe: Probe, wanted: CommandRequest): AsyncGenerator<Change, CommandResult, void> {
  checkArgv('argv of runAsChange', wanted.argv);
  return commandChanges(probe, wanted);
}

async function* commandChanges(probe: Probe, wanted: CommandRequest): AsyncGenerator<Change, CommandResult, void> {
  const reason = await findSkipReason(probe, wanted);
  if (reason !== undefined)
    return { rc: 0, stdout: '', stderr: '', stdout_lines: [], stderr_lines: [], cmd: [...wanted.argv], skipped_because: reason };
  assertNoSecretInArgv(toCommand(wanted)); // in a check too
  let result: ExecResult = { exit: 0, stdout: '', stderr: '', ms: 0 };
  let end = new Date();
  yield {
    verb: 'run',
    subject: wanted.subject,
    unknownInCheck: wanted.creates === undefined && wanted.removes === undefined ? 'outcome' : 'result', // with them it surely runs
    apply: async (remote) => {
      const command = toCommand(wanted);
      result = await execWithOutput(remote, { ...command, keepBytes: remote.resultIsUsed ? RESULT_BYTES : UNUSED_RESULT_BYTES });
      end = new Date();
    },
  };
  const { name } = probe.host;
  if (result.truncated && probe.resultIsUsed)
    probe.emit({
      type: 'run.note',
      text: `${name}: ${firstLine(wanted)} printed more than ${RESULT_SIZE}: its result has the last ${RESULT_SIZE} only`,
    });
  const registered = { ...toRegisteredResult(wanted, result), host: name, ...timesOf(end, result.ms) };
  if (result.exit === 0) return registered;
  throw new SwarmError('SW6001', `${firstLine(wanted)} ended with exit status ${result.exit}`, {
    detail: tail(result.stderr) || tail(result.stdout),
    cause: registered,
  });
}

const firstLine = ({ subject }: CommandRequest): string => subject.split('\n')[0] ?? '';

/** What a result has of the output where nothing uses it. The journal keeps no more of a result. */
const UNUSED_RESULT_BYTES = 64 * 1024;

const OUTPUT_INTERVAL_MS = 100;
/** Characters, with one for the end of each line. An event is never much larger. */
const OUTPUT_EVENT_SIZE = 64 * 1024;

/** Runs it, and emits what it prints while it prints, a few lines at a time. */
async function execWithOutput(remote: Remote, command: Command): Promise<ExecResult> {
  const waiting = { stdout: [] as string[], stderr: [] as string[] };
  let size = 0;
  const emitLines = (): void => {
    size = 0;
    for (const stream of ['stdout', 'stderr'] as const) {
      const lines = waiting[stream].splice(0);
      if (lines.length > 0) remote.emit({ type: 'task.output', stream, lines });
    }
  };
  const addLine: OnLine = (stream, line) => {
    waiting[stream].push(line);
    size += line.length + 1;
    if (size >= OUTPUT_EVENT_SIZE) emitLines();
  };
  const timer = setInterval(emitLines, OUTPUT_INTERVAL_MS);
  try {
    return await remote.exec(command, addLine);
  } finally {
    clearInterval(timer);
    emitLines();
  }
}

/** Why there is nothing to run, by creates and removes; one round trip for both. */
async function findSkipReason(probe: Probe, { creates, removes, chdir }: CommandRequest): Promise<string | undefined> {
  if (creates === undefined && removes === undefined) return undefined;
  const resolvePath = (path: string) => (path.startsWith('/') || chdir === undefined ? path : `${chdir}/${path}`);
  const paths = [creates, removes].filter((path) => path !== undefined).map(resolvePath);
  const isThere = await existPaths(probe, paths);
  if (creates !== undefined && isThere[0]) return `${creates} exists`;
  if (removes !== undefined && !isThere.at(-1)) return `${removes} does not exist`;
  return undefined;
}

/** Whether something is at each path, or matches it where it has *, ? or [. */
async function existPaths(probe: Probe, paths: readonly string[]): Promise<readonly boolean[]> {
  const stats = await statPaths(
    probe,
    paths.map((path) => ({ path })),
  );
  if (!paths.some((path, at) => /[*?[]/.test(path) && stats[at]?.type === 'absent')) return stats.map(({ type }) => type !== 'absent');
  const script = 'IFS=; for path; do set -- $path; if [ -e "$1" ] || [ -L "$1" ]; then echo yes; else echo no; fi; done';
  const { stdout } = await probe.query({ argv: ['/bin/sh', '-c', script, 'sh', ...paths] });
  return stdout
    .split('\n')
    .map((line) => line === 'yes')
    .slice(0, paths.length);
}

function toCommand({ argv, chdir, stdin }: CommandRequest): Command {
  return {
    argv,
    ...(chdir === undefined ? {} : { cwd: chdir }),
    ...(stdin === undefined ? {} : { stdin: toBytes(stdin, 'stdin of runAsChange') }),
  };
}

/** Ansible's names. One line break at the end belongs to the terminal, not to the value. */
function toRegisteredResult({ argv }: CommandRequest, { exit, stdout, stderr, ms, truncated }: ExecResult): CommandResult {
  const out = stdout.replace(/\n$/, '');
  const err = stderr.replace(/\n$/, '');
  return {
    rc: exit,
    stdout: out,
    stderr: err,
    stdout_lines: lines(out),
    stderr_lines: lines(err),
    cmd: [...argv],
    ms,
    ...(truncated ? { truncated } : {}),
  };
}

/** When a command began and ended, and how long it ran, by Ansible's names. */
function timesOf(end: Date, ms: number): Pick<CommandResult, 'start' | 'end' | 'delta'> {
  const hours = Math.floor(ms / 3_600_000);
  const delta = `${hours}:${new Date(ms % 3_600_000).toISOString().slice(14, 23)}`;
  return { start: new Date(end.getTime() - ms).toISOString(), end: end.toISOString(), delta };
}

const lines = (text: string): readonly string[] => (text === '' ? [] : text.split('\n'));

const tail = (text: string): string => text.trimEnd().split('\n').slice(-20).join('\n');
