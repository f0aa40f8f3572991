import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { DroneEnvironment } from './drone-system.ts';
import { httpGet } from './http-get.ts';
import type { StandInOutput } from './merge/merge-packages.ts';

/** The plan script begins so (src/gentoo/plan/plan.py), behind a line with the binhost's index in base64. */
const PLAN_SCRIPT = /^"""Prints the dependency graph that emerge itself computes/m;
/** Other programs of swarm, by a sentence of theirs. */
const FINGERPRINT_SCRIPT = /^"""Prints what packages of a target would be built with/m;
const COMPARE_SCRIPT = /^"""Compares what is installed with what the plan has/;
const SWEEP_SCRIPT = /^"""Removes what a drone no longer needs after a package was published/;
/** The first program of a build job, of a target with a folder of its own. The wrapper answers the others. */
const PLACES_SCRIPT = /^"""Part of the program that a build job runs first/m;
const PLAN_INDEX = /^INDEX = "([A-Za-z0-9+/=]*)"$/m;
/** The question of the build job: does the binhost answer at all? */
const BINHOST_CHECK = /^"Asks whether the binhost answers\."/;

/** python3 of a lab drone: answers the programs of swarm itself, for there may be no Portage and no Python, and hands all else to
 *  the real one. */
export async function runPython3(
  argv: readonly string[],
  env: DroneEnvironment,
  stdin: NodeJS.ReadableStream,
  out: StandInOutput,
): Promise<number> {
  let input: Buffer | undefined;
  if (argv[0] === '-') {
    const parts: Buffer[] = [];
    for await (const chunk of stdin) parts.push(Buffer.from(chunk));
    input = Buffer.concat(parts);
    const script = input.toString('utf8');
    if (FINGERPRINT_SCRIPT.test(script)) {
      const { printFingerprint } = await import('./drone-questions.ts');
      return printFingerprint(env, out);
    }
    if (PLAN_SCRIPT.test(script)) {
      const index = Buffer.from(PLAN_INDEX.exec(script)?.[1] ?? '', 'base64').toString('utf8');
      const { printPlanGraph } = await import('./plan-graph.ts');
      return printPlanGraph(argv.slice(1), index, env, out);
    }
  }
  if (argv[0] === '-c' && COMPARE_SCRIPT.test(argv[1] ?? '')) {
    const { printDependencyChanges } = await import('./drone-questions.ts');
    return printDependencyChanges(argv.slice(2), env, out);
  }
  if (argv[0] === '-c' && SWEEP_SCRIPT.test(argv[1] ?? '')) {
    const { removeFromPkgdir } = await import('./pkgdir.ts');
    return removeFromPkgdir(argv[2] ?? '', argv[3] ?? '', env);
  }
  if (argv[0] === '-c' && PLACES_SCRIPT.test(argv[1] ?? '')) {
    return await runRealPython(['-I', '-S', ...argv], undefined, env, out); // a Portage of this machine is not that of the drone
  }
  if (argv[0] === '-c' && BINHOST_CHECK.test(argv[1] ?? '')) return checkUrl(`http://${argv[2]}:${argv[3]}${argv[4]}/Packages`);
  return await runRealPython(argv, input, env, out);
}

async function runRealPython(
  argv: readonly string[],
  input: Buffer | undefined,
  env: DroneEnvironment,
  out: StandInOutput,
): Promise<number> {
  const real = findRealPython(env);
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
function checkUrl(url: string): Promise<number> {
  return httpGet(url, 10_000).then(
    () => 0,
    () => 9, // as build-package.sh has it: the binhost is away
  );
}

function findRealPython(env: DroneEnvironment): string | undefined {
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
