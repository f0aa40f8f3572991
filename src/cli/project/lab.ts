import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { SwarmError } from '../../core/error/swarm-error.ts';
import { makeTemporaryFolder } from '../../core/files/process-folder.ts';
import { demoSteps } from '../../lab/demo.ts';
import { type Lab, startLab } from '../../lab/lab.ts';
import { writeLabProject } from '../../lab/lab-project.ts';
import { quoteWord } from '../../remote/session/shell-text.ts';
import { formatQuantity } from '../../report/text/format.ts';
import { spawnSelf } from '../spawn-self.ts';
import type { LabFlags } from './project-commands.ts';
import { typedProgram } from './typed-program.ts';

const printLine = (text: string): void => void process.stdout.write(`${text}\n`);

/** `swarm lab`: drones inside this process and a project that knows them, until Ctrl-C; with --demo a guided build. */
export async function labCommand(options: LabFlags): Promise<number> {
  const drones = Number(options.drones ?? 4);
  if (!Number.isInteger(drones) || drones < 1 || drones > 64)
    throw new SwarmError('SW1202', `--drones ${options.drones} is not a whole number from 1 to 64.`, {
      hint: 'Write for example: --drones 4',
    });
  const keep = options.keep === true || options.directory !== undefined || !options.demo;
  const dir = await makeFolder(options.directory, keep);
  const lab = await startLab(join(dir, 'drones'), { drones });
  const project = join(dir, 'project');
  try {
    await writeLabProject(project, lab);
    const exit = options.demo ? await runDemo(project) : 0;
    if (!keep)
      printLine(`This project is removed now. To type these commands yourself, run: ${typedProgram(process.env)} lab --demo --keep`);
    if (!options.demo || options.keep) await waitForSignal(project, lab);
    return exit;
  } finally {
    await lab[Symbol.asyncDispose]();
    if (!keep) await rm(dir, { recursive: true, force: true });
    else if (options.directory === undefined) printLine(`The project stays. To remove it, run: rm -r ${quoteWord(dir)}`);
  }
}

async function makeFolder(directory: string | undefined, keep: boolean): Promise<string> {
  if (directory !== undefined) return resolve(directory);
  return keep ? await mkdtemp(join(tmpdir(), 'swarm-lab-')) : makeTemporaryFolder('swarm-demo');
}

async function runDemo(project: string): Promise<number> {
  for (const { lines: words, argv, exit: expected } of demoSteps) {
    for (const line of words) printLine(line);
    if (argv === undefined) continue;
    printLine(`\n$ swarm ${argv.join(' ')}`);
    const exit = await runSelf(['-C', project, ...argv]);
    if (exit !== (expected ?? 0)) return exit === 0 ? 1 : exit;
    printLine('');
  }
  return 0;
}

/** The same program in a process of its own, as a person would type it. */
function runSelf(words: readonly string[]): Promise<number> {
  return new Promise((done, reject) => {
    const child = spawnSelf(words, { stdio: ['ignore', 'inherit', 'inherit'] });
    child.once('error', reject);
    child.once('exit', (code) => done(code ?? 1));
  });
}

function waitForSignal(project: string, lab: Lab): Promise<void> {
  printLine(`${formatQuantity(lab.drones.length, 'drone')} started. Type in another terminal:`);
  printLine(`  ${typedProgram(process.env)} -C ${quoteWord(project)} status`);
  printLine('What a task changes on a drone, it changes on this machine. Ctrl-C stops the drones.');
  return new Promise((done) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => done());
  });
}
