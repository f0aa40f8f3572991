import { expect, test } from 'vitest';
import { isOrchestrator, thisOrchestrator, toMachineName } from '../../../src/core/program/orchestrator.ts';

test('the name of a machine fits into a command line and into the name of a folder', () => {
  expect(['desk', 'build-1.lan', 'ünï'].map(toMachineName)).toEqual(['desk', 'build-1.lan', 'ünï']);
  expect(['../../evil', '-rf; x', 'a/b', 'x\u001b[2J', 'l\nm', '', '.'].map(toMachineName)).toEqual([
    '_._.._evil',
    '_rf__x',
    'a_b',
    'x__2J',
    'l_m',
    'unnamed',
    '_',
  ]);
  expect(isOrchestrator(thisOrchestrator())).toBe(true);
});

test('a journal with another name is damaged: hints would have it in the commands to type', () => {
  for (const name of ['', '$(reboot)', '-rf; x', '../x', 'x\u001b[2J', 'A'.repeat(5000)]) expect(isOrchestrator({ name })).toBe(false);
  expect(isOrchestrator({ name: 'desk', machineId: 5 })).toBe(false);
  expect(isOrchestrator(null)).toBe(false);
});
