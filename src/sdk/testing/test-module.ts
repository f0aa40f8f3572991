import { mkdir, realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Connection } from '../../core/connection.ts';
import { SwarmError } from '../../core/error/swarm-error.ts';
import { makeTemporaryFolder } from '../../core/files/process-folder.ts';
import type { Host } from '../../core/inventory/host.ts';
import type { HostName } from '../../core/inventory/host-name.ts';
import { defaultTarget } from '../../core/inventory/target.ts';
import type { Vars } from '../../core/json-value.ts';
import type { AnyModule, Notice, Probe, Remote } from '../../core/module.ts';
import { checkedProbe, checkedRemote, toBytes } from '../../core/module-checks/checked-host.ts';
import { describeWrongForm, MODULE_FORM_HINT } from '../../core/module-checks/module-form.ts';
import { renderTemplateText } from '../../language/template/template.ts';
import { connect } from '../../remote/connect/connect.ts';
import { openHostJobs } from '../../remote/jobs/detached-jobs.ts';
import { readSshConfig } from '../../remote/ssh-config/ssh-config.ts';
import {
  assertCheckWritesNothing,
  assertResultFitsSchema,
  assertSecondRunChangesNothing,
  assertUnknownArgumentRefused,
  LawError,
  type ModuleRun,
} from './module-laws.ts';
import { findAuthorLine, ModuleTestError, withAuthorStack } from './test-failure.ts';

/** One use of a module. `dir` is an empty folder of this machine, removed at the end. */
export interface ModuleTest {
  /** The arguments, as a playbook gives them. */
  readonly args: (dir: string) => unknown;
  /** Makes what the module needs: files below `dir`, `dir`/files (for src:) and `dir`/templates. */
  readonly prepare?: (dir: string) => Promise<void> | void;
  /** Variables of the host, for templates. */
  readonly vars?: Vars;
  /** The module only checks, and applies nothing: for a change that this machine must not get. */
  readonly checkOnly?: true;
  /** More to check once the laws hold, while `dir` exists. */
  readonly verify?: (dir: string, run: ModuleTestRun) => Promise<void> | void;
}

/** What the first run that changed the machine did. */
export interface ModuleTestRun extends ModuleRun {
  /** What the module emitted: output, progress. */
  readonly notices: readonly Notice[];
}

/** Runs a module on this machine, in a temporary folder, and throws where it breaks a law: an unknown argument is refused, a check
 *  writes nothing, a second run changes nothing, the returned value fits the returns schema. */
export async function testModule(module: AnyModule, test: ModuleTest): Promise<ModuleTestRun> {
  const called = new Error('testModule');
  try {
    assertTestable(module, test);
    return await runModuleTest(module, test);
  } catch (thrown) {
    const place = thrown instanceof LawError ? findAuthorLine(Reflect.get(module, Symbol.for('build-swarm.definition'))) : undefined;
    throw withAuthorStack(place === undefined ? thrown : new LawError(`${place}: ${(thrown as Error).message}`), called);
  }
}

/** Throws for a default export that is not a module, and for a test without args. */
function assertTestable(module: AnyModule, test: ModuleTest): void {
  const wrong = describeWrongForm(module);
  if (wrong !== undefined) throw new ModuleTestError(`The module has a wrong form: ${wrong}. ${MODULE_FORM_HINT}`);
  if (typeof test?.args === 'function') return;
  throw new ModuleTestError('The test has no args. Write: testModule(module, { args: (dir) => ({ … }) })');
}

async function runModuleTest(module: AnyModule, test: ModuleTest): Promise<ModuleTestRun> {
  const dir = await realpath(makeTemporaryFolder('swarm-module'));
  try {
    for (const folder of ['files', 'templates', 'staging']) await mkdir(join(dir, folder));
    await test.prepare?.(dir);
    const signal = new AbortController().signal;
    await using connection = await connect(localhost, connectOptions(dir), signal);
    const notices: Notice[] = [];
    const remote = makeRemote(connection, dir, test.vars ?? {}, notices);
    const run = { ...(await runLaws(module, test, dir, remote)), notices };
    await test.verify?.(dir, run);
    return run;
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

async function runLaws(module: AnyModule, test: ModuleTest, dir: string, remote: Remote): Promise<ModuleRun> {
  const args = test.args(dir);
  const host = { dir, probe: checkedProbe(makeReadOnly(remote)), remote: checkedRemote(remote) };
  assertUnknownArgumentRefused(module, args);
  const checked = await assertCheckWritesNothing(module, args, host);
  assertResultFitsSchema(module, checked);
  if (test.checkOnly) return checked;
  const disruptive = checked.changes.find((change) => change.disruptive === true);
  if (disruptive)
    throw new LawError(`testModule does not apply a disruptive change to this machine: ${disruptive.subject}. Set checkOnly.`);
  const run = await assertSecondRunChangesNothing(module, args, host, checked);
  assertResultFitsSchema(module, run);
  return run;
}

const localhost: Host = {
  name: 'localhost' as HostName,
  groups: [],
  routes: [{ kind: 'here' }],
  login: { user: '', keys: [] },
  protected: true,
  vars: {},
};

const connectOptions = (dir: string) => ({
  hosts: [localhost],
  sshConfig: readSshConfig(join(dir, 'no-ssh-config')),
  revoked: () => false,
});

/** The host as a module sees it, over a real connection to this machine. */
function makeRemote(connection: Connection, dir: string, vars: Vars, notices: Notice[]): Remote {
  const { signal } = new AbortController();
  const remote: Remote = {
    host: { ...connection.host, vars },
    facts: connection.facts,
    paths: {
      project: dir,
      run: 'test',
      staging: join(dir, 'staging'),
      binhost: { path: join(dir, 'binhost') },
      targets: [defaultTarget({ path: join(dir, 'binhost') })],
      files: [join(dir, 'files')],
      templates: [join(dir, 'templates')],
    },
    jobId: `test.${process.pid}`,
    resultIsUsed: true,
    check: false,
    signal,
    read: (path) => connection.read(path, signal),
    query: (command) => connection.exec(command, signal),
    exec: (command, onLine) => connection.exec(command, signal, onLine),
    write: (path, content, meta = {}) => connection.write(path, toBytes(content, 'content'), meta, signal),
    open: (command) => connection.open(command, signal),
    expose: (port, at) => connection.expose(port, signal, at),
    reconnect: async () => undefined,
    jobs: openHostJobs(connection, signal),
    render: (text, file) => renderTemplateText(text, vars, file),
    emit: (notice) => void notices.push(notice),
    onHost: async (name) => {
      if (name !== 'localhost') throw new SwarmError('SW1203', `no host "${name}" in a test: localhost is the only one`);
      return remote;
    },
  };
  return remote;
}

/** The same host without a way to write: what `run` gets. */
function makeReadOnly({ host, facts, paths, jobId, resultIsUsed, check, signal, read, query, render, emit, onHost }: Remote): Probe {
  return {
    host,
    facts,
    paths,
    jobId,
    resultIsUsed,
    check,
    signal,
    read,
    query,
    render,
    emit,
    onHost: async (name) => makeReadOnly(await onHost(name)),
  };
}
