import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { RunEventData } from '../../../src/core/event.ts';
import { connectEarly } from '../../../src/fleet/connection/early-connections.ts';
import type { Project } from '../../../src/fleet/project/project.ts';
import { neverAborted } from '../../remote/test-options.ts';
import { makeHost, makeInventory } from '../inventory-hosts.ts';

const dir = await mkdtemp(join(tmpdir(), 'swarm-early-'));
afterAll(() => rm(dir, { recursive: true, force: true }));

const here = makeHost('here', { routes: [{ kind: 'here' }] });
const untrusted = makeHost('untrusted');
const project: Project = {
  dir,
  inventory: makeInventory(here, untrusted),
  pinsFile: join(dir, 'known_hosts'),
  runsDir: join(dir, '.swarm/runs'),
};
const noEvents = (fact: RunEventData): void => void expect.unreachable(fact.type);

test('the run takes what has begun, and a second connection is another one', async () => {
  await using early = connectEarly(project, [here], neverAborted);
  const connect = early.connector(noEvents);
  await using first = await connect(here, neverAborted);
  await using second = await connect(here, neverAborted);
  expect(first.proof.bootId).toBe(second.proof.bootId);
  expect(first).not.toBe(second);
  expect((await first.exec({ argv: ['true'] }, neverAborted)).exit).toBe(0);
});

test('a host that is refused is an error of the one who asks for it, and of nobody else', async () => {
  await using early = connectEarly(project, [untrusted], neverAborted);
  await expect(early.connector(noEvents)(untrusted, neverAborted)).rejects.toMatchObject({ code: 'SW1305' });
});

test('what nobody took is closed at the end', async () => {
  const early = connectEarly(project, [here], neverAborted);
  const taken = await early.connector(noEvents)(here, neverAborted);
  await using other = connectEarly(project, [here], neverAborted);
  await early[Symbol.asyncDispose]();
  expect((await taken.exec({ argv: ['true'] }, neverAborted)).exit).toBe(0); // the run closes what it took
  await taken[Symbol.asyncDispose]();
  await other[Symbol.asyncDispose]();
  await expect(other.connector(noEvents)(here, neverAborted)).rejects.toThrow();
});

test('who stops waiting gets the reason', async () => {
  const stop = new AbortController();
  await using early = connectEarly(project, [here], neverAborted);
  const taking = early.connector(noEvents)(here, stop.signal);
  stop.abort(new Error('interrupted'));
  await expect(taking).rejects.toThrow('interrupted');
});
