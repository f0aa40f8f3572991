import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ValidationError } from '../../src/core/error/swarm-error.ts';
import { parseInventory } from '../../src/language/inventory/read-inventory.ts';
import { parsePlaybook } from '../../src/language/playbook/read-playbook.ts';
import { fakeModules } from './fake-modules.ts';
import { fleet, fleetDir, fleetSource } from './fleet.ts';

/** Seeded, and cut off after some seconds on a slow machine. */
const bounds = { numRuns: 5000, seed: 7, interruptAfterTimeLimit: 3000, markInterruptAsFailure: false };
const inventory = fleet();
const tokens = (text: string): readonly string[] => text.match(/\w+|\s+|[^\w\s]/g) ?? [];
const oddTokens = [
  '',
  '\t',
  ' ',
  '\n',
  ':',
  '-',
  '{',
  '}',
  '[',
  ']',
  '"',
  "'",
  '{{',
  '}}',
  '|',
  '>',
  '&',
  '*',
  '!',
  '#',
  '0',
  'null',
  'true',
  'when',
  'é',
  '\0',
  '%',
  '~',
  '<<',
  '__proto__',
  'hosts',
];

/** One token of a good text left out, doubled, put in or replaced. */
function mutate(parts: readonly string[], at: number, kind: number, other: number): string {
  const i = at % parts.length;
  const before = parts.slice(0, i);
  const token = parts[i] ?? '';
  const replacement = other % 2 === 0 ? (oddTokens[(other >> 1) % oddTokens.length] ?? '') : (parts[(other >> 1) % parts.length] ?? '');
  const middle = [[], [token, token], [replacement, token], [replacement]][kind % 4] ?? [];
  return [...before, ...middle, ...parts.slice(i + 1)].join('');
}

const mutations = fc.tuple(fc.nat(), fc.nat(3), fc.nat());

async function assertProblemsHaveSpans(read: () => unknown): Promise<void> {
  try {
    await read();
  } catch (thrown) {
    if (!(thrown instanceof ValidationError)) throw thrown;
    for (const problem of thrown.problems) {
      if (problem.at === undefined) throw new Error(`no place: ${problem.message}`);
      if (problem.at.line < 1 || problem.at.column < 1 || problem.at.length < 1) throw new Error(`strange place: ${problem.message}`);
    }
  }
}

test('playbooks with one token wrong: no crash, every problem has a place', async () => {
  const file = join(fleetDir, 'playbooks/build.yml');
  const parts = tokens(readFileSync(file, 'utf8'));
  const law = fc.asyncProperty(mutations, ([at, kind, other]) =>
    assertProblemsHaveSpans(() => parsePlaybook(file, mutate(parts, at, kind, other), fakeModules, inventory)),
  );
  await fc.assert(law, bounds);
});

test('inventories with one token wrong: no crash, every problem has a place', async () => {
  const parts = tokens(readFileSync(join(fleetDir, 'inventory/swarm.yml'), 'utf8'));
  const law = fc.asyncProperty(mutations, ([at, kind, other]) =>
    assertProblemsHaveSpans(() => parseInventory(fleetSource, 'swarm.yml', mutate(parts, at, kind, other))),
  );
  await fc.assert(law, bounds);
  expect(inventory.hosts).toHaveLength(6);
});
