import { expect, test } from 'vitest';
import type { Connection } from '../../../src/core/connection.ts';
import { SwarmError } from '../../../src/core/error/swarm-error.ts';
import { createOpenOperations } from '../../../src/engine/host/open-operations.ts';

const connectionWith = (exec: () => Promise<never>): Connection => ({ exec }) as unknown as Connection;
const signal = new AbortController().signal;

test('the end of a command is waited for, and a process that goes on is named with the command that ends it', async () => {
  const operations = createOpenOperations();
  let end: (error: Error) => void = () => {};
  const running = new Promise<never>((_, reject) => {
    end = reject;
  });
  const result = operations.watch(connectionWith(() => running)).exec({ argv: ['x'] }, signal);
  const waiting = operations.waitForEnds();
  end(new SwarmError('SW6050', 'processes 12 13 could not be ended', { host: 'h' }));
  await expect(result).rejects.toMatchObject({ code: 'SW6050' });
  expect(await waiting).toEqual([{ host: 'h', what: 'process 12 13', fix: 'swarm exec h -- kill -KILL 12 13' }]);
});

test('jobs that could not be ended are named, and those that ended are not', async () => {
  const operations = createOpenOperations();
  const left = { host: 'h', what: 'job one', fix: 'swarm runs cancel r' };
  operations.addJob('one', async () => left);
  operations.addJob('two', async () => undefined);
  operations.addJob('three', async () => left);
  operations.removeJob('three');
  expect(await operations.endJobs()).toEqual([left]);
});
