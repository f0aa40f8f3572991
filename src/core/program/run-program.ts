import { join } from 'node:path';
import { MessageChannel, type MessagePort, receiveMessageOnPort, SHARE_ENV, Worker } from 'node:worker_threads';
import { codeRoot } from './package-root.ts';
import type { ProgramLimits, ProgramResult } from './spawn-failure.ts';

/** So long after the end of a program its output must be silent. A process that it left behind may hold it open for ever. */
const QUIET_MS = 300;

/** What the thread may need beside the time of the program. */
const SLACK_MS = 30_000;

interface Runner {
  readonly port: MessagePort;
  /** 1: the answer is there. */
  readonly state: Int32Array;
}

let runner: Runner | undefined;

/** Runs a program of this machine to its end and keeps what it prints. One that takes too long or prints too much is killed, as it may ignore
 *  a signal that asks. What it started and left behind is not waited for. */
export function runProgram(
  [program, ...args]: readonly [string, ...string[]],
  cwd: string,
  { timeMs, bytes }: ProgramLimits,
): ProgramResult {
  runner ??= startRunner();
  const { port, state } = runner;
  Atomics.store(state, 0, 0);
  port.postMessage({ program, args, cwd, timeMs, bytes, quietMs: QUIET_MS });
  Atomics.wait(state, 0, 0, timeMs + SLACK_MS);
  const answer = receiveMessageOnPort(port) as { readonly message: ProgramResult } | undefined;
  if (answer !== undefined) return answer.message;
  runner = undefined; // its late answer would be taken for the one of the next program
  return { stdout: '', stderr: '', status: null, signal: null, code: 'ETIMEDOUT', message: 'ETIMEDOUT' };
}

function startRunner(): Runner {
  const { port1, port2 } = new MessageChannel();
  const state = new Int32Array(new SharedArrayBuffer(4));
  const file = join(codeRoot(), 'src/core/program/program-worker.cjs');
  const worker = new Worker(file, { env: SHARE_ENV, workerData: { port: port2, state }, transferList: [port2] });
  worker.unref();
  port1.unref();
  return { port: port1, state };
}
