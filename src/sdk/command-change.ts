import { type Change, type Command, type ExecResult, type Json, type Probe, type Remote, SwarmError, z } from '../index.ts';
import { look } from './path-stat.ts';

/** The args that command and shell share. */
export const execution = {
  chdir: z.string().min(1).optional().describe('Folder of the host to run in'),
  creates: z.string().min(1).optional().describe('Not run where this path is already there'),
  removes: z.string().min(1).optional().describe('Not run where this path is already gone'),
  stdin: z.string().optional(),
};

export interface Execution {
  readonly argv: readonly [string, ...string[]];
  readonly subject: string;
  readonly chdir?: string | undefined;
  readonly creates?: string | undefined;
  readonly removes?: string | undefined;
  readonly stdin?: string | undefined;
}

/** Runs a command as a change. Throws SW6001 on another exit than 0, with the result as the error's cause, for failed_when. */
export async function* execute(probe: Probe, wanted: Execution): AsyncGenerator<Change, Json, void> {
  const reason = await settled(probe, wanted);
  if (reason !== undefined)
    return { rc: 0, stdout: '', stderr: '', stdout_lines: [], stderr_lines: [], cmd: [...wanted.argv], skipped_because: reason };
  let result: ExecResult = { exit: 0, stdout: '', stderr: '', ms: 0 };
  yield {
    verb: 'run',
    subject: wanted.subject,
    apply: async (remote) => {
      result = await told(remote, commandOf(wanted));
    },
  };
  const registered = register(wanted, result);
  if (result.exit === 0) return registered;
  throw new SwarmError('SW6001', `${wanted.subject.split('\n')[0]} ended with exit status ${result.exit}`, {
    detail: tail(result.stderr) || tail(result.stdout),
    cause: registered,
  });
}

const TELL_MS = 100;

/** Runs it, and tells what it prints while it prints, a few lines at a time. */
async function told(remote: Remote, command: Command): Promise<ExecResult> {
  const waiting = { stdout: [] as string[], stderr: [] as string[] };
  const tell = (): void => {
    for (const stream of ['stdout', 'stderr'] as const) {
      const lines = waiting[stream].splice(0);
      if (lines.length > 0) remote.tell({ type: 'task.output', stream, lines });
    }
  };
  const timer = setInterval(tell, TELL_MS);
  try {
    return await remote.exec(command, (stream, line) => void waiting[stream].push(line));
  } finally {
    clearInterval(timer);
    tell();
  }
}

/** Why there is nothing to run, by creates and removes; one round trip for both. */
async function settled(probe: Probe, { creates, removes, chdir }: Execution): Promise<string | undefined> {
  if (creates === undefined && removes === undefined) return undefined;
  const place = (path: string) => (path.startsWith('/') || chdir === undefined ? path : `${chdir}/${path}`);
  const paths = [creates, removes].filter((path) => path !== undefined).map((path) => ({ path: place(path) }));
  const found = await look(probe, paths);
  if (creates !== undefined && found[0]?.type !== 'absent') return `${creates} is there`;
  if (removes !== undefined && found.at(-1)?.type === 'absent') return `${removes} is not there`;
  return undefined;
}

function commandOf({ argv, chdir, stdin }: Execution): Command {
  return {
    argv,
    ...(chdir === undefined ? {} : { cwd: chdir }),
    ...(stdin === undefined ? {} : { stdin: new TextEncoder().encode(stdin) }),
  };
}

/** Ansible's names. One line break at the end belongs to the terminal, not to the value. */
function register({ argv }: Execution, { exit, stdout, stderr, ms }: ExecResult): Json {
  const out = stdout.replace(/\n$/, '');
  const err = stderr.replace(/\n$/, '');
  return { rc: exit, stdout: out, stderr: err, stdout_lines: lines(out), stderr_lines: lines(err), cmd: [...argv], ms };
}

const lines = (text: string): readonly string[] => (text === '' ? [] : text.split('\n'));

const tail = (text: string): string => text.trimEnd().split('\n').slice(-20).join('\n');
