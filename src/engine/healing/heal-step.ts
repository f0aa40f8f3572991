import type { Proof } from '../../core/connection.ts';
import { toErrorJson } from '../../core/error/convert-error.ts';
import { SwarmError } from '../../core/error/swarm-error.ts';
import { errorKind } from '../../core/error-codes.ts';
import type { HealOutcome } from '../../core/healing.ts';
import type { HealPlan, HealStep } from '../../core/inventory/heal.ts';
import { readProgram } from '../../core/program/package-root.ts';
import { withTemporaryFiles } from '../../remote/temporary/temporary-files.ts';
import { checkDisruptiveChange } from '../disruption/index.ts';
import { findHostLink } from '../host/host-api.ts';
import { createOpenOperations } from '../host/open-operations.ts';
import type { HostRun } from '../host-run.ts';
import type { RunContext, RunRecord } from '../run-context.ts';
import { runModule } from '../task/run-module.ts';
import type { TaskSettings } from '../task/task-settings.ts';
import type { TaskCall } from '../task-call.ts';
import { collectVariables } from '../variables/variables.ts';
import { healTasks } from './heal-tasks.ts';

const CHECK_MS = 30_000;
/** How long a host may take until it proves itself again. */
const PROOF_TRIES = 6;
const PROOF_WAIT_MS = 10_000;

/** How a step ended. `thrown`: why it did not heal. */
export interface HealResult {
  readonly outcome: HealOutcome;
  readonly thrown?: unknown;
}

/** Does one step on a host through the guards, then has the host prove itself anew and write a file. `before`: what it proved last. */
export async function healStep(
  context: RunContext,
  { hostRun, before, settings }: { readonly hostRun: HostRun; readonly before: Proof; readonly settings: TaskSettings },
  step: HealStep,
  plan: HealPlan,
): Promise<HealResult> {
  let hasBegun = false;
  try {
    const builtIn = watchGuard(withBuiltInModules(context), () => {
      hasBegun = true;
    });
    for (const task of healTasks(step, plan)) {
      const variables = collectVariables(context, hostRun, settings, task.at);
      const operations = createOpenOperations();
      const call: TaskCall = { context: builtIn, hostRun, task, settings, variables, iteration: [], operations, signal: context.signal };
      if (step === 'clean') await askGuards(call); // also where nothing is left to clean
      const { thrown } = await runModule(call);
      if (thrown !== undefined) throw thrown;
    }
    await proveHealed(context, hostRun, before, step);
    return { outcome: 'healed' };
  } catch (thrown) {
    const { code } = toErrorJson(thrown);
    const isRefused = errorKind(code).outcome === 'refused' && (!hasBegun || code === 'SW3002'); // with SW3002 the host itself refused
    return { outcome: isRefused ? 'refused' : 'failed', thrown };
  }
}

/** Calls `onPassed` when the guards let a change of the step through: what is refused afterwards does not undo it. */
function watchGuard(context: RunContext, onPassed: () => void): RunContext {
  const { journal } = context;
  const emit: RunRecord['emit'] = (fact, keepOutput) => {
    if (fact.type === 'guard.passed') onPassed();
    return journal.emit(fact, keepOutput);
  };
  return { ...context, journal: Object.create(journal, { emit: { value: emit } }) };
}

async function askGuards(call: TaskCall): Promise<void> {
  const { host } = call.hostRun;
  const change = { verb: 'delete', subject: `cleaning of ${host.name}`, apply: async () => {} } as const;
  await checkDisruptiveChange(call, { link: findHostLink(call.context, host.name), become: host.login.become, change });
}

/** A module of the project with the name of a built-in one may not ask the guards. */
function withBuiltInModules(context: RunContext): RunContext {
  const { modules } = context;
  return { ...context, modules: { ...modules, load: modules.loadBuiltIn ?? modules.load } };
}

/** Throws where the host does not answer with its pin, has not restarted by a reboot, or cannot write a file. */
async function proveHealed(context: RunContext, hostRun: HostRun, before: Proof, step: HealStep): Promise<void> {
  const { fleetProbe, clock, signal } = context;
  const link = findHostLink(context, hostRun.host.name);
  const { host } = link;
  let proof = await fleetProbe.prove(host, signal);
  for (let tries = 1; proof === undefined && tries < PROOF_TRIES; tries++) {
    await clock.sleep(PROOF_WAIT_MS, signal);
    proof = await fleetProbe.prove(host, signal);
  }
  if (proof === undefined) {
    await link.renew(signal).catch(throwRefusal);
    throw new SwarmError('SW2001', `the host does not prove itself after the step ${step}`, {
      host: host.name,
      hint: `To see what answers on each route, run: swarm hosts verify ${host.name}`,
    });
  }
  if (step === 'reboot' && proof.bootId === before.bootId && proof.initStart === before.initStart)
    throw new SwarmError('SW6012', 'the host has not restarted', { host: host.name });
  const shell = link.as(await link.connect(signal), host.login.become);
  const { exit, stderr } = await shell.exec(
    { argv: ['sh', '-c', withTemporaryFiles(readProgram('src/engine/healing/heal-check.sh'))], timeoutMs: CHECK_MS },
    signal,
  );
  if (exit !== 0)
    throw new SwarmError('SW6012', 'the host cannot write a temporary file after the step', { host: host.name, detail: stderr });
}

/** Throws what says that another key or another machine answers: the host is then not away. */
function throwRefusal(thrown: unknown): void {
  if (errorKind(toErrorJson(thrown).code).outcome === 'refused') throw thrown;
}
