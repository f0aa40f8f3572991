import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { candidates, folders, temporaryFolder } from '../samples.ts';
import { type Mutant, makeMutant } from './mutants/make-mutant.ts';
import { readSeed, type Seed } from './mutants/seed.ts';
import { judgeHere, startPortage, type Verdict } from './portage-judge.ts';
import { seededRandom } from './random.ts';

// SWARM_PORTAGE=DIR is a checkout of Portage. SWARM_MUTANTS=10000 makes more of them, SWARM_SEED=N the same again, SWARM_KEEP=DIR
// keeps those that break the law, and SWARM_SAMPLE=0.1 asks Portage for one in ten of those that swarm refuses, which cannot break it.
const checkout = process.env['SWARM_PORTAGE'];
const count = Number(process.env['SWARM_MUTANTS'] ?? 200);
const seed = Number(process.env['SWARM_SEED'] ?? Math.floor(Math.random() * 1e9));
const keep = process.env['SWARM_KEEP'];
const sample = Number(process.env['SWARM_SAMPLE'] ?? 1);
const LANES = 3;

test.skipIf(checkout === undefined)(
  'no package that swarm accepts is refused by Portage, or named or read otherwise',
  async () => {
    const files = folders.filter((folder) => folder !== 'gpkg-signed').flatMap((folder) => candidates(folder));
    const seeds = files.map(({ file }) => readSeed(file));
    const [gpkgs, xpaks] = ['gpkg', 'xpak'].map((format) => seeds.filter((one) => one.format === format)) as [Seed[], Seed[]];
    const dir = temporaryFolder();
    const broken: string[] = [];
    const counts = new Map<string, number>();
    const add = (key: string): void => void counts.set(key, (counts.get(key) ?? 0) + 1);
    let next = 0;
    const lane = async (): Promise<void> => {
      const portage = startPortage(checkout ?? '');
      while (next < count) {
        const number = next++;
        const random = seededRandom(seed + number);
        const mutant = makeMutant(random.pick(random.chance(0.75) ? gpkgs : xpaks), random);
        const file = join(dir, `${number}${mutant.format === 'gpkg' ? '.gpkg.tar' : '.xpak'}`);
        writeFileSync(file, mutant.bytes);
        const here = await judgeHere(file);
        if ('refused' in here && !random.chance(sample)) add('refused here, Portage not asked');
        else {
          const there = await portage.judge(file);
          const name = outcome(here, there);
          add(name);
          if (name === 'refused here alone' && 'refused' in here) add(`  ${reason(here.refused)}`);
          if (name === 'BROKEN') broken.push(describe(number, mutant, here, there, file));
        }
        rmSync(file);
      }
      await portage.close();
    };
    await Promise.all(Array.from({ length: LANES }, lane));
    const table = [...counts].sort((a, b) => b[1] - a[1]).map(([key, times]) => `${String(times).padStart(6)} ${key}`);
    console.log(`seed ${seed}, ${count} packages\n${table.join('\n')}`);
    expect(broken.join('\n\n')).toBe('');
  },
  3_600_000,
);

function outcome(here: Verdict, there: Verdict): string {
  if ('refused' in here) return 'refused' in there ? 'refused by both' : 'refused here alone';
  return 'refused' in there || differences(here.values, there.values).length > 0 ? 'BROKEN' : 'accepted by both';
}

function differences(here: Readonly<Record<string, string>>, there: Readonly<Record<string, string>>): string[] {
  return Object.keys(here)
    .filter((key) => here[key] !== there[key])
    .map((key) => `${key}: here ${JSON.stringify(here[key])}, Portage ${JSON.stringify(there[key])}`);
}

/** The message without what differs from package to package. */
const reason = (message: string): string =>
  message
    .replace(/^\S+: /, '')
    .replace(/"(?:[^"\\]|\\.)*"/g, '"…"')
    .replace(/\d+/g, 'N')
    .slice(0, 110);

function describe(number: number, { what, bytes }: Mutant, here: Verdict, there: Verdict, file: string): string {
  if (keep !== undefined) {
    mkdirSync(keep, { recursive: true });
    writeFileSync(join(keep, file.split('/').at(-1) ?? ''), bytes);
  }
  const why = 'refused' in there ? there.refused : 'values' in here ? differences(here.values, there.values).join('; ') : '';
  return `SWARM_SEED=${seed + number} SWARM_MUTANTS=1: ${what}\n  ${why}`;
}
