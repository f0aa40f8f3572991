import { argv, env, stderr, stdin, stdout } from 'node:process';

/** The program behind the wrappers in a drone's bin/: `stand-in NAME ARGS...`. Loads no more than it needs: it is started often. */
async function runStandIn([name, ...args]: readonly string[]): Promise<number> {
  const out = { stdout: (text: string) => void stdout.write(text), stderr: (text: string) => void stderr.write(text) };
  switch (name) {
    case 'emerge':
      return (await import('./portage/run-emerge.ts')).runEmerge(args, env, out);
    case 'python3':
      return (await import('./portage/python3.ts')).runPython3(args, env, stdin, out);
    default:
      throw new Error(`no stand-in for ${name}`);
  }
}

// as Python does: nobody reads any more, so end
stdout.on('error', () => process.kill(process.pid, 'SIGKILL'));
for (const [signal, number] of [
  ['SIGTERM', 15],
  ['SIGINT', 2],
] as const) {
  process.once(signal, () => {
    stderr.write(`\n\nExiting on signal ${number}\n`);
    process.kill(process.pid, signal);
  });
}
process.exitCode = await runStandIn(argv.slice(2));
