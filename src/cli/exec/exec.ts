import { setMaxListeners } from 'node:events';
import type { Command, Connection } from '../../core/connection.ts';
import { errorJson, SwarmError } from '../../core/error.ts';
import type { Outcome, RunFact } from '../../core/event.ts';
import { exitOf } from '../../core/exit-code.ts';
import { type Become, fingerprint, type Host, routeText } from '../../core/host.ts';
import { version } from '../../core/program-version.ts';
import { exitOfRun } from '../../core/run-state.ts';
import { forbiddenWords } from '../../engine/disruption/reboot-filter.ts';
import { isBlocked, isNotFree } from '../../engine/host-block.ts';
import { connector } from '../../fleet/connection/connectors.ts';
import { chosen, openProject } from '../../fleet/project/project.ts';
import { openJournal } from '../../journal/journal.ts';
import { newRunId } from '../../journal/run-id.ts';
import { show } from '../../report/text/display-text.ts';
import type { ExecFlags } from '../options.ts';
import { durationMs } from '../parse-duration.ts';
import { forEachOf, forksOf } from '../run/forks.ts';
import { attachExecReporter } from './exec-reporter.ts';

type Tell = (fact: RunFact) => void;

/** `swarm exec PATTERN -- CMD`: short of the engine on purpose, so that one command on all hosts starts fast. */
export async function execCommand(pattern: string, words: readonly string[], options: ExecFlags): Promise<number> {
  const command = commandOf(words, options);
  const forks = forksOf(options.forks);
  const project = await openProject(options);
  const hosts = unblocked(chosen(project, pattern, options), pattern);
  // what every connection needs is loaded while the disk is waited for
  const [journal] = await Promise.all([
    openJournal(project.runs, newRunId(project.runs)),
    import('../../remote/ssh/ssh-transport.ts'),
    import('../../remote/ssh/login-keys.ts'),
  ]);
  const finish = attachExecReporter(journal, options);
  const tell: Tell = (fact) => void journal.emit(fact);
  const stop = new AbortController();
  setMaxListeners(0, stop.signal); // each host listens
  const signals = ['SIGINT', 'SIGTERM'] as const;
  for (const signal of signals) process.once(signal, () => stop.abort(signal));
  const started = performance.now();
  try {
    const names = hosts.map((host) => host.name);
    tell({
      type: 'run.started',
      playbook: 'exec',
      args: { words: [...words] },
      hosts: names,
      check: false,
      diff: false,
      pid: process.pid,
      version: version(),
    });
    const connect = connector(project, tell);
    await forEachOf(hosts, forks, (host) => onHost(host, command, options, connect, tell, stop.signal));
    const interrupted = stop.signal.aborted ? (stop.signal.reason === 'SIGINT' ? 130 : 143) : undefined;
    const exit = interrupted ?? exitOfRun(journal.state);
    const status = interrupted === undefined ? (exit === 0 ? 'ok' : 'failed') : 'interrupted';
    tell({ type: 'run.finished', status, exit, ms: Math.round(performance.now() - started) });
    await finish(journal.state);
    return exit;
  } finally {
    await journal.close();
  }
}

/** Blocked hosts are left out and told; one that is named, or when nobody else is left, is refused: SW3005. */
function unblocked(hosts: readonly Host[], pattern: string): readonly Host[] {
  const now = Date.now();
  const blocked = hosts.filter((host) => isBlocked(host, now));
  const refused = blocked.length === hosts.length ? blocked[0] : blocked.find(({ name }) => pattern.split(/[,:]/).includes(name));
  if (refused !== undefined) throw isNotFree(refused);
  for (const { name, block } of blocked)
    process.stderr.write(`${show`${name} is left out: blocked until ${block?.until ?? ''} (${block?.reason ?? ''})`}\n`);
  return hosts.filter((host) => !blocked.includes(host));
}

function commandOf(words: readonly string[], { shell, timeout }: ExecFlags): Command {
  const [first, ...rest] = words;
  if (first === undefined) throw new SwarmError('SW1202', 'no command', { hint: 'swarm exec PATTERN -- CMD [ARG...]' });
  const refused = forbiddenWords(shell ? words.join(' ') : words);
  if (refused !== undefined) throw refused;
  return {
    argv: shell ? ['sh', '-c', words.join(' ')] : [first, ...rest],
    ...(timeout === undefined ? {} : { timeoutMs: durationMs(timeout) }),
  };
}

type Connect = (host: Host, signal: AbortSignal) => Promise<Connection>;

async function onHost(
  host: Host,
  command: Command,
  { become }: ExecFlags,
  connect: Connect,
  tell: Tell,
  signal: AbortSignal,
): Promise<void> {
  const started = performance.now();
  const ms = (): number => Math.round(performance.now() - started);
  const task = { host: host.name, task: 'exec' };
  let link: Connection | undefined;
  try {
    link = await connect(host, signal);
    const { proof, facts } = link;
    tell({
      type: 'host.connected',
      host: host.name,
      route: routeText(link.route),
      cores: facts.cores,
      ms: ms(),
      ...fingerprintOf(proof.hostKey?.blob),
    });
    tell({ ...task, type: 'task.started', name: command.argv.join(' '), module: 'command' });
    const shell = become ? link.as(ROOT) : link;
    const result = await shell.exec(command, signal, (stream, line) => tell({ ...task, type: 'task.output', stream, lines: [line] }));
    const error = result.exit === 0 ? undefined : new SwarmError('SW6001', `exit status ${result.exit}`, {}).toJSON();
    finished(tell, task, command, ms(), error === undefined ? 'changed' : 'failed', error);
  } catch (thrown) {
    const error = errorJson(thrown);
    if (link === undefined) tell({ type: exitOf([error.code]) === 7 ? 'host.refused' : 'host.unreachable', host: host.name, error });
    else finished(tell, task, command, ms(), exitOf([error.code]) === 4 ? 'unreachable' : 'failed', error);
  } finally {
    await link?.[Symbol.asyncDispose]();
  }
}

const ROOT: Become = { method: 'sudo', user: 'root' };

function fingerprintOf(blob: string | undefined): { readonly fingerprint?: string } {
  return blob === undefined ? {} : { fingerprint: fingerprint(blob) };
}

type OnTask = { readonly host: string; readonly task: string };
function finished(
  tell: Tell,
  task: OnTask,
  command: Command,
  ms: number,
  outcome: Outcome,
  error: ReturnType<typeof errorJson> | undefined,
): void {
  tell({ ...task, type: 'task.finished', name: command.argv.join(' '), outcome, ms, ...(error === undefined ? {} : { error }) });
}
