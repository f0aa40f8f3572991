import { SwarmError } from '../../core/error.ts';
import { runExitCode } from '../../core/exit/run-errors.ts';
import { type Become, type Host, type Inventory, isBlocked } from '../../core/host.ts';
import { readProgramVersion } from '../../core/program/program-version.ts';
import { findRebootCommand } from '../../engine/disruption/reboot-filter.ts';
import { blockedHostError } from '../../engine/host-block.ts';
import { moduleSource } from '../../engine/module-source.ts';
import { runPlaybook } from '../../engine/run.ts';
import { createConnector } from '../../fleet/connection/connectors.ts';
import { createFleetProbe } from '../../fleet/connection/live-fleet-probe.ts';
import { findHosts, openProject } from '../../fleet/project/project.ts';
import { makeRunPaths } from '../../fleet/project/run-paths.ts';
import { openJournal } from '../../journal/journal.ts';
import { newRunId } from '../../journal/run-id.ts';
import { parseDuration } from '../../language/schema/parse-units.ts';
import { displayText } from '../../report/text/display-text.ts';
import { runWithReporters } from '../output.ts';
import { parseForks } from '../run/forks.ts';
import { watchSignals } from '../run/interrupt-signals.ts';
import type { ExecFlags } from './exec-command.ts';
import { execPlaybook } from './exec-playbook.ts';
import { chooseExecReporter } from './exec-reporter.ts';

/** `swarm exec PATTERN -- CMD`: a playbook of one task. */
export async function execCommand(pattern: string, words: readonly string[], options: ExecFlags): Promise<number> {
  const argv = readCommand(pattern, words, options.shell === true);
  const timeoutMs = options.timeout === undefined ? undefined : parseDuration(options.timeout);
  const forks = parseForks(options.forks);
  const project = await openProject(options);
  const hosts = leaveOutBlocked(findHosts(project, pattern, options), pattern);
  const playbook = execPlaybook(argv, hosts, timeoutMs);
  const inventory = options.become ? withBecome(project.inventory) : project.inventory;
  // what every connection needs is loaded while the disk is waited for
  const [journal] = await Promise.all([
    openJournal(project.runsDir, newRunId(project.runsDir)),
    import('../../remote/ssh/ssh-transport.ts'),
    import('../../remote/ssh/login-keys.ts'),
  ]);
  const stop = new AbortController();
  watchSignals(stop);
  const state = await runWithReporters(journal, [chooseExecReporter(options)], () =>
    runPlaybook(
      playbook,
      { words: [...words], argv },
      { check: false, diff: false, forks, tags: [], skipTags: [] },
      {
        inventory,
        fleetProbe: createFleetProbe(project),
        connect: createConnector(project, (fact) => void journal.emit(fact)),
        modules: moduleSource(), // of swarm alone: a project can replace `command` for its playbooks only
        journal,
        paths: makeRunPaths(project, journal.run),
        signal: stop.signal,
        version: readProgramVersion(),
      },
    ),
  );
  return state.exit ?? runExitCode(state);
}

/** The program and its arguments. Throws SW1202 for a command line that means something else, SW7003 for a reboot. */
function readCommand(pattern: string, words: readonly string[], shell: boolean): readonly string[] {
  const line = words.join(' ');
  const extra = countWordsBeforeDashes(words);
  if (extra > 0) {
    const hosts = [pattern, ...words.slice(0, extra)].join(',');
    throw new SwarmError('SW1202', 'The hosts before -- must be one pattern.', {
      hint: `Write: swarm exec ${hosts} -- ${words.slice(extra).join(' ')}`,
    });
  }
  if (!shell && words.length === 1 && /[\s|;&<>]/.test(line))
    throw new SwarmError('SW1202', `"${line}" is one word, and no program has that name.`, {
      hint: `Write: swarm exec ${pattern} --shell -- '${line.replaceAll("'", "'\\''")}'`,
    });
  const refused = findRebootCommand(shell ? line : words);
  if (refused !== undefined) throw refused;
  return shell ? ['sh', '-c', line] : words;
}

/** How many of the command's words stand before `--`. The parser drops the two dashes. */
function countWordsBeforeDashes(words: readonly string[]): number {
  const dashes = process.argv.indexOf('--');
  return dashes < 0 ? 0 : Math.max(0, words.length - (process.argv.length - dashes - 1));
}

/** Blocked hosts are left out with a note. One that is named, or when no other is left, is refused: SW3005. */
function leaveOutBlocked(hosts: readonly Host[], pattern: string): readonly Host[] {
  const now = Date.now();
  const blocked = hosts.filter((host) => isBlocked(host, now));
  const refused = blocked.length === hosts.length ? blocked[0] : blocked.find(({ name }) => pattern.split(/[,:]/).includes(name));
  if (refused !== undefined) throw blockedHostError(refused);
  for (const { name, block } of blocked)
    process.stderr.write(`${displayText`${name} is left out: blocked until ${block?.until ?? ''} (${block?.reason ?? ''})`}\n`);
  return hosts.filter((host) => !blocked.includes(host));
}

const BECOME_ROOT: Become = { method: 'sudo', user: 'root' };

/** -b: hosts for which the inventory sets no become get sudo. */
function withBecome(inventory: Inventory): Inventory {
  const hosts = inventory.hosts.map((host) =>
    host.login.become === undefined ? { ...host, login: { ...host.login, become: BECOME_ROOT } } : host,
  );
  return { ...inventory, hosts };
}
