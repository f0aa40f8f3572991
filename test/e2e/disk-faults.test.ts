import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { seededRandom } from '../gentoo/package/random.ts';
import { compiler, DISK_FAULTS, type DiskFault, type FaultyDisk, makeFaultyDisk } from '../machines/disk-faults/disk-faults.ts';
import { cases } from '../setup/cases.ts';
import { createLabProject, type LabProject, published } from './lab-project.ts';
import { type ProgramResult, runSwarm } from './run-program.ts';

// SWARM_FAULTS=2000 tries that many, SWARM_FAULT=kill only that kind, SWARM_TEST_SEED=N the same again.
const count = Number(process.env['SWARM_FAULTS'] ?? cases(50));
const seed = Number(process.env['SWARM_TEST_SEED'] ?? Math.floor(Math.random() * 1e9));

const kinds = DISK_FAULTS.filter((kind) => kind === (process.env['SWARM_FAULT'] ?? kind));

/** A command, what it needs first, and how to see that it is done. */
interface Scenario {
  readonly words: readonly string[];
  readonly before?: (dir: string) => void;
  readonly isDone: (dir: string) => boolean;
}

const text = (dir: string, path: string): string => readFileSync(join(dir, path), 'utf8');
const edit = (dir: string, path: string, change: (before: string) => string): void =>
  writeFileSync(join(dir, path), change(text(dir, path)));
const cpvs = (dir: string): string[] => published(dir).map(({ cpv }) => cpv);
const withoutPinOf = (name: string) => (dir: string) =>
  edit(dir, 'inventory/known_hosts', (before) => before.replace(new RegExp(`^${name} .*\n`, 'm'), ''));
const withoutHost = (name: string) => (dir: string) => {
  withoutPinOf(name)(dir);
  edit(dir, 'inventory/swarm.yml', (before) => before.replace(new RegExp(`^  ${name}:\n(?:    .*\n)+`, 'm'), ''));
};

let root: string;
let project: LabProject;
let disk: FaultyDisk;
let pristine: string;
const scenarios: Record<string, Scenario> = {
  run: { words: ['run', 'write'], isDone: (dir) => existsSync(join(dir, 'out')) && text(dir, 'out') === 'written\n' },
  exec: { words: ['exec', 'localhost', '--', 'true'], isDone: () => true },
  build: { words: ['run', 'build', 'demo-libs/net'], isDone: (dir) => cpvs(dir).some((cpv) => cpv.startsWith('demo-libs/net-')) },
  trust: {
    words: ['hosts', 'trust', 'd1', '--yes'],
    before: withoutPinOf('d1'),
    isDone: (dir) => /^d1 /m.test(text(dir, 'inventory/known_hosts')),
  },
  block: {
    words: ['hosts', 'block', 'd1', '--reason', 'its fan', '--until', '1d'],
    isDone: (dir) => text(dir, 'inventory/swarm.yml').includes('its fan'),
  },
  unblock: {
    words: ['hosts', 'unblock', 'd1'],
    before: (dir) =>
      edit(dir, 'inventory/swarm.yml', (before) => before.replace(/^ {2}d1:\n/m, '$&    block: { reason: its fan, until: 2099-01-01 }\n')),
    isDone: (dir) => !text(dir, 'inventory/swarm.yml').includes('its fan'),
  },
  gc: { words: ['binhost', 'gc'], isDone: (dir) => !existsSync(join(dir, 'binhost/stray')) },
  rollback: { words: ['binhost', 'rollback'], isDone: (dir) => cpvs(dir).length > 0 },
  clean: { words: ['runs', 'clean', '--keep', '1s', '--yes'], isDone: () => true },
};

describe.skipIf(compiler === undefined)('every change that swarm makes to the project may fail or be its last', () => {
  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), 'swarm-faults-'));
    disk = makeFaultyDisk(root);
    project = await createLabProject(2);
    const address = `127.0.0.1:${project.drone('d2').port}`;
    scenarios['adopt'] = {
      words: ['hosts', 'adopt', address, '--name', 'new', '--yes'],
      before: withoutHost('d2'),
      isDone: (dir) => /^new /m.test(text(dir, 'inventory/known_hosts')) && /^ {2}new:/m.test(text(dir, 'inventory/swarm.yml')),
    };
    project.writeFile(
      'playbooks/write.yml',
      `plays: [ { hosts: localhost, tasks: [ { copy: { dest: "${project.dir}/out", content: "written\\n" } } ] } ]\n`,
    );
    for (const atom of ['demo-libs/base', 'demo-libs/text']) expect((await project.swarm('run', 'build', atom)).exit).toBe(0);
    pristine = join(root, 'pristine');
    execFileSync('cp', ['-a', project.dir, pristine]);
  });
  afterAll(async () => {
    await project[Symbol.asyncDispose]();
    rmSync(root, { recursive: true, force: true });
  });

  const restore = ({ before }: Scenario): void => {
    for (const name of readdirSync(project.dir)) rmSync(join(project.dir, name), { recursive: true, force: true });
    execFileSync('cp', ['-a', `${pristine}/.`, project.dir]);
    before?.(project.dir);
  };
  const changes = new Map<string, Readonly<Record<DiskFault, number>>>();
  const countChanges = async (name: string): Promise<Readonly<Record<DiskFault, number>>> => {
    const scenario = scenarios[name] as Scenario;
    const known = changes.get(name);
    if (known !== undefined) return known;
    restore(scenario);
    const { exit, stderr } = await runSwarm(project.dir, scenario.words, { env: disk.environment(project.dir, 'kill', 0) });
    expect([exit, scenario.isDone(project.dir)], `${name}: ${stderr}`).toEqual([0, true]);
    const made = disk.changes();
    changes.set(name, made);
    return made;
  };

  test(`${count} faults: each is told with a code, nothing is half done, and the command can be given again`, {
    timeout: 7_200_000,
  }, async () => {
    const random = seededRandom(seed);
    const wrong: string[] = [];
    const tried = new Map<string, number>();
    for (let number = 0; number < count; number++) {
      const name = random.pick(Object.keys(scenarios));
      const fault = random.pick(kinds);
      const scenario = scenarios[name] as Scenario;
      const at = 1 + random.int((await countChanges(name))[fault]);
      restore(scenario);
      const problems = await meetFault(scenario, fault, at).catch((error: Error) => [error.message]); // it did not end
      tried.set(`${name} ${fault}`, (tried.get(`${name} ${fault}`) ?? 0) + 1);
      if (problems.length > 0) wrong.push(`${name}: ${fault} at change ${at}: ${problems.join('; ')}`);
    }
    const table = [...tried].sort().map(([key, times]) => `${String(times).padStart(5)} ${key}`);
    console.log(`seed ${seed}, ${count} faults\n${table.join('\n')}`);
    expect(wrong.join('\n\n')).toBe('');
  });

  async function meetFault(scenario: Scenario, fault: DiskFault, at: number): Promise<readonly string[]> {
    const ended = await runSwarm(project.dir, scenario.words, { env: disk.environment(project.dir, fault, at) });
    return [...judgeEnd(scenario, fault, ended), ...(await judgeAfter(scenario))];
  }

  function judgeEnd({ isDone }: Scenario, fault: DiskFault, { exit, stdout, stderr }: ProgramResult): string[] {
    if (fault === 'kill' && exit === 137) return [];
    const all = stdout + stderr;
    return [
      ...(exit > 10 ? [`it ended with ${exit}`] : []),
      ...(/SW5000|^\s+at .*:\d+:\d+/m.test(all) ? [`a stack or a bug: ${all.slice(-800)}`] : []),
      ...(exit !== 0 && !/SW\d{4}/.test(all) ? [`exit ${exit} without a code: ${all.slice(-800)}`] : []),
      ...(exit === 0 && !isDone(project.dir) ? ['exit 0, and it is not done'] : []),
    ];
  }

  async function judgeAfter({ words, isDone }: Scenario): Promise<string[]> {
    const wasDone = isDone(project.dir);
    const look = ['build', 'binhost'].some((word) => words.includes(word)) ? ['binhost', 'check'] : ['hosts', 'list'];
    const seen = await project.swarm(...look);
    const again = await project.swarm(...words);
    const isRefused = again.exit === 5 && wasDone; // adopt: the name is taken; unblock: it is not blocked
    return [
      ...(seen.exit !== 0 ? [`${look.join(' ')} ends with ${seen.exit}: ${seen.stdout}${seen.stderr}`] : []),
      ...((again.exit !== 0 && !isRefused) || !isDone(project.dir)
        ? [`given again it ends with ${again.exit}: ${again.stdout}${again.stderr}`]
        : []),
    ];
  }
});
