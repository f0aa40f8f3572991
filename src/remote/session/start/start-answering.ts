import { nameLogin } from '../../../core/error/complete-hint.ts';
import { SwarmError } from '../../../core/error/swarm-error.ts';
import type { Become } from '../../../core/inventory/login.ts';
import type { StageTimeouts } from '../../../core/inventory/stage-timeouts.ts';
import type { Secret } from '../../../core/secret.ts';
import type { RemoteProcess, Transport } from '../../transport/transport.ts';
import { type BecomeMode, buildShellStart } from '../become-argv.ts';
import {
  asksPasswordError,
  becomeFailedError,
  becomeSilentError,
  findBecomeMethods,
  lacksUser,
  onlyRootError,
  passwordRefusedError,
  readProgramWords,
} from '../become-errors.ts';
import { endProbe, readProbePid } from './end-probe.ts';
import type { LeftBehind } from './sole-output.ts';
import { isReplacedShell, type SilenceCause, shellNoiseError, shellRefusedError, shellSilentError } from './start-errors.ts';
import { type StartWatch, watchStart } from './start-watch.ts';

/** What starting a shell on a host needs. */
export interface ShellAccess {
  readonly transport: Transport;
  /** The user of the login, for hints; undefined where the route does not say. */
  readonly login?: string | undefined;
  readonly timeouts: Pick<StageTimeouts, 'shell' | 'become'>;
  /** What its shells found of processes that start-up files left behind; a link without it is looked at for each shell. */
  readonly leftBehind?: LeftBehind;
  /** The password for `become`; undefined where nobody gave one. */
  readonly becomePassword?: (() => Promise<Secret>) | undefined;
}

/** Waits for the answer of a shell that starts. `mayAsk`: nothing may be sent before the answer, a prompt would take it. */
type AwaitAnswer<T> = (process: RemoteProcess, watch: StartWatch, mayAsk: boolean) => Promise<T>;

/** Starts a shell that runs the text, with other rights if asked, until it has answered. It never waits for input that cannot come, and not
 *  longer than its stage may take. Throws SW2005, SW2006, SW2009. */
export async function startAnswering<T>(
  access: ShellAccess,
  become: Become | undefined,
  text: string,
  nonce: string,
  awaitAnswer: AwaitAnswer<T>,
): Promise<T> {
  try {
    return await startWithRights(access, become, text, nonce, awaitAnswer);
  } catch (error) {
    const { login } = access;
    if (!(error instanceof SwarmError) || error.hint === undefined) throw error;
    throw error.with({ hint: nameLogin(error.hint, login || 'the login') });
  }
}

async function startWithRights<T>(
  access: ShellAccess,
  become: Become | undefined,
  text: string,
  nonce: string,
  awaitAnswer: AwaitAnswer<T>,
): Promise<T> {
  const first = chooseMode(access, become);
  const result = await startOnce(access, become, first, text, nonce, awaitAnswer);
  if (!('failure' in result)) return result.answer;
  if (become?.method === 'doas' && first === 'quiet' && access.becomePassword !== undefined)
    throw onlyRootError(become, readProgramWords(become, result.printed));
  if (become === undefined || first === 'terminal' || !wantsTerminal(result)) throw result.failure;
  if (become.user !== 'root') throw result.failure;
  const second = await startOnce(access, become, 'terminal', text, nonce, awaitAnswer);
  if ('failure' in second) throw second.failure;
  return second.answer;
}

/** doas asks on a terminal alone, and what swarm does for a terminal works for root alone. */
function chooseMode({ becomePassword }: ShellAccess, become: Become | undefined): BecomeMode {
  if (becomePassword === undefined) return 'quiet';
  if (become?.method !== 'doas') return 'answer';
  return become.user === 'root' ? 'terminal' : 'quiet';
}

type StartResult<T> = { readonly answer: T } | { readonly failure: unknown; readonly printed: string };

/** sudo with requiretty, older su. The word stays the same in most languages. */
const wantsTerminal = ({ printed }: { readonly printed: string }): boolean => /\btty\b|terminal/i.test(printed);

async function startOnce<T>(
  access: ShellAccess,
  become: Become | undefined,
  mode: BecomeMode,
  text: string,
  nonce: string,
  awaitAnswer: AwaitAnswer<T>,
): Promise<StartResult<T>> {
  const { transport, becomePassword, timeouts } = access;
  const start = buildShellStart(become, mode, text, nonce);
  const process = await transport.startProcess(start.argv);
  let fail: (error: unknown) => void = () => undefined;
  const failed = new Promise<never>((_, reject) => {
    fail = reject;
  });
  failed.catch(() => undefined);
  let prompts = 0;
  const watch = watchStart(process, start, (asked) => {
    if (become === undefined) return;
    if (prompts++ > 0) return fail(passwordRefusedError(become, watch.lastLine()));
    if (becomePassword === undefined) return fail(asksPasswordError(become, asked));
    becomePassword().then((password) => void process.stdin.write(`${password.reveal()}\n`), fail);
  });
  const limit = become === undefined ? timeouts.shell : timeouts.become;
  let late = false;
  let probePid: string | undefined;
  const timer = setTimeout(async () => {
    late = true;
    if (become !== undefined) return fail(becomeSilentError(become, limit, watch.lastLine()));
    probePid = readProbePid(watch.text(), nonce);
    const cause = watch.lostOutput(nonce) ?? (probePid === undefined ? await nameSilence(process) : 'reads');
    fail(shellSilentError(limit, watch.lastLine(), cause));
  }, limit);
  try {
    const answer = await Promise.race([awaitAnswer(process, watch, start.mark !== undefined), failed]);
    // what answers only to the line of isReplacedShell would keep each further shell waiting as long
    return late ? await failed : { answer };
  } catch (thrown) {
    // a start-up file that reads takes the line of isReplacedShell for its answer, and goes on or ends
    const error = late && become === undefined && !isNamed(thrown) ? shellSilentError(limit, watch.lastLine(), 'replaced') : thrown;
    const named = await nameFailure(error, process, watch, become, prompts > 0);
    process.end();
    if (probePid !== undefined) await endProbe(transport, probePid);
    return { failure: become === undefined ? named : await addMethods(access, named, become), printed: watch.text() };
  } finally {
    clearTimeout(timer);
    watch.stop();
  }
}

const nameSilence = async (process: RemoteProcess): Promise<SilenceCause> => ((await isReplacedShell(process)) ? 'replaced' : 'hangs');

const isNamed = (error: unknown): boolean => error instanceof SwarmError && error.code === 'SW2006' && error.hint !== undefined;

/** A shell that ends before it has answered was refused (by sudo, for example): that is not a lost connection. */
async function nameFailure(
  error: unknown,
  process: RemoteProcess,
  watch: StartWatch,
  become: Become | undefined,
  answered: boolean,
): Promise<unknown> {
  const code = error instanceof SwarmError ? error.code : undefined;
  if (code === 'SW6001') return shellNoiseError(watch.lastLine());
  if (code !== 'SW2005' && code !== 'SW2006') return error;
  if (isNamed(error)) return error;
  const exit = await process.done.catch(() => undefined);
  if (exit === undefined) return error;
  if (become === undefined) return shellRefusedError(watch.lastLine() || `exit ${exit}`);
  const why = readProgramWords(become, watch.text()) || watch.lastLine() || `exit ${exit}`;
  return answered ? passwordRefusedError(become, why) : becomeFailedError(become, why);
}

/** Names the methods that the host has, where the one that was tried does not work. */
async function addMethods({ transport }: ShellAccess, error: unknown, become: Become): Promise<unknown> {
  if (!(error instanceof SwarmError) || error.code !== 'SW2009' || lacksUser(error)) return error;
  const others = (await findBecomeMethods(transport)).filter((method) => method !== become.method);
  if (others.length === 0) return error;
  return new SwarmError(error.code, error.message, {
    hint: `${error.hint ?? ''} The host also has ${others.join(' and ')}: write become_method: ${others[0]} for it in the inventory.`.trim(),
    cause: error.cause,
  });
}
