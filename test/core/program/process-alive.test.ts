import { expect, test } from 'vitest';
import { isThisMachine, thisOrchestrator } from '../../../src/core/program/orchestrator.ts';
import { findProcessState, isProcessAlive } from '../../../src/core/program/process-alive.ts';

test('this process runs, and a number that stands for many processes is none', () => {
  const now = new Date().toISOString();
  expect(isProcessAlive(process.pid, now)).toBe(true);
  for (const pid of [0, -1, 1.5, Number.NaN]) expect(isProcessAlive(pid, now)).toBe(false);
});

const DAY_MS = 86_400_000;
const here = thisOrchestrator();
const at = new Date().toISOString();

test('a process of another machine is neither alive nor ended, whatever process has its number here', () => {
  const desk = { name: 'desk', machineId: 'ab'.repeat(32) };
  for (const pid of [process.pid, 2 ** 22 + 1]) expect(findProcessState({ pid, at, orchestrator: desk }, Date.now())).toBe('elsewhere');
  expect(findProcessState({ pid: process.pid, at, orchestrator: desk }, Date.now() - 8 * DAY_MS)).toBe('ended');
});

test('what an older swarm wrote, and what this machine wrote, is looked up here', () => {
  for (const orchestrator of [undefined, here]) {
    expect(findProcessState({ pid: process.pid, at, orchestrator }, 0)).toBe('alive');
    expect(findProcessState({ pid: 2 ** 22 + 1, at, orchestrator }, Date.now())).toBe('ended');
  }
});

test('containers of one image, and a machine of the same name, are other machines', () => {
  expect(isThisMachine(here)).toBe(true);
  expect(isThisMachine({ ...here, name: `${here.name}-2` })).toBe(false);
  expect(isThisMachine({ name: here.name, machineId: 'ab'.repeat(32) })).toBe(false);
});
