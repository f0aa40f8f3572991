import { expect, test } from 'vitest';
import { formatBinhost } from '../../../src/cli/binhost/binhost-status.ts';
import { detectTerminalStyle } from '../../../src/report/text/terminal-style.ts';

const style = { ...detectTerminalStyle({}, {}), columns: 200 };
const binhost = { path: '/srv/binhost', targets: ['default'], packages: [], size: 0 };
const makeGenerations = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    ...{ generation: index + 1, timestamp: 1_700_000_000 + index, packages: index, current: index + 1 === count },
  }));

test('a person sees the generations, with the one that clients see', () => {
  const lines = formatBinhost({ ...binhost, generations: makeGenerations(2) }, style);
  expect(lines).toEqual([
    expect.stringMatching(/^GENERATION +PUBLISHED +PACKAGES/),
    expect.stringMatching(/^1 +2023-11-14 .* 0$/),
    expect.stringMatching(/^2 +2023-11-14 .* 1 +current$/),
    '/srv/binhost: 0 packages, 0 B',
  ]);
});

test('of many generations the newest ten are shown, with the command that prints all', () => {
  const lines = formatBinhost({ ...binhost, generations: makeGenerations(12) }, style);
  expect(lines).toHaveLength(13);
  expect(lines[1]).toMatch(/^3 /);
  expect(lines).toContain('2 older generations: swarm binhost status -o json');
});

test('a binhost without an index says so', () => {
  expect(formatBinhost({ ...binhost, generations: [] }, style)).toEqual(['/srv/binhost: 0 packages, 0 B, nothing published yet']);
});
