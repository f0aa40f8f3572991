import type { Command, Connection, ExecResult, Facts, Tunnel } from '../../src/core/connection.ts';
import { SwarmError } from '../../src/core/error/swarm-error.ts';
import type { Host } from '../../src/core/inventory/host.ts';
import type { HostName } from '../../src/core/inventory/host-name.ts';
import type { Become } from '../../src/core/inventory/login.ts';
import type { JobStatus, Jobs } from '../../src/core/job.ts';

const BOOT_ID = '/proc/sys/kernel/random/boot_id';

interface Job {
  readonly command: Command;
  output: string;
  status: JobStatus['state'];
  exit: number;
  /** Rings when something was added. */
  waiters: (() => void)[];
}

/** A machine in memory: files, jobs that outlive connections, and links that can be cut. */
export class Machine {
  readonly host: Host;
  readonly files = new Map<string, string>();
  readonly jobs = new Map<string, Job>();
  /** What was done to it, in order: writes and commands that were not queries. */
  readonly done: string[] = [];
  readonly looked: string[] = [];
  readonly rights: (Become | undefined)[] = [];
  readonly exposed: number[] = [];
  /** Errors of the next connects; `undefined` in the list lets one through. */
  readonly refusals: (SwarmError | undefined)[] = [];
  connects = 0;
  bootId: string;
  machineId: string;
  /** Answers commands; the default prints nothing and ends with 0. May throw, or cut the link. */
  program: (command: Command, machine: Machine) => Partial<ExecResult> | Promise<Partial<ExecResult>> = () => ({});
  /** Called when a job starts; ends it by `finish`. */
  onJob: (id: string, machine: Machine) => void = (id, machine) => machine.finish(id, 0);
  #links = new Set<(error: Error) => void>();

  constructor(host: Host) {
    this.host = host;
    this.machineId = `id-of-${host.name}`;
    this.bootId = `boot-of-${host.name}`;
  }

  /** Cuts every connection. */
  cut(): void {
    for (const cut of [...this.#links]) cut(lost(this.host.name));
  }

  write(id: string, text: string): void {
    const job = this.jobs.get(id);
    if (job === undefined) throw new Error(`no job ${id}`);
    job.output += text;
    for (const ring of job.waiters.splice(0)) ring();
  }

  finish(id: string, exit: number): void {
    const job = this.jobs.get(id);
    if (job === undefined) throw new Error(`no job ${id}`);
    job.status = 'exited';
    job.exit = exit;
    for (const ring of job.waiters.splice(0)) ring();
  }

  async connect(signal: AbortSignal): Promise<Connection> {
    this.connects += 1;
    signal.throwIfAborted();
    const refusal = this.refusals.shift();
    if (refusal !== undefined) throw refusal;
    let open = true;
    let settle: (error: Error | undefined) => void = () => {};
    const closed = new Promise<Error | undefined>((resolve) => {
      settle = resolve;
    });
    const waiting = new Set<(error: Error) => void>();
    const cut = (error: Error | undefined): void => {
      open = false;
      this.#links.delete(cut);
      settle(error);
      for (const fail of waiting) fail(error ?? lost(this.host.name));
    };
    this.#links.add(cut);
    /** Fails with the link, before or while it works. */
    const over = async <T>(work: () => T | Promise<T>): Promise<T> => {
      if (!open) throw lost(this.host.name);
      // not a race with `closed`: it would keep every operation until the link ends
      let fail: (error: Error) => void = () => {};
      const cutOff = new Promise<never>((_, reject) => {
        fail = reject;
      });
      waiting.add(fail);
      try {
        const result = await Promise.race([cutOff, Promise.resolve().then(work)]);
        if (!open) throw lost(this.host.name);
        return result;
      } finally {
        waiting.delete(fail);
      }
    };
    const withRights = (become: Become | undefined): Connection => ({
      host: this.host,
      route: this.host.routes[0],
      proof: {
        machineId: this.machineId,
        bootId: this.bootId,
        initStart: '1',
        hostKey: { type: 'ssh-ed25519', blob: keyOf(this.host.name) },
      },
      facts: factsOf(this.host),
      closed,
      exec: (command) =>
        over(async () => {
          this.rights.push(become);
          const { exit = 0, stdout = '', stderr = '' } = await this.program(command, this);
          return { exit, stdout, stderr, ms: 1 };
        }),
      read: (path) =>
        over(() => {
          this.looked.push(path);
          const text = path === BOOT_ID ? `${this.bootId}\n` : this.files.get(path);
          return text === undefined ? undefined : new TextEncoder().encode(text);
        }),
      write: (path, content) =>
        over(() => {
          this.done.push(`write ${path}`);
          this.files.set(path, new TextDecoder().decode(content));
        }),
      open: () => Promise.reject(new Error('no streams here')),
      expose: (port, _signal, at) =>
        over((): Tunnel => {
          this.exposed.push(at ?? port);
          return { port: at ?? 40_000 + port, [Symbol.asyncDispose]: async () => {} };
        }),
      withBecome: (become2) => withRights(become2),
      [Symbol.asyncDispose]: async () => cut(undefined),
    });
    return withRights(undefined);
  }

  /** As remote/jobs.ts, over a connection of this machine. */
  jobsOver(connection: Connection): Jobs {
    const alive = (): Promise<unknown> => connection.read('/dev/null', new AbortController().signal);
    const statusOf = (id: string): JobStatus => {
      const job = this.jobs.get(id);
      if (job === undefined) return { state: 'absent' };
      if (job.status === 'exited') return { state: 'exited', exit: job.exit, bytes: job.output.length };
      return { state: 'running', bytes: job.output.length };
    };
    return {
      start: async (id, command) => {
        await alive();
        if (this.jobs.has(id)) return 'attached';
        this.jobs.set(id, { command, output: '', status: 'running', exit: 0, waiters: [] });
        this.done.push(`job ${id}`);
        this.onJob(id, this);
        return 'started';
      },
      follow: (id, from) => this.#follow(id, from, connection, alive),
      status: async (id) => {
        await alive();
        return statusOf(id);
      },
      cancel: async (id) => {
        await alive();
        this.finish(id, 143);
      },
      forget: async (id) => {
        await alive();
        this.jobs.delete(id);
      },
    };
  }

  async *#follow(id: string, from: number, connection: Connection, alive: () => Promise<unknown>) {
    for (let at = from; ; ) {
      await alive();
      const job = this.jobs.get(id);
      if (job === undefined) return;
      const rest = job.output.slice(at);
      if (rest !== '') {
        yield { offset: at, bytes: new TextEncoder().encode(rest) };
        at += rest.length;
      } else if (job.status === 'exited') {
        return;
      } else {
        const more = new Promise<void>((resolve) => job.waiters.push(resolve));
        await Promise.race([more, connection.closed]);
      }
    }
  }
}

export const lost = (host: string): SwarmError => new SwarmError('SW2005', 'the connection broke', { host });
export const silent = (host: string): SwarmError => new SwarmError('SW2001', 'no route answers', { host });

export const keyOf = (name: string): string => Buffer.from(`key of ${name}`).toString('base64');

const factsOf = (host: Host): Facts => ({
  hostname: host.name,
  kernel: '6.12',
  arch: 'x86_64',
  cores: host.cores ?? 4,
  memory: 2 ** 33,
  init: 'openrc',
  distribution: 'gentoo',
  user: host.login.user,
  home: '/root',
});

/** A host of an inventory in memory. */
export function hostNamed(name: string, fields: Partial<Host> = {}): Host {
  return {
    name: name as HostName,
    groups: ['drones'],
    routes: [{ kind: 'local', address: name, port: 22 }],
    login: { user: 'root', keys: [] },
    identity: { hostKeys: [{ type: 'ssh-ed25519', blob: keyOf(name) }], machineId: `id-of-${name}` },
    protected: false,
    vars: {},
    ...fields,
  };
}
