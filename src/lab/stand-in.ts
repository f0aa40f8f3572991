import { argv, env, stderr, stdin, stdout } from 'node:process';
import { emerge } from './portage/emerge.ts';
import { portageq } from './portage/portageq.ts';
import { python3 } from './portage/python3.ts';

/** The program behind the wrappers in a drone's bin/: `stand-in NAME ARGS...`. */
async function standIn([name, ...args]: readonly string[]): Promise<number> {
  const out = { stdout: (text: string) => void stdout.write(text), stderr: (text: string) => void stderr.write(text) };
  switch (name) {
    case 'emerge':
      return emerge(args, env, out);
    case 'portageq':
      return portageq(args, env, out);
    case 'python3':
      return python3(args, env, stdin, out);
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
process.exitCode = await standIn(argv.slice(2));
