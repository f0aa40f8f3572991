import { setMaxListeners } from 'node:events';
import type { Command, Connection } from '../../core/connection.ts';
import { SwarmError, toErrorJson } from '../../core/error.ts';
import { errorKind } from '../../core/error-codes.ts';
import type { Outcome, RunEventData } from '../../core/event.ts';
import { type Become, fingerprint, formatRoute, type Host, isBlocked } from '../../core/host.ts';
import { readProgramVersion } from '../../core/program/program-version.ts';
import { runExitCode } from '../../core/run-state.ts';
import { findRebootCommand } from '../../engine/disruption/reboot-filter.ts';
import { blockedHostError } from '../../engine/host-block.ts';
import { createConnector } from '../../fleet/connection/connectors.ts';
import { findHosts, openProject } from '../../fleet/project/project.ts';
import { openJournal } from '../../journal/journal.ts';
import { newRunId } from '../../journal/run-id.ts';
import { parseDuration } from '../../language/schema/parse-units.ts';
import { displayText } from '../../report/text/display-text.ts';
import type { ExecFlags } from '../options.ts';
import { forEachLimited, parseForks } from '../run/forks.ts';
import { attachExecReporter } from './exec-reporter.ts';

type EmitEvent = (fact: RunEventData) => void;

/** `swarm exec PATTERN -- CMD`: short of the engine on purpose, so that one command on all hosts starts fast. */
export async function execCommand(pattern: string, words: readonly string[], options: ExecFlags): Promise<number> {
  const command = buildCommand(words, options);
  const forks = parseForks(options.forks);
  const project = await openProject(options);
  const hosts = leaveOutBlocked(findHosts(project, pattern, options), pattern);
  // what every connection needs is loaded while the disk is waited for
  const [journal] = await Promise.all([
    openJournal(project.runsDir, newRunId(project.runsDir)),
    import('../../remote/ssh/ssh-transport.ts'),
    import('../../remote/ssh/login-keys.ts'),
  ]);
  const finish = attachExecReporter(journal, options);
  const emit: EmitEvent = (fact) => void journal.emit(fact);
  const stop = new AbortController();
  setMaxListeners(0, stop.signal); // each host listens
  const signals = ['SIGINT', 'SIGTERM'] as const;
  for (const signal of signals) process.once(signal, () => stop.abort(signal));
  const started = performance.now();
  try {
    const names = hosts.map((host) => host.name);
    emit({
      type: 'run.started',
      playbook: 'exec',
      args: { words: [...words] },
      hosts: names,
      check: false,
      diff: false,
      pid: process.pid,
      version: readProgramVersion(),
    });
    const connect = createConnector(project, emit);
    await forEachLimited(hosts, forks, (host) => execOnHost(host, command, options, connect, emit, stop.signal));
    const interrupted = stop.signal.aborted ? (stop.signal.reason === 'SIGINT' ? 130 : 143) : undefined;
    const exit = interrupted ?? runExitCode(journal.state);
    const status = interrupted === undefined ? (exit === 0 ? 'ok' : 'failed') : 'interrupted';
    emit({ type: 'run.finished', status, exit, ms: Math.round(performance.now() - started) });
    await finish(journal.state);
    return exit;
  } finally {
    await journal.close();
  }
}

/** Blocked hosts are left out and told; one that is named, or when nobody else is left, is refused: SW3005. */
function leaveOutBlocked(hosts: readonly Host[], pattern: string): readonly Host[] {
  const now = Date.now();
  const blocked = hosts.filter((host) => isBlocked(host, now));
  const refused = blocked.length === hosts.length ? blocked[0] : blocked.find(({ name }) => pattern.split(/[,:]/).includes(name));
  if (refused !== undefined) throw blockedHostError(refused);
  for (const { name, block } of blocked)
    process.stderr.write(`${displayText`${name} is skipped: it is blocked until ${block?.until ?? ''} (${block?.reason ?? ''})`}\n`);
  return hosts.filter((host) => !blocked.includes(host));
}

function buildCommand(words: readonly string[], { shell, timeout }: ExecFlags): Command {
  const [first, ...rest] = words;
  if (first === undefined) throw new SwarmError('SW1202', 'no command', { hint: 'swarm exec PATTERN -- CMD [ARG...]' });
  const refused = findRebootCommand(shell ? words.join(' ') : words);
  if (refused !== undefined) throw refused;
  return {
    argv: shell ? ['sh', '-c', words.join(' ')] : [first, ...rest],
    ...(timeout === undefined ? {} : { timeoutMs: parseDuration(timeout) }),
  };
}

type Connect = (host: Host, signal: AbortSignal) => Promise<Connection>;

async function execOnHost(
  host: Host,
  command: Command,
  { become }: ExecFlags,
  connect: Connect,
  emit: EmitEvent,
  signal: AbortSignal,
): Promise<void> {
  const started = performance.now();
  const ms = (): number => Math.round(performance.now() - started);
  const task = { host: host.name, task: 'exec' };
  let connection: Connection | undefined;
  try {
    connection = await connect(host, signal);
    const { proof, facts } = connection;
    emit({
      type: 'host.connected',
      host: host.name,
      route: formatRoute(connection.route),
      cores: facts.cores,
      ms: ms(),
      ...fingerprintField(proof.hostKey?.blob),
    });
    emit({ ...task, type: 'task.started', name: command.argv.join(' '), module: 'command' });
    const shell = become ? connection.withBecome(BECOME_ROOT) : connection;
    const result = await shell.exec(command, signal, (stream, line) => emit({ ...task, type: 'task.output', stream, lines: [line] }));
    const error = result.exit === 0 ? undefined : new SwarmError('SW6001', `exit status ${result.exit}`, {}).toJSON();
    emitTaskFinished(emit, task, command, ms(), error === undefined ? 'changed' : 'failed', error);
  } catch (thrown) {
    const error = toErrorJson(thrown);
    const { outcome } = errorKind(error.code);
    if (connection !== undefined) emitTaskFinished(emit, task, command, ms(), outcome, error);
    else emit({ type: outcome === 'refused' ? 'host.refused' : 'host.unreachable', host: host.name, error });
  } finally {
    await connection?.[Symbol.asyncDispose]();
  }
}

const BECOME_ROOT: Become = { method: 'sudo', user: 'root' };

function fingerprintField(blob: string | undefined): { readonly fingerprint?: string } {
  return blob === undefined ? {} : { fingerprint: fingerprint(blob) };
}

type TaskFields = { readonly host: string; readonly task: string };
function emitTaskFinished(
  emit: EmitEvent,
  task: TaskFields,
  command: Command,
  ms: number,
  outcome: Outcome,
  error: ReturnType<typeof toErrorJson> | undefined,
): void {
  emit({ ...task, type: 'task.finished', name: command.argv.join(' '), outcome, ms, ...(error === undefined ? {} : { error }) });
}
