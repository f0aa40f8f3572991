import { examineFleet } from '../../fleet/health/examine-fleet.ts';
import { type HealthFinding, healthExitCode } from '../../fleet/health/health-finding.ts';
import { findHosts, openProject } from '../../fleet/project/project.ts';
import { displayText } from '../../report/text/display-text.ts';
import { formatTextTable } from '../../report/text/table.ts';
import type { TerminalStyle } from '../../report/text/terminal-style.ts';
import { printResult } from '../output.ts';
import type { DoctorFlags } from './status-commands.ts';

/** `swarm doctor`: checks everything, changes nothing. Exit 0 with warnings at most, 7 for a host that is not trusted or proves a wrong
 *  identity, 2 for anything else that is bad, 4 when hosts are out of reach and nothing else is bad. */
export async function doctorCommand(pattern: string | undefined, options: DoctorFlags): Promise<number> {
  const project = await openProject(options);
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  const hosts = findHosts(project, pattern, options);
  const findings = await examineFleet(project, hosts, options.tailscale, stop.signal);
  const countBad = findings.filter(({ status }) => status === 'bad').length;
  const protectedHosts = project.inventory.hosts.filter((host) => host.protected).map((host) => host.name);
  printResult(options, { findings, protected: protectedHosts }, (look) => [
    ...formatFindings(findings, look),
    displayText`protected: ${protectedHosts.join(', ')}`,
    displayText`hosts checked: ${hosts.length}, problems: ${countBad}, warnings: ${findings.length - countBad}`,
  ]);
  return healthExitCode(findings);
}

/** A row for each finding. What to do stands at the end of its message. */
export const formatFindings = (findings: readonly HealthFinding[], look: TerminalStyle): readonly string[] =>
  formatTextTable(
    undefined,
    findings.map(({ status, name, about, message, hint }) => [status, name, about, hint === undefined ? message : `${message} (${hint})`]),
    look,
  );
