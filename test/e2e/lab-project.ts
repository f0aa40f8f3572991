import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { RunEvent } from '../../src/core/event.ts';
import { packageRoot } from '../../src/core/program/package-root.ts';
import { parseIndex } from '../../src/gentoo/binhost/packages-index.ts';
import type { Drone } from '../../src/lab/drone.ts';
import type { Lab } from '../../src/lab/lab.ts';
import {
  type Document,
  type ProgramResult,
  type RunningProgram,
  runSwarm,
  runSwarmJson,
  type SpawnOptions,
  startSwarm,
} from './run-program.ts';

/** A project folder with drones behind it, and the program in it. */
export interface LabProject extends AsyncDisposable {
  readonly dir: string;
  readonly drones: readonly Drone[];
  readonly lab: Lab;
  drone(name: string): Drone;
  swarm(...words: readonly string[]): Promise<ProgramResult>;
  json(...words: readonly string[]): Promise<ProgramResult & { readonly json: Document }>;
  start(words: readonly string[], how?: SpawnOptions): RunningProgram;
  /** Writes a file of the project. */
  writeFile(path: string, text: string): void;
  /** Another project on the same drones; `change` writes its inventory anew. */
  another(change?: (inventory: string) => string): Promise<LabProject>;
}

/** Stand-ins start four times as fast when they are compiled. */
const compiled = <T>(path: string): Promise<T> => import(join(packageRoot(), 'dist/src/lab', path)) as Promise<T>;

/** As many drones d1, d2, …; builds take no time worth speaking of unless the speed is lower. */
export async function createLabProject(drones: number, speed = 100): Promise<LabProject> {
  const { startLab } = await compiled<typeof import('../../src/lab/lab.ts')>('lab.js');
  const dir = mkdtempSync(join(tmpdir(), 'swarm-e2e-'));
  const lab = await startLab(join(dir, 'lab'), { drones, env: { LAB_SPEED: String(speed) } });
  return projectOn(lab, join(dir, 'project'), async () => {
    await lab[Symbol.asyncDispose]();
    rmSync(dir, { recursive: true, force: true });
  });
}

async function projectOn(lab: Lab, dir: string, end: () => Promise<void>): Promise<LabProject> {
  const { writeLabProject } = await compiled<typeof import('../../src/lab/lab-project.ts')>('lab-project.js');
  await writeLabProject(dir, lab);
  const put = (path: string, text: string): void => {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), text);
  };
  let others = 0;
  return {
    dir,
    lab,
    drones: lab.drones,
    drone: (name) => {
      const found = lab.drones.find((each) => each.name === name);
      if (found === undefined) throw new Error(`no drone ${name}`);
      return found;
    },
    swarm: (...words) => runSwarm(dir, words),
    json: (...words) => runSwarmJson(dir, words),
    start: (words, how) => startSwarm(dir, words, how),
    writeFile: put,
    another: async (change = (text) => text) => {
      others += 1;
      const other = await projectOn(lab, `${dir}-${others}`, async () => {});
      other.writeFile('inventory/swarm.yml', change(readFileSync(join(other.dir, 'inventory/swarm.yml'), 'utf8')));
      return other;
    },
    [Symbol.asyncDispose]: end,
  };
}

/** Builds of packages whose cpv holds `name` print "at the gate" and wait, until the returned function opens it. */
export function closeGate({ dir: projectDir, drones }: LabProject, name: string): () => void {
  const gate = join(projectDir, `gate-${name}`);
  writeFileSync(gate, '');
  for (const { dir } of drones) {
    const file = join(dir, 'bin/emerge');
    const wait = `case "$*" in *buildpkgonly*${name}*) echo at the gate; while [ -e '${gate}' ]; do sleep 0.1; done;; esac`;
    const text = readFileSync(file, 'utf8');
    if (!text.includes(gate)) writeFileSync(file, text.replace('#!/bin/sh\n', `#!/bin/sh\n${wait}\n`));
  }
  return () => rmSync(gate);
}

/** Every event of a run's journal; default: of the newest. */
export function journalOf(dir: string, run = lastRun(dir)): readonly RunEvent[] {
  const text = readFileSync(join(dir, '.swarm/runs', run, 'events.jsonl'), 'utf8');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as RunEvent);
}

export function lastRun(dir: string): string {
  const runs = join(dir, '.swarm/runs');
  const begun = readdirSync(runs)
    .filter((run) => existsSync(join(runs, run, 'events.jsonl')))
    .map((run) => ({ run, at: journalOf(dir, run)[0]?.at ?? '' }));
  const last = begun.sort((a, b) => (a.at < b.at ? -1 : 1)).at(-1);
  if (last === undefined) throw new Error('no run');
  return last.run;
}

/** CPV and path of every package of the binhost's index, in its order; nothing where none was ever published. */
export function published(dir: string): readonly { readonly cpv: string; readonly path: string; readonly size: number }[] {
  const file = join(dir, 'binhost/Packages');
  if (!existsSync(file)) return [];
  return parseIndex(readFileSync(file, 'utf8')).packages.map((stanza) => ({
    cpv: stanza.get('CPV') ?? '',
    path: stanza.get('PATH') ?? '',
    size: Number(stanza.get('SIZE')),
  }));
}

/** Every package file that a client could ask for, whether an index has it or not. */
export function packageFiles(dir: string): readonly string[] {
  const binhost = join(dir, 'binhost');
  return readdirSync(binhost, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.(gpkg\.tar|xpak|tbz2)$/.test(path) && !path.startsWith('.swarm/'))
    .sort();
}
