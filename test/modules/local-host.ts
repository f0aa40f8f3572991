import { spawn } from 'node:child_process';
import { chmod, mkdir, open, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { defaultTarget } from '../../src/core/inventory/target.ts';
import type { ExecResult, Facts, Host, HostName, JobStatus, Jobs, Notice, Remote, RunPaths, Vars } from '../../src/index.ts';
import { SwarmError } from '../../src/index.ts';

type Command = Parameters<Remote['exec']>[0];

export interface LocalHost extends Remote {
  /** Every command that ran, as `query` or `exec` and its words. */
  readonly ran: readonly { readonly how: 'query' | 'exec' | 'read' | 'write' | 'open'; readonly argv: readonly string[] }[];
  readonly notices: readonly Notice[];
}

export interface LocalHostOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Words before every command: `enter` of a root in a name space. */
  readonly commandPrefix?: readonly string[];
  /** What runs in the place of /bin/sh. */
  readonly shell?: string;
  readonly facts?: Partial<Facts>;
  readonly place?: Partial<RunPaths>;
  readonly vars?: Vars;
  readonly jobId?: string;
  readonly name?: string;
  readonly others?: Readonly<Record<string, () => Remote>>;
  /** Called in place of a new connection; may throw. */
  readonly onReconnect?: () => void | Promise<void>;
  /** Wraps every opened stream: the way to cut one in the middle. */
  readonly onOpen?: (bytes: NodeJS.ReadableStream) => NodeJS.ReadableStream;
}

/** A host that is this machine, below a folder of the test: real commands, real files, no wire. */
export function createLocalHost(dir: string, options: LocalHostOptions = {}): LocalHost {
  const ran: { how: 'query' | 'exec' | 'read' | 'write' | 'open'; argv: readonly string[] }[] = [];
  const told: Notice[] = [];
  const abort = new AbortController();
  const start = ({ argv, cwd, env }: Command) => {
    const [first, ...rest] = argv;
    const own = first === '/bin/sh' && options.shell !== undefined ? options.shell : first;
    const [program = '', ...words] = [...(options.commandPrefix ?? []), own, ...rest];
    const plain = Object.fromEntries(
      Object.entries(env ?? {}).map(([key, value]) => [key, typeof value === 'string' ? value : value.reveal()]),
    );
    return spawn(program, words, { cwd: cwd ?? dir, env: { PATH: process.env['PATH'] ?? '', HOME: dir, ...options.env, ...plain } });
  };
  const execute = async (command: Command): Promise<ExecResult> => {
    const child = start(command);
    child.stdin.on('error', () => undefined);
    child.stdin.end(command.stdin ?? '');
    const texts = Promise.all([text(child.stdout), text(child.stderr)]);
    const exit = await ended(child);
    const [stdout, stderr] = await texts;
    return { exit, stdout, stderr, ms: 0 };
  };
  const host: Host = {
    name: (options.name ?? 'drone') as HostName,
    groups: ['drones'],
    routes: [{ kind: 'here' }],
    login: { user: 'root', keys: [] },
    protected: false,
    vars: options.vars ?? {},
  };
  const place: RunPaths = {
    project: dir,
    run: 'run1',
    staging: join(dir, 'staging'),
    binhost: { path: join(dir, 'binhost') },
    targets: [defaultTarget({ path: join(dir, 'binhost') })],
    files: [join(dir, 'files')],
    templates: [join(dir, 'templates')],
    ...options.place,
  };
  const localRemote: LocalHost = {
    ran,
    notices: told,
    host,
    paths: place,
    jobId: options.jobId ?? 'run1.item.drone.1',
    resultIsUsed: true,
    check: false,
    signal: abort.signal,
    facts: {
      hostname: 'drone',
      kernel: 'Linux',
      arch: 'x86_64',
      cores: 2,
      memory: 2 ** 31,
      init: 'other',
      distribution: 'gentoo',
      user: 'root',
      home: dir,
      ...options.facts,
    },
    read: async (path) => {
      ran.push({ how: 'read', argv: [path] });
      return readFile(path).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return undefined;
        throw error;
      });
    },
    query: (command) => {
      ran.push({ how: 'query', argv: command.argv });
      return execute(command);
    },
    exec: (command) => {
      ran.push({ how: 'exec', argv: command.argv });
      return execute(command);
    },
    write: async (path, content, meta) => {
      ran.push({ how: 'write', argv: [path] });
      await writeFile(`${path}.new`, content);
      if (meta?.mode) await chmod(`${path}.new`, Number.parseInt(meta.mode, 8));
      await rename(`${path}.new`, path);
    },
    open: async (command) => {
      ran.push({ how: 'open', argv: command.argv });
      const child = start(command);
      const stdout = options.onOpen?.(child.stdout) ?? child.stdout;
      return { stdin: child.stdin, stdout, stderr: child.stderr, done: ended(child) };
    },
    render: (template) => template.replace(/\{\{\s*(\w+)\s*\}\}/g, (_, name: string) => String(options.vars?.[name])),
    emit: (notice) => void told.push(notice),
    expose: (port, at) => tunnel(port, at),
    reconnect: async () => options.onReconnect?.(),
    jobs: openLocalJobs(join(dir, 'jobs'), start),
    onHost: async (name) => {
      const other = options.others?.[name];
      if (!other) throw new SwarmError('SW1203', `no host ${name}`);
      return other();
    },
  };
  return localRemote;
}

/** Runs a module's generator to its end; `check` applies nothing. */
export async function driveModule<Change extends { apply(remote: Remote): Promise<void> }, Out>(
  run: AsyncGenerator<Change, Out, void>,
  remote: Remote,
  check = false,
): Promise<{ readonly changes: readonly Change[]; readonly result: Out }> {
  const changes: Change[] = [];
  for (;;) {
    const step = await run.next();
    if (step.done) return { changes, result: step.value };
    changes.push(step.value);
    if (!check) await step.value.apply(remote);
  }
}

const text = async (stream: NodeJS.ReadableStream): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
};

const ended = (child: ReturnType<typeof spawn>): Promise<number> =>
  new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 137));
  });

async function tunnel(port: number, at = 0) {
  const server = createServer((socket) => {
    const far = connect(port, '127.0.0.1');
    socket.on('error', () => far.destroy());
    far.on('error', () => socket.destroy());
    socket.pipe(far).pipe(socket);
  });
  await new Promise<void>((resolve, reject) => {
    server.on('error', reject);
    server.listen(at, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as { port: number }).port,
    [Symbol.asyncDispose]: async () => {
      server.close();
    },
  };
}

/** Jobs as files in a folder: log and result, as on a host. */
function openLocalJobs(dir: string, start: (command: Command) => ReturnType<typeof spawn>): Jobs {
  const of = (id: string) => ({ dir: join(dir, id), log: join(dir, id, 'log'), result: join(dir, id, 'result') });
  const status = async (id: string): Promise<JobStatus> => {
    const { log, result } = of(id);
    const exit = await readFile(result, 'utf8').catch(() => undefined);
    const bytes = await stat(log).catch(() => undefined);
    if (!bytes) return { state: 'absent' };
    return exit === undefined ? { state: 'running', bytes: bytes.size } : { state: 'exited', exit: Number(exit), bytes: bytes.size };
  };
  return {
    status,
    start: async (id, command) => {
      if ((await status(id)).state !== 'absent') return 'attached';
      const job = of(id);
      await mkdir(job.dir, { recursive: true });
      const log = await open(job.log, 'w');
      const child = start(command);
      child.stdin?.end();
      child.stdout?.on('data', (chunk) => void log.appendFile(chunk));
      child.stderr?.on('data', (chunk) => void log.appendFile(chunk));
      void ended(child).then(async (exit) => {
        await log.close();
        await writeFile(`${job.result}.new`, String(exit));
        await rename(`${job.result}.new`, job.result);
      });
      return 'started';
    },
    follow: async function* (id, fromByte) {
      const job = of(id);
      let offset = fromByte;
      for (;;) {
        const { state } = await status(id);
        const bytes = (await readFile(job.log)).subarray(offset);
        if (bytes.length > 0) yield { offset, bytes };
        offset += bytes.length;
        if (state !== 'running') return;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    cancel: async () => undefined,
    forget: async () => undefined,
  };
}

/** Bytes that end after so many of them, as when a link breaks. */
export async function* cutAfter(stream: NodeJS.ReadableStream, bytes: number): AsyncGenerator<Buffer, void, void> {
  let left = bytes;
  for await (const chunk of Readable.from(stream)) {
    const part = Buffer.from(chunk).subarray(0, left);
    left -= part.length;
    yield part;
    if (left === 0) return;
  }
}
