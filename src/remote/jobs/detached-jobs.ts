import { createHash, randomBytes } from 'node:crypto';
import type { Command, Connection } from '../../core/connection.ts';
import { SwarmError } from '../../core/error/swarm-error.ts';
import type { JobId, JobStatus, Jobs } from '../../core/job.ts';
import { debugLog } from '../../core/program/debug-log.ts';
import { readProgram } from '../../core/program/package-root.ts';
import { findMissingProgram, lackingProgramError } from '../session/lacking-programs.ts';
import { toExecCommand, toPrintfCommand } from '../session/shell-text.ts';
import { stateFolderError } from '../session/state-folder.ts';

type JobConnection = Pick<Connection, 'exec' | 'open' | 'host'>;
const CANCEL_GRACE_MS = 20_000;
/** Characters of the follower's last words; the one that counts is the last line. */
const NOTES_KEPT = 4096;

const FOLDER = 'src/remote/jobs';
type JobProgram = 'start-job' | 'job-status' | 'follow-job' | 'read-job-log' | 'cancel-job' | 'forget-job' | 'list-jobs';

const programArgv = (program: JobProgram, ...args: readonly string[]): Command['argv'] => [
  'sh',
  '-c',
  readProgram(`${FOLDER}/${program}.sh`),
  'swarm',
  ...args,
];

/** Detached work on the host of a proven connection. Needs `setsid` and `flock` on the host. Every call throws SW2005 when the connection
 *  is lost: the job goes on, and openHostJobs of the next connection finds it. */
export function openHostJobs(connection: JobConnection, signal: AbortSignal): Jobs {
  const run = (program: JobProgram, id: JobId, args: readonly string[] = [], stdin?: Uint8Array): Promise<string> =>
    execJobCommand(
      connection,
      signal,
      { argv: programArgv(program, jobFolderName(id), ...args), ...(stdin === undefined ? {} : { stdin }) },
      id,
    );

  return {
    start: async (id, command) => {
      const args = [readProgram(`${FOLDER}/job-wrapper.sh`), randomBytes(16).toString('hex')];
      const reply = await run('start-job', id, args, Buffer.from(buildRunScript(command)));
      debugLog('jobs', connection.host.name, () => `${id}: ${reply === 'attached' ? 'attached' : 'started'}`);
      return reply === 'attached' ? 'attached' : 'started';
    },
    follow: (id, fromByte) => {
      debugLog('jobs', connection.host.name, () => `${id}: following the log from byte ${fromByte}`);
      return followLog(connection, signal, id, fromByte);
    },
    status: async (id) => readStatus(await run('job-status', id), connection),
    cancel: async (id, graceMs = CANCEL_GRACE_MS) => {
      const left = await run('cancel-job', id, [String(Math.ceil(graceMs / 100))]);
      if (left !== '') throw new SwarmError('SW6001', `processes of job ${id} do not end: ${left}`, { host: connection.host.name });
    },
    forget: async (id) => {
      await run('forget-job', id);
    },
  };
}

/** Every job on the host that was begun and not forgotten. */
export async function listHostJobs(connection: JobConnection, signal: AbortSignal): Promise<readonly JobId[]> {
  const text = await execJobCommand(connection, signal, { argv: programArgv('list-jobs') });
  return text === '' ? [] : text.split('\n').flatMap(decodeFolderName);
}

/** The id of a job by its folder; none for a folder that swarm did not make. */
function decodeFolderName(name: string): readonly JobId[] {
  try {
    return [decodeURIComponent(name)];
  } catch {
    return [];
  }
}

/** A name that is one path component, for any id; a very long one is cut, and stays unique. */
function jobFolderName(id: JobId): string {
  const name = id.replace(/[^A-Za-z0-9_.+@=:-]|^[.-]/g, (char) =>
    encodeURIComponent(char).replace(/^[^%]/, (plain) => `%${plain.charCodeAt(0).toString(16)}`),
  );
  if (id === '' || id.includes('\0')) throw new SwarmError('SW5000', `not a valid name of a job: ${JSON.stringify(id)}`);
  return name.length <= 200 ? name : `${name.slice(0, 150)}-${createHash('sha256').update(id).digest('hex').slice(0, 40)}`;
}

/** The text goes over stdin, because it may have secrets. It is removed from the disk before the command starts. */
function buildRunScript({ stdin, timeoutMs, ...command }: Command): string {
  const limit = timeoutMs === undefined ? [] : ['timeout', '-k', '20', String(timeoutMs / 1000)];
  const [program, ...args] = [...limit, ...command.argv];
  const input = stdin === undefined ? '' : `${toPrintfCommand(stdin)} >stdin && exec <stdin && rm -f stdin\n`;
  return `rm -f run\n${input}${toExecCommand({ ...command, argv: [program ?? '', ...args] })}\n`;
}

async function execJobCommand({ exec, host }: JobConnection, signal: AbortSignal, command: Command, id?: JobId): Promise<string> {
  const { exit, stdout, stderr } = await exec(command, signal);
  if (exit === 0) return stdout.trim();
  const errorFields = { host: host.name, ...(stderr === '' ? {} : { detail: stderr.trim() }) };
  if (exit === 75)
    throw new SwarmError('SW3006', `job ${id} is still running`, {
      ...errorFields,
      hint: `Wait until it ends, or cancel its run: swarm runs cancel ${id?.split('-')[0]}`,
    });
  const missing = findMissingProgram(stderr);
  if (missing !== undefined || exit === 74 || exit === 127) {
    const program = missing ?? 'flock';
    throw lackingProgramError(program, `the host has no ${program}, which jobs need`).with(errorFields);
  }
  throw stateFolderError('jobs', stderr).with({ host: host.name });
}

function readStatus(text: string, { host }: JobConnection): JobStatus {
  const [state, ...rest] = text.split(/\s+/);
  if (state === 'absent') return { state };
  const bytes = Number(rest.at(-1));
  if (state === 'running') return { state, bytes };
  if (state === 'exited') return { state, exit: Number(rest[0]), bytes };
  if (state === 'died') return { state, bytes, rebooted: rest[0] === 'yes' };
  throw new SwarmError('SW2006', `the host printed something else than the status of a job: ${text}`, { host: host.name });
}

type LogChunk = { readonly offset: number; readonly bytes: Uint8Array };

async function* followLog(
  connection: JobConnection,
  signal: AbortSignal,
  id: JobId,
  fromByte: number,
): AsyncGenerator<LogChunk, void, void> {
  let offset = fromByte;
  const streamLog = async function* (program: JobProgram, ...args: readonly string[]): AsyncGenerator<LogChunk, string, void> {
    const { stdin, stdout, stderr, done } = await connection.open({ argv: programArgv(program, jobFolderName(id), ...args) }, signal);
    let notes = '';
    stdin.on('error', () => undefined); // the follower has ended: `done` has the reason
    stderr.on('data', (bytes: Buffer) => {
      notes = (notes + bytes.toString('latin1')).slice(-NOTES_KEPT);
    });
    done.catch(() => undefined); // awaited below, unless the reader leaves
    try {
      for await (const bytes of stdout as AsyncIterable<Buffer>) {
        yield { offset, bytes };
        offset += bytes.length;
      }
      if ((await done) === 44) throw new SwarmError('SW6010', `there is no job ${id}`, { host: connection.host.name });
      return notes;
    } finally {
      stdin.end(); // the follower on the host ends with its stdin
    }
  };
  const end = Number(/^end +(\d+)$/m.exec(yield* streamLog('follow-job', String(offset + 1)))?.[1] ?? Number.NaN);
  if (Number.isNaN(end)) throw new SwarmError('SW2005', `the log of job ${id} ended before the job did`, { host: connection.host.name });
  // the follower is stopped when the job ends, maybe before it has read the last lines
  if (end > offset) yield* streamLog('read-job-log', String(offset + 1), String(end - offset));
}
