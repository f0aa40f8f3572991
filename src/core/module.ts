import type { z } from 'zod';
import type { Command, ExecResult, Facts, FileMeta, OnLine, Pipe, Tunnel } from './connection.ts';
import type { ErrorJson } from './error/swarm-error.ts';
import type { Host } from './inventory/host.ts';
import type { HostName } from './inventory/host-name.ts';
import type { BinhostLocation, Target } from './inventory/target.ts';
import type { Jobs } from './job.ts';
import type { Json } from './json-value.ts';
import type { FoundTree } from './tree/found-tree.ts';

/** Where the run happens, on the orchestrator. All absolute. */
export interface RunPaths {
  /** Id of the run. */
  readonly run: string;
  readonly project: string;
  /** Folder of this run's fetched files; on the binhost's file system where that is this machine. */
  readonly staging: string;
  readonly binhost: BinhostLocation;
  /** At least one. */
  readonly targets: readonly [Target, ...Target[]];
  /** Folders searched for `src:` of copy and template, first match wins. */
  readonly files: readonly string[];
  readonly templates: readonly string[];
}

/** What a module may report while it works; becomes events of its task. */
export type Notice =
  | { readonly type: 'task.progress'; readonly phase: string; readonly subject?: string; readonly done?: number; readonly total?: number }
  | { readonly type: 'task.output'; readonly stream: 'stdout' | 'stderr'; readonly lines: readonly string[]; readonly dropped?: number }
  /** A sentence for the person who started the run. */
  | { readonly type: 'run.note'; readonly text: string }
  /** A message for the people whom the inventory names in `notify:`. Told once, however many hosts send it. */
  | { readonly type: 'run.message'; readonly text: string; readonly title?: string }
  | { readonly type: 'job.started' | 'job.attached'; readonly job: string; readonly offset: number }
  | { readonly type: 'job.finished'; readonly job: string; readonly exit: number; readonly bytes: number }
  /** The reboot was requested: the boot that ends. Then: the same machine proved itself with another boot. */
  | { readonly type: 'host.rebooting'; readonly bootId: string; readonly initStart: string }
  | { readonly type: 'host.rebooted'; readonly bootId: string; readonly initStart: string; readonly ms: number }
  /** The drones of a target were asked what they would build with. */
  | {
      readonly type: 'target.examined';
      readonly target: string;
      readonly fitting: readonly string[];
      readonly unfit: readonly { readonly drone: string; readonly because: string; readonly fix: string }[];
    }
  | ({ readonly type: 'tree.found' } & FoundTree)
  | ({ readonly type: 'client.examined' } & ClientPackages)
  /** A client could not be asked, so nothing is built for it. */
  | { readonly type: 'client.failed'; readonly client: string; readonly target: string; readonly error: ErrorJson }
  | {
      readonly type: 'package.published';
      readonly cpv: string;
      readonly path: string;
      readonly size: number;
      readonly sha256: string;
      readonly generation: number;
      readonly target?: string;
    }
  /** Verified and on the binhost, but clients do not see it before there is what it needs. */
  | ({ readonly type: 'package.held' } & HeldPackageState);

/** What a client takes from the binhost of its target, and what it wants and does not get. */
export interface ClientPackages {
  readonly target: string;
  /** `from`: what was installed in its slot. */
  readonly updates: readonly { readonly cpv: string; readonly from: string | null }[];
  readonly missing: readonly { readonly cpv: string; readonly reason: string; readonly because: string }[];
}

/** A package that was built, and that clients do not see before there is what it needs. */
export interface HeldPackageState {
  readonly cpv: string;
  readonly path: string;
  readonly needs: readonly string[];
  readonly target?: string;
  /** Category and name, where this run was asked for it: the run is then not complete. */
  readonly wanted?: string;
}

/** Asks the person who started the run; `hidden`: the answer is not shown. Undefined where the run was interrupted. */
export type AskPerson = (question: string, hidden: boolean, signal: AbortSignal) => Promise<string | undefined>;

/** What a module uses to find out what differs. It cannot write. */
export interface Probe {
  readonly host: Host;
  readonly facts: Facts;
  readonly paths: RunPaths;
  /** Unique to run, item, host and attempt: the name of the job that this task may start. */
  readonly jobId: string;
  /** The playbook reads what the module returns: register, until, failed_when or changed_when. */
  readonly resultIsUsed: boolean;
  /** The run only reports what it would change: nothing that the tasks before would have done is done. */
  readonly check: boolean;
  /** Changes with `wasNeeded` may be yielded. Not in a dry run, and not where guards, handlers or later tasks depend on a change. */
  readonly takesUnsureChanges?: boolean;
  readonly signal: AbortSignal;
  read(path: string): Promise<Uint8Array | undefined>;
  /** Runs a command that only reads. */
  query(command: Command): Promise<ExecResult>;
  /** Renders template text with the variables of the task; `file` is named in errors. */
  render(text: string, file: string): string;
  emit(notice: Notice): void;
  /** Left out where there is no terminal to ask on. */
  readonly ask?: AskPerson;
  /** A probe of another host of the inventory (`localhost` is this machine), proved like any. */
  onHost(host: HostName): Promise<Probe>;
}

/** Handed to `Change.apply` only. */
export interface Remote extends Probe {
  /** `onLine` hears each line as the host prints it. */
  exec(command: Command, onLine?: OnLine): Promise<ExecResult>;
  /** A text is written as UTF-8. */
  write(path: string, content: Uint8Array | string, meta?: FileMeta): Promise<void>;
  open(command: Command): Promise<Pipe>;
  expose(port: number, at?: number): Promise<Tunnel>;
  /** Makes a new connection, over which everything after it goes. The old one stays open until the run ends. */
  reconnect(): Promise<void>;
  readonly jobs: Jobs;
  onHost(host: HostName): Promise<Remote>;
}

/** How long to wait for a host, in seconds. `delay`: before the first try; `interval`: between two. */
export interface HostWait {
  readonly seconds: number;
  readonly delay?: number;
  readonly interval?: number;
}

/** One difference between the host and what the task asks for. */
export interface Change {
  readonly verb: 'create' | 'update' | 'delete' | 'run';
  readonly subject: string;
  readonly before?: string;
  readonly after?: string;
  /** Reboot, power off, stop of a service the fleet needs: goes through the guard. */
  readonly disruptive?: boolean;
  /** Of a disruptive one: the machine goes down by it, and another boot of it is expected back. */
  readonly restarts?: boolean;
  /** Of a disruptive one: jobs that run there are waited for; else they refuse it. */
  readonly drain?: boolean;
  /** Of a disruptive one: no person requested it, so a host may have one in 24 hours. */
  readonly automatic?: boolean;
  /** What a dry run does not know of it: whether it changes anything (`outcome`), or only what the module then returns (`result`). */
  readonly unknownInCheck?: 'outcome' | 'result';
  /** It prepares the other changes, as loading the lists of packages does. It is applied in a run and not in a check, and does not count as a
   *  change. In a disruptive task it is a change like any other. */
  readonly isPreparation?: true;
  apply(remote: Remote): Promise<void>;
  /** Set where only the host knows whether the change is needed. `apply` finds it out, and this tells it afterwards. Only for a probe that
   *  takes such changes (`takesUnsureChanges`). */
  wasNeeded?(): boolean;
}

/** Default export of modules/NAME.ts, through `defineModule`. The file's name is the word in YAML. */
export interface Module<S extends z.ZodType = z.ZodType, Out = Json> {
  readonly summary: string;
  readonly args: S;
  /** What `register` keeps: the value that `run` returns. Left out: the module registers nothing that is documented. */
  readonly returns?: z.ZodType<Out>;
  /** One task in YAML, as the docs show it and the tests run it. */
  readonly example: string;
  /** Which args are shell text, where a template must be quoted: `['cmd']` of shell. */
  readonly shellArgs?: readonly string[];
  /** Of a module that waits until the host answers: how, by its args. In a check swarm tries once: without an answer the outcome is unknown. */
  waitsForHost?(args: z.output<S>): HostWait;
  /** Arguments that it does not have, but that people write, with what to write instead. */
  readonly argHints?: Readonly<Record<string, string>>;
  /** Which args are conditions: a text without braces in them is an expression, and the module gets its value. `['that']` of assert. */
  readonly conditionArgs?: readonly string[];
  /** Which args are expressions of any value. `['var']` of debug. */
  readonly expressionArgs?: readonly string[];
  /** `{ cmd: … }` may be written as the bare string; the name of that arg. */
  readonly freeForm?: string;
  /** Yields what differs and is resumed after each was applied (or, in check mode, not); returns what is registered. */
  run(probe: Probe, args: z.output<S>): AsyncGenerator<Change, Out, void>;
}

/** A module of which only the name is known: its own schemas check what goes in and what comes out. */
// biome-ignore lint/suspicious/noExplicitAny: no type fits the args and the result of every module
export type AnyModule = Module<any, any>;

/** What a module is written with: `run` has the args that `args` describes, and returns what `returns` describes. */
export type ModuleDefinition<S extends z.ZodType, Out> = Omit<Module<S, Out>, 'run'> & {
  run(probe: Probe, args: z.output<S>): AsyncGenerator<Change, NoInfer<Out>, void>;
};

/** Makes a module of its parts. The schemas of `args` and `returns` give `run` its types. */
export function defineModule<S extends z.ZodType, Out = Json | undefined>(module: ModuleDefinition<S, Out>): Module<S, Out> {
  const stack = { value: new Error('defined').stack }; // names the module's file; testModule reads it
  if (typeof module === 'object' && module !== null) Object.defineProperty(module, Symbol.for('build-swarm.definition'), stack);
  return module;
}
