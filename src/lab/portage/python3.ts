import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Environment } from './drone-system.ts';
import { get } from './http-get.ts';
import type { Out } from './merge/merge-packages.ts';

/** The plan script begins so (src/gentoo/plan.py), maybe behind a preamble with the binhost's index in base64. */
const PLAN = /^"""Prints the dependency graph that emerge itself computes/m;
const INDEX = /^INDEX = "([A-Za-z0-9+/=]*)"$/m;
/** The question of the build job: does the binhost answer at all? */
const THERE = /urllib\.request\.urlopen\(sys\.argv\[1\] \+ "(\/\w*)"/;

/** python3 of a lab drone: answers the two scripts of swarm itself, for there may be no Portage and no Python, and hands all else to
 *  the real one. */
export async function python3(argv: readonly string[], env: Environment, stdin: NodeJS.ReadableStream, out: Out): Promise<number> {
  let input: Buffer | undefined;
  if (argv[0] === '-') {
    const parts: Buffer[] = [];
    for await (const chunk of stdin) parts.push(Buffer.from(chunk));
    input = Buffer.concat(parts);
    const script = input.toString('utf8');
    const index = INDEX.exec(script)?.[1];
    const text = index === undefined ? undefined : Buffer.from(index, 'base64').toString('utf8');
    if (PLAN.test(script)) {
      const { graph } = await import('./plan-graph.ts');
      return graph(argv.slice(1), text, env, out);
    }
  }
  const path = argv[0] === '-c' ? THERE.exec(argv[1] ?? '')?.[1] : undefined;
  if (path !== undefined) return answers(`${argv[2]}${path}`);
  const real = realPython(env);
  if (real === undefined) {
    out.stderr('python3: not found\n');
    return 127;
  }
  return new Promise((resolve) => {
    const child = spawn(real, argv, { stdio: [input === undefined ? 'inherit' : 'pipe', 'inherit', 'inherit'] });
    child.stdin?.on('error', () => {});
    child.stdin?.end(input);
    child.once('error', () => resolve(127));
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

/** Any answer is one, a 404 too. */
function answers(url: string): Promise<number> {
  return get(url, 10_000).then(
    () => 0,
    () => 1,
  );
}

function realPython(env: Environment): string | undefined {
  const own = join(env['SWARM_LAB_DRONE'] ?? '', 'bin');
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== own);
  return folders
    .map((folder) => join(folder, 'python3'))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}
