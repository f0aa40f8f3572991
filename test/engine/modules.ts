import type { ErrorCode } from '../../src/core/error-codes.ts';
import type { AnyModule } from '../../src/core/module.ts';
import { type Change, defineModule, type Json, SwarmError, z } from '../../src/index.ts';
import type { ModuleSource } from '../../src/language/playbook/playbook-files.ts';

/** A file's content, as copy has it. */
const put = defineModule({
  summary: 'a file',
  args: z.strictObject({ path: z.string(), content: z.string() }),
  example: '',
  async *run(probe, { path, content }): AsyncGenerator<Change, Json, void> {
    const bytes = await probe.read(path);
    const before = bytes === undefined ? undefined : new TextDecoder().decode(bytes);
    if (before !== content) {
      yield {
        verb: before === undefined ? 'create' : 'update',
        subject: path,
        ...(before === undefined ? {} : { before }),
        after: content,
        apply: (remote) => remote.write(path, new TextEncoder().encode(content)),
      };
    }
    return { path };
  },
});

/** Gives back what it was given. */
const say = defineModule({
  summary: 'a value',
  args: z.strictObject({ value: z.json() }),
  freeForm: 'value',
  example: '',
  // biome-ignore lint/correctness/useYield: nothing changes
  async *run(_probe, { value }): AsyncGenerator<Change, Json, void> {
    return value as Json;
  },
});

/** Whether something uses what it returns. */
const tellUse = defineModule({
  summary: 'a flag',
  args: z.strictObject({}),
  example: '',
  // biome-ignore lint/correctness/useYield: nothing changes
  async *run({ resultIsUsed }): AsyncGenerator<Change, Json, void> {
    return { used: resultIsUsed };
  },
});

/** A change that is tried, where that may be. */
const tries = defineModule({
  summary: 'a change',
  args: z.strictObject({}),
  example: '',
  async *run({ takesUnsureChanges }): AsyncGenerator<Change, Json, void> {
    if (takesUnsureChanges === true) yield { verb: 'create', subject: 'tried', wasNeeded: () => true, apply: async () => {} };
    return {};
  },
});

/** A preparation, and with `path` a change. */
const prepares = defineModule({
  summary: 'a preparation',
  args: z.strictObject({ path: z.string().optional() }),
  example: '',
  async *run(_probe, { path }): AsyncGenerator<Change, Json, void> {
    yield { verb: 'run', subject: 'lists', isPreparation: true, apply: (remote) => remote.write('/lists', 'new') };
    if (path !== undefined) yield { verb: 'create', subject: path, apply: (remote) => remote.write(path, 'x') };
    return {};
  },
});

/** A command, as command has it. */
const command = defineModule({
  summary: 'a command',
  args: z.strictObject({ argv: z.array(z.string()).optional(), cmd: z.string().optional() }),
  freeForm: 'cmd',
  example: '',
  async *run(_probe, { argv, cmd }): AsyncGenerator<Change, Json, void> {
    const words = (argv ?? cmd?.split(' ') ?? []) as [string, ...string[]];
    let registered: Json = {};
    let exit = 0;
    yield {
      verb: 'run',
      subject: words.join(' '),
      unknownInCheck: 'outcome',
      async apply(remote) {
        const result = await remote.exec({ argv: words });
        exit = result.exit;
        registered = { rc: exit, stdout: result.stdout };
      },
    };
    if (exit !== 0) throw new SwarmError('SW6001', `ended with ${exit}`, { cause: registered });
    return registered;
  },
});

/** Fails with a code. */
const fail = defineModule({
  summary: 'a failure',
  args: z.strictObject({ code: z.string().default('SW6012'), msg: z.string().default('as asked'), change: z.string().optional() }),
  example: '',
  async *run(_probe, { code, msg, change }): AsyncGenerator<Change, undefined, void> {
    if (change !== undefined) yield { verb: 'run', subject: change, apply: async () => {} };
    throw new SwarmError(code as ErrorCode, msg);
  },
});

/** A detached job, as emerge has it. */
const build = defineModule({
  summary: 'a job',
  args: z.strictObject({ what: z.string() }),
  freeForm: 'what',
  example: '',
  async *run(probe, { what }): AsyncGenerator<Change, Json, void> {
    let log = '';
    yield {
      verb: 'run',
      subject: what,
      async apply(remote) {
        const id = remote.jobId;
        const before = await remote.jobs.status(id);
        if (before.state === 'absent') await remote.jobs.start(id, { argv: ['make', what] });
        for await (const { bytes } of remote.jobs.follow(id, 0)) log += new TextDecoder().decode(bytes);
        const status = await remote.jobs.status(id);
        await remote.jobs.forget(id);
        if (status.state === 'exited' && status.exit === 28) throw new SwarmError('SW6008', 'no space left', { detail: log });
        if (status.state !== 'exited' || status.exit !== 0) throw new SwarmError('SW6003', `${what} does not build`, { detail: log });
      },
    };
    return { job: probe.jobId, log };
  },
});

/** Something that must not happen to the wrong machine. */
const explode = defineModule({
  summary: 'a disruption',
  args: z.strictObject({}),
  example: '',
  async *run(probe): AsyncGenerator<Change, Json, void> {
    yield {
      verb: 'run',
      subject: `reboot of ${probe.host.name}`,
      disruptive: true,
      apply: async (remote) => void (await remote.exec({ argv: ['true'] })),
    };
    return {};
  },
});

/** Looks at another host. */
const ask = defineModule({
  summary: 'another host',
  args: z.strictObject({ host: z.string(), path: z.string() }),
  example: '',
  // biome-ignore lint/correctness/useYield: nothing changes
  async *run(probe, { host, path }): AsyncGenerator<Change, Json, void> {
    const other = await probe.onHost(host as never);
    const bytes = await other.read(path);
    return { text: bytes === undefined ? null : new TextDecoder().decode(bytes), keys: Object.keys(probe).sort() };
  },
});

/** Prints, and claims what modules must not claim. */
const chatter = defineModule({
  summary: 'output',
  args: z.strictObject({ line: z.string() }),
  example: '',
  async *run(probe, { line }): AsyncGenerator<Change, Json, void> {
    probe.emit({ type: 'task.output', stream: 'stdout', lines: [line] });
    probe.emit({ type: 'job.started', job: 'made-up', offset: 0 });
    yield { verb: 'update', subject: line, before: line, after: line, apply: async () => {} };
    return { line };
  },
});

/** Never ends by itself. */
const hang = defineModule({
  summary: 'stuck',
  args: z.strictObject({}),
  example: '',
  async *run(): AsyncGenerator<Change, Json, void> {
    await new Promise(() => {});
    return {};
  },
});

const all: Readonly<Record<string, AnyModule>> = {
  put,
  say,
  tellUse,
  tries,
  prepares,
  command,
  shell: command,
  fail,
  build,
  explode,
  ask,
  chatter,
  hang,
};

export const testModules: ModuleSource = { names: Object.keys(all), load: async (name) => all[name] };
