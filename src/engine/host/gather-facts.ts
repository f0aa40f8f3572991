import { existsSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import type { Connection } from '../../core/connection.ts';
import { toErrorJson } from '../../core/error/convert-error.ts';
import type { Json, Vars } from '../../core/json-value.ts';
import type { Play } from '../../core/playbook/playbook-model.ts';
import { sourceFolders } from '../../core/playbook/source-folders.ts';
import { listTasks, type Task } from '../../core/playbook/step-model.ts';
import { type FactKind, templateFileUsesFacts, usesTemplateLookup } from '../../language/playbook/used-facts.ts';
import { type FactProgram, factCommand, factsProgram, localFactsProgram } from '../../remote/facts/fact-programs.ts';
import { parseFacts } from '../../remote/facts/parse-facts.ts';
import { parseLocalFacts } from '../../remote/facts/parse-local-facts.ts';
import { markFactsUnknown } from '../dry-run/mark-unknown.ts';
import type { HostRun } from '../host-run.ts';
import type { RunContext } from '../run-context.ts';
import { chooseBecome } from './choose-become.ts';
import { isConnectionLoss } from './connection-loss.ts';
import type { HostLink } from './host-link.ts';

const PROBE_TIMEOUT_MS = 60_000;

/** The facts that the host is asked for before a play, as far as the play needs them. Throws SW2005 where the connection is lost. */
export async function gatherFacts(
  context: RunContext,
  play: Play,
  hostRun: HostRun,
  link: HostLink,
  connection: Connection,
): Promise<Vars> {
  const facts = await gatherProbedFacts(context, play, hostRun, link, connection);
  if (facts['local'] !== undefined || play.gatherFacts === false || !playUsesFacts(context, play, 'local')) return facts;
  const local = await readLocalFacts(context, play, link, connection);
  hostRun.gathered = { play, facts: { ...facts, ...(local === undefined ? {} : markFactsUnknown({ local }, hostRun.notDone)) } };
  return hostRun.gathered.facts;
}

async function gatherProbedFacts(context: RunContext, play: Play, hostRun: HostRun, link: HostLink, connection: Connection): Promise<Vars> {
  const { gathered, host } = hostRun;
  if (gathered !== undefined && (play.gatherFacts !== true || gathered.play === play)) return gathered.facts;
  if (play.gatherFacts !== true && !playUsesFacts(context, play, 'probed')) return {};
  const { machineId = '', bootId, initStart } = connection.proof;
  const boot = `${machineId} ${bootId} ${initStart}`;
  const { cache } = context.facts;
  const known = play.gatherFacts === true ? undefined : cache?.get(host.name, boot);
  if (play.gatherFacts === false && known === undefined) return {};
  const facts = known ?? (await probeFacts(context, link, connection));
  if (known === undefined && facts !== undefined) cache?.set(host.name, boot, facts);
  hostRun.gathered = { play, facts: facts ?? {} };
  return hostRun.gathered.facts;
}

/** Forgets what the host was asked for. A play that uses facts asks again. */
export async function clearFacts(context: RunContext, play: Play, hostRun: HostRun): Promise<void> {
  context.facts.cache?.forget(hostRun.host.name);
  hostRun.gathered = undefined;
  const link = context.hosts.link(hostRun.host.name);
  if (link === undefined) return;
  const connection = await link.connect(context.signal);
  hostRun.facts = { ...connection.facts, ...(await gatherFacts(context, play, hostRun, link, connection)) } as unknown as Json;
}

/** Undefined where the probe failed: the run goes on, and a fact that something uses is absent. */
async function probeFacts(context: RunContext, link: HostLink, connection: Connection): Promise<Vars | undefined> {
  const stdout = await runFactProgram(context, link, connection, connection, factsProgram());
  return stdout === undefined ? undefined : parseFacts(stdout);
}

/** What files of the host hold, read as the user that the tasks of the play become. A user that is a template is not known here. The cache does
 *  not keep them: anybody may change them. */
async function readLocalFacts(context: RunContext, play: Play, link: HostLink, connection: Connection): Promise<Vars | undefined> {
  const isTemplate = typeof play.become === 'object' && play.become.user.includes('{{');
  const shell = link.as(connection, chooseBecome(isTemplate ? undefined : play.become, link.host.login));
  const stdout = await runFactProgram(context, link, connection, shell, localFactsProgram());
  if (stdout === undefined) return undefined;
  const { facts, problems } = parseLocalFacts(stdout);
  for (const problem of problems) context.journal.emit({ type: 'run.note', text: `${link.host.name}: ${problem}` });
  return facts;
}

/** What a program of facts prints; undefined where it failed. `shell`: the connection, as the user that runs it. */
async function runFactProgram(
  { journal, signal }: RunContext,
  link: HostLink,
  connection: Connection,
  shell: Connection,
  program: FactProgram,
): Promise<string | undefined> {
  try {
    return (await shell.exec({ argv: factCommand(program), timeoutMs: PROBE_TIMEOUT_MS }, signal)).stdout;
  } catch (error) {
    if (isConnectionLoss(error)) link.reportLoss(connection, error);
    if (isConnectionLoss(error) || signal.aborted) throw error;
    journal.emit({ type: 'run.note', text: `${link.host.name}: the facts cannot be read: ${toErrorJson(error).message}` });
    return undefined;
  }
}

/** Whether the files of the play, its templates too, use such a fact. */
function playUsesFacts({ facts: { uses }, paths }: RunContext, play: Play, kind: FactKind): boolean {
  const known = uses[kind].get(play);
  if (known !== undefined) return known;
  const inFiles = kind === 'local' ? play.usesLocalFacts : play.usesFacts;
  const used = inFiles || listTasks([...play.steps, ...play.handlers]).some((task) => usesFactsInFile(task, paths.templates, kind));
  uses[kind].set(play, used);
  return used;
}

/** A template whose name is not known before the run may use any fact. */
function usesFactsInFile({ module, args, role }: Task, templates: readonly string[], kind: FactKind): boolean {
  if (usesTemplateLookup((args ?? null) as Json)) return true; // names in the arguments are known since the playbook was read
  if (module !== 'template') return false;
  const src = (args as Readonly<Record<string, unknown>> | null)?.['src'];
  if (typeof src !== 'string' || src.includes('{{')) return true;
  const candidates = isAbsolute(src) ? [src] : sourceFolders('templates', role, templates).map((folder) => join(folder, src));
  const file = candidates.find((each) => existsSync(each));
  return file !== undefined && templateFileUsesFacts(file, kind);
}
