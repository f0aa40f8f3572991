import { SwarmError } from '../../core/error/swarm-error.ts';
import { runExitCode } from '../../core/exit/run-errors.ts';
import type { Host } from '../../core/inventory/host.ts';
import { findRebootCommand } from '../../engine/disruption/reboot-filter.ts';
import { describeAbsence } from '../../engine/host-block.ts';
import { connectEarly } from '../../fleet/connection/early-connections.ts';
import { findHosts, openProject, type Project } from '../../fleet/project/project.ts';
import { leaveOutBlocked, withDefaultBecome } from '../../fleet/runs/exec-hosts.ts';
import { execPlaybook } from '../../fleet/runs/exec-playbook.ts';
import { openJournal } from '../../journal/journal.ts';
import { newRunId } from '../../journal/run-id.ts';
import { parseDuration } from '../../language/schema/parse-units.ts';
import { quoteWord } from '../../remote/session/shell-text.ts';
import { displayText } from '../../report/text/display-text.ts';
import { askForBecomePassword } from '../ask-become-pass.ts';
import { printMissingKeys } from '../print-errors.ts';
import { parseForks } from '../run/forks.ts';
import { watchSignals } from '../run/interrupt-signals.ts';
import type { ExecFlags } from './exec-command.ts';

/** `swarm exec PATTERN -- CMD`: a playbook of one task. */
export async function execCommand(pattern: string, words: readonly string[], options: ExecFlags): Promise<number> {
  const argv = readCommand(pattern, words, options.shell === true);
  const timeoutMs = options.timeout === undefined ? undefined : parseDuration('--timeout', options.timeout);
  const forks = parseForks(options.forks);
  const project = await askForBecomePassword(await openProject({ ...options, programs: true }), options.askBecomePass);
  if (!options.shell) refuseHostsAsProgram(pattern, words, project.inventory);
  const { hosts, blocked } = leaveOutBlocked(findHosts(project, pattern, options), pattern, Date.now());
  for (const host of blocked) process.stderr.write(`${formatLeftOut(host)}\n`);
  if (!options.quiet) printMissingKeys(project, hosts, options);
  const playbook = execPlaybook(argv, hosts, { timeoutMs, keepOutput: options.keepOutput === true });
  const inventory = options.become ? withDefaultBecome(project.inventory) : project.inventory;
  await Promise.all([import('../../remote/ssh/ssh-transport.ts'), import('../../remote/ssh/login-keys.ts')]);
  const stop = new AbortController();
  watchSignals(stop);
  // the hosts prove themselves while the disk is waited for and the engine is loaded
  await using early = connectEarly(project, hosts.slice(0, forks), stop.signal);
  const journal = await openJournal(project.runsDir, newRunId(project.runsDir));
  const { runExec } = await import('./run-exec.ts');
  const connect = early.connector((fact) => void journal.emit(fact));
  const run = { project, projectOptions: { ...options, programs: true as const }, inventory, journal, forks, connect, signal: stop.signal };
  const state = await runExec(playbook, { words: [...words], argv }, options, run);
  return state.exit ?? runExitCode(state);
}

/** The program and its arguments. Throws SW1202 for a command line that means something else, SW3007 for a reboot. */
function readCommand(pattern: string, words: readonly string[], shell: boolean): readonly string[] {
  const line = words.join(' ');
  const extra = countWordsBeforeDashes(words);
  if (extra > 0) throw severalPatternsError(pattern, words, extra);
  if (!shell && words.length === 1 && /[\s|;&<>]/.test(line))
    throw new SwarmError('SW1202', `"${line}" is one word, and no program has that name.`, {
      hint: `Write: swarm exec ${quoteWord(pattern)} --shell -- '${line.replaceAll("'", "'\\''")}'`,
    });
  const refused = findRebootCommand(shell ? line : words);
  if (refused !== undefined) {
    const hint = `To restart these hosts through the guards, run: swarm task ${quoteWord(pattern)} reboot. Any other such command goes into a task of a playbook with disruptive: true.`;
    throw new SwarmError('SW3007', refused.message, { hint });
  }
  return shell ? ['sh', '-c', line] : words;
}

/** Without `--`, the name of a host behind the pattern would be taken for a program. Throws SW1202. */
function refuseHostsAsProgram(pattern: string, words: readonly string[], { hosts, groups }: Project['inventory']): void {
  const names = new Set<string>([...hosts.map(({ name }) => name), ...groups]);
  const extra = process.argv.includes('--') ? 0 : words.findIndex((word) => !names.has(word));
  if (extra > 0) throw severalPatternsError(pattern, words, extra);
}

/** The first words of the command are hosts. */
function severalPatternsError(pattern: string, words: readonly string[], extra: number): SwarmError {
  const hosts = [pattern, ...words.slice(0, extra)].join(',');
  return new SwarmError('SW1202', 'The hosts before -- must be one pattern.', {
    hint: `Write: swarm exec ${quoteWord(hosts)} -- ${words.slice(extra).map(quoteWord).join(' ')}`,
  });
}

/** How many of the command's words stand before `--`. The parser drops the two dashes. */
function countWordsBeforeDashes(words: readonly string[]): number {
  const dashes = process.argv.indexOf('--');
  return dashes < 0 ? 0 : Math.max(0, words.length - (process.argv.length - dashes - 1));
}

const formatLeftOut = (host: Host): string => displayText`${host.name} is left out: ${describeAbsence(host)}`;
