import { spawn } from 'node:child_process';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import type { Command, ExecResult, Pipe } from '../../src/core/connection.ts';
import type { Host } from '../../src/core/inventory/host.ts';
import type { HostName } from '../../src/core/inventory/host-name.ts';
import type { StoreRemote } from '../../src/gentoo/binhost/store/remote-store.ts';

/** Stands for a host: its commands run on this machine, by its own sh. */
export function localRemote(): StoreRemote {
  return {
    host: {
      name: 'binhost' as HostName,
      groups: [],
      routes: [{ kind: 'here' }],
      login: { user: 'root', keys: [] },
      protected: false,
      vars: {},
    } satisfies Host,
    exec: run,
    read: async (path) =>
      await readFile(path).catch((error: NodeJS.ErrnoException) => (error.code === 'ENOENT' ? undefined : Promise.reject(error))),
    write: async (path, content, meta) => {
      await writeFile(path, content);
      if (meta?.mode !== undefined) await chmod(path, Number.parseInt(meta.mode, 8));
    },
    open: async (command) => open(command),
  };
}

function open({ argv: [program, ...args], env }: Command): Pipe {
  const child = spawn(program, args, { env: { ...process.env, ...(env as Record<string, string> | undefined) } });
  child.stdin.on('error', () => undefined); // the command may end without reading
  const done = new Promise<number>((resolve) => child.on('close', (exit) => resolve(exit ?? 1)));
  return { stdin: child.stdin, stdout: child.stdout, stderr: child.stderr, done };
}

async function run(command: Command): Promise<ExecResult> {
  const pipe = open(command);
  if (command.stdin === undefined) pipe.stdin.end();
  else pipe.stdin.end(command.stdin);
  const [stdout, stderr, exit] = await Promise.all([text(pipe.stdout), text(pipe.stderr), pipe.done]);
  return { exit, stdout, stderr, ms: 0 };
}
