import { toSwarmError } from '../../core/error/convert-error.ts';
import type { SwarmError } from '../../core/error/swarm-error.ts';
import { readOptionalText } from '../../core/files/read-local-file.ts';
import type { Host } from '../../core/inventory/host.ts';
import { fingerprint, type Identity } from '../../core/inventory/host-identity.ts';
import { formatRoute } from '../../core/inventory/route.ts';
import { openProject, type Project } from '../../fleet/project/project.ts';
import { selectHostsToTrust } from '../../fleet/trust/hosts-to-trust.ts';
import { formatHostKey } from '../../fleet/trust/pin-rules.ts';
import { rotateHostKeys, type TrustDialog, type TrustedHost, trustHost } from '../../fleet/trust/trust-host.ts';
import { readUserKnownHosts } from '../../remote/identity/known-hosts.ts';
import { displayText } from '../../report/text/display-text.ts';
import { confirm } from '../confirm.ts';
import type { GlobalOptions } from '../define-command.ts';
import { terminalStyleFor } from '../output.ts';
import { printErrors, printMissingKeys } from '../print-errors.ts';
import { formatWritten } from '../written-files.ts';
import type { TrustFlags } from './hosts-commands.ts';
import { formatAuthorities, formatOfferedKeys } from './offered-keys-table.ts';

const printLine = (line: string): void => void process.stderr.write(`${line}\n`);

/** `swarm hosts trust NAME...`: shows what every route offers side by side, compares, asks, pins. One host's refusal stops no other. */
export async function trustHostsCommand(names: readonly string[], options: TrustFlags): Promise<number> {
  let project = await openProject({ ...options, programs: true });
  const wanted = selectHostsToTrust(names, project, options);
  if (wanted.length === 0) printLine('Every host is trusted already.');
  printMissingKeys(project, wanted, options);
  const results: object[] = [];
  const problems: SwarmError[] = [];
  const before = readOptionalText(project.pinsFile);
  for (const { name } of wanted) {
    const host = project.inventory.hosts.find((each) => each.name === name);
    if (host === undefined) continue;
    try {
      results.push(options.rotate ? await rotateOne(host, project) : await trustOne(host, project, options));
      project = await openProject({ ...options, programs: true }); // a host that was just pinned may be the jump to the next, or its twin
    } catch (error) {
      const problem = toSwarmError(error);
      problems.push(problem);
      results.push({ name, status: host.identity === undefined ? 'untrusted' : 'trusted', code: problem.code, message: problem.message });
    }
  }
  if (options.output === 'json' || options.output === 'ndjson') process.stdout.write(`${JSON.stringify({ hosts: results })}\n`);
  if (readOptionalText(project.pinsFile) !== before) printLine(formatWritten(project.pinsFile));
  const errors = problems.map((problem) => problem.toJSON()); // the one document has them too
  return printErrors(errors, options);
}

async function trustOne(host: Host, project: Project, options: TrustFlags): Promise<object> {
  return printTrusted(host.name, await trustHost(host, project, options, makeTrustDialog(project, options)));
}

/** Prints that a host is pinned. Returns its entry of the JSON document. */
export function printTrusted(name: string, { identity, unchanged }: TrustedHost): object {
  const keys = identity.hostKeys.map(formatHostKey).join(', ') || 'by its machine-id';
  printLine(displayText`${name} is ${unchanged ? 'pinned already, and proves it' : 'pinned'}: ${keys}`);
  return trustJson(name, identity);
}

async function rotateOne(host: Host, project: Project): Promise<object> {
  const { identity, learned } = await rotateHostKeys(host, project);
  printLine(displayText`${host.name}: ${host.identity?.hostKeys.map(formatHostKey).join(', ') ?? ''}`);
  for (const key of learned) printLine(displayText`  new key: ${formatHostKey(key)}`);
  if (learned.length === 0) printLine('  no further keys');
  return trustJson(host.name, identity);
}

const trustJson = (name: string, { hostKeys, machineId }: Identity): object => ({
  name,
  status: 'trusted',
  fingerprints: hostKeys.map((key) => fingerprint(key.blob)),
  machineId: machineId ?? null,
});

/** What answers for the person, and how to print. */
type DialogOptions = Pick<TrustFlags, 'yes' | 'fingerprint' | keyof GlobalOptions>;

/** Prints on stderr and asks on the terminal; `--yes` and `--fingerprint` are the answer. */
export const makeTrustDialog = (project: Project, options: DialogOptions): TrustDialog => ({
  showOfferedKeys(host, offered) {
    const known = readUserKnownHosts();
    printLine(host.name);
    const table = formatOfferedKeys(host, offered, project.inventory, known, terminalStyleFor(options, process.stderr));
    for (const line of [...table, ...formatAuthorities(host, known)]) printLine(line);
    const old = host.identity?.hostKeys ?? [];
    if (old.length > 0) printLine(displayText`  pinned until now: ${old.map(formatHostKey).join(', ')}`);
  },
  showMachineId(host, route, machineId) {
    printLine(displayText`${host.name}\n  ${formatRoute(route)}: machine-id ${machineId.slice(0, 16)}… (hashed)`);
  },
  showUnprovenKeys(host, keys) {
    printLine(
      displayText`  ${host.name} does not prove that one machine has all these keys. Not pinned: ${keys.map(formatHostKey).join(', ')}`,
    );
  },
  showTwins(host, machineId, twins) {
    if (machineId === undefined) printLine(displayText`  ${host.name} has no machine-id: only its host key identifies it`);
    for (const twin of twins)
      printLine(
        displayText`  the same machine-id as ${twin.name}: two servers or containers of one machine, or a clone${twin.protected ? '. It is protected, as that host is' : ''}`,
      );
  },
  async confirmPin(host, keys) {
    if (options.yes || options.fingerprint !== undefined) return true;
    const what = keys.length === 0 ? 'its machine-id' : keys.length === 1 ? 'this key' : `these ${keys.length} keys`;
    return confirm(`Is this ${host.name}? Pin ${what}`);
  },
});
