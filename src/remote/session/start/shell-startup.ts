import { SwarmError } from '../../../core/error/swarm-error.ts';
import type { Become } from '../../../core/inventory/login.ts';
import { buildProbeScript, PROBE_LIMIT, type ProbeResult, readProbe } from '../../identity/probe.ts';
import type { RemoteProcess } from '../../transport/transport.ts';
import type { ShellSession } from '../open-sessions.ts';
import { endMarker, newNonce, openSession, type Session, type SessionResult } from '../session.ts';
import { escapePieces } from '../shell-text.ts';
import { awaitSoleOutput } from './sole-output.ts';
import { type ShellAccess, startAnswering } from './start-answering.ts';
import type { StartWatch } from './start-watch.ts';

/** A shell over a transport whose machine is proven. Throws SW2005, SW2006, SW2009. */
export async function openShellSession(access: ShellAccess, become: Become | undefined): Promise<ShellSession> {
  const nonce = newNonce();
  const { session, result } = await startShell(access, become, 'echo $$', nonce);
  return { session, pid: Number(/(\d+)\n$/.exec(result.stdout.toString('latin1'))?.[1]) };
}

/** A shell and the result of its probe. The text of the probe goes with the request for the shell, so it costs no round trip of its own.
 *  Throws SW2006 for an invalid answer. */
export async function openProbedSession(
  access: ShellAccess,
  become: Become | undefined,
): Promise<{ readonly shell: ShellSession; readonly probe: ProbeResult }> {
  const nonce = newNonce();
  const { session, result } = await startShell(access, become, buildProbeScript(nonce), nonce);
  const probe = readProbe(result.stdout.toString('latin1'), nonce);
  return { shell: { session, pid: probe.pid }, probe };
}

/** A process of its own. What start-up files printed before it is removed. */
export interface StartedProcess {
  readonly process: RemoteProcess;
  /** The process id on the host. */
  readonly pid: number;
}

/** Variables that change what programs take for an option, or how they print: no command that swarm sends reads them as it must. */
const ODD_VARIABLES =
  'POSIXLY_CORRECT CDPATH TAR_OPTIONS GREP_OPTIONS BLOCK_SIZE BLOCKSIZE DF_BLOCK_SIZE DU_BLOCK_SIZE LS_BLOCK_SIZE QUOTING_STYLE TIME_STYLE';
/** What a start-up file may have exported in SHELLOPTS ends no shell of swarm. The PATH of an ordinary login, and of su, often has no
 *  folder of the programs of root: useradd, modprobe and others would be missing. */
const PREPARE_SHELL = `set +eufxC;unset ${ODD_VARIABLES};case :$PATH: in ::|*:/usr/sbin:*);;*)PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin;;esac`;
/** Free of single quotes, so that any login shell hands it on. What is to be done is on the first lines of stdin, up to an empty one: no
 *  argument list shows it, and `read` takes not a byte more than the lines. The dot keeps a line break at the end of a piece. */
const RUN_FIRST_LINES = `t=;while IFS= read -r l&&[ "$l" ];do t=$t$(printf "$l.");t=\${t%.};done;eval "$t"`;

/** A process that runs the shell text; the caller owns its streams. Throws SW2005, SW2006, SW2009. */
export async function startRemoteProcess(access: ShellAccess, become: Become | undefined, text: string): Promise<StartedProcess> {
  const nonce = newNonce();
  const pieces = escapePieces(Buffer.from(text)).map((piece) => `${piece.replaceAll('\n', '\\012')}\n`);
  const firstLines = `${pieces.join('')}\n`;
  const start = [PREPARE_SHELL, awaitSoleOutput(access.leftBehind, become).text, `echo ${nonce} $$`, RUN_FIRST_LINES]
    .filter(Boolean)
    .join(';');
  return startAnswering(access, become, start, nonce, async (process, watch, mayAsk) => {
    if (!mayAsk) process.stdin.write(firstLines);
    const pid = Number(await readMarkerLine(process, nonce, watch));
    if (mayAsk) process.stdin.write(firstLines); // before that a prompt would have taken it for its answer
    return { process, pid };
  });
}

interface StartedShell {
  readonly session: Session;
  readonly result: SessionResult;
}

function startShell(access: ShellAccess, become: Become | undefined, text: string, nonce: string): Promise<StartedShell> {
  const alone = awaitSoleOutput(access.leftBehind, become);
  const start = [PREPARE_SHELL, alone.text, text, endMarker(nonce), 'exec sh +eufxC'].filter(Boolean).join(';');
  return startAnswering(access, become, start, nonce, async (process, watch) => {
    const session = openSession(process);
    process.stdout.on('data', watch.addStdout); // with the nonce at the end
    try {
      const result = await session.awaitResult(nonce, { limit: PROBE_LIMIT });
      alone.learn(result.stdout.toString('latin1'));
      return { session, result };
    } finally {
      process.stdout.off('data', watch.addStdout);
    }
  });
}

/** Reads stdout up to the line that begins with the nonce, and gives the rest of that line; what follows stays in the stream. */
export function readMarkerLine({ stdout, done }: RemoteProcess, nonce: string, watch?: StartWatch): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = Buffer.alloc(0);
    const settle = (act: () => void): void => {
      stdout.off('readable', read);
      act();
    };
    const read = (): void => {
      for (let chunk = stdout.read(); chunk !== null; chunk = stdout.read()) {
        const bytes = chunk as unknown as Buffer;
        watch?.addStdout(bytes);
        received = Buffer.concat([received, bytes]);
        const at = received.indexOf(nonce);
        const end = at === -1 ? -1 : received.indexOf('\n', at);
        if (end !== -1) {
          if (end + 1 < received.length) stdout.unshift(received.subarray(end + 1) as never);
          settle(() => resolve(received.toString('latin1', at + nonce.length, end).trim()));
          return;
        }
        if (received.length > PROBE_LIMIT) {
          settle(() => reject(new SwarmError('SW6001', 'the host prints too much before its shell starts', {})));
          return;
        }
      }
    };
    stdout.on('readable', read);
    done.then(
      (exit) => settle(() => reject(new SwarmError('SW2006', `the shell did not start (exit ${exit})`, {}))),
      (error) => settle(() => reject(error)),
    );
  });
}
