import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { changeClaim, claimFile, readClaim } from '../../../src/builds/claim/build-claim.ts';
import { buildOnce } from '../../../src/builds/claim/build-once.ts';
import { dropClaim, recordPublished, restartClaim, takeClaim } from '../../../src/builds/claim/take-claim.ts';
import type { QueuedPackage } from '../../../src/builds/plan/plan-item.ts';
import { SwarmError } from '../../../src/core/error/swarm-error.ts';
import { openJournal } from '../../../src/journal/journal.ts';
import { finished, startedElsewhere } from '../../journal/run-events.ts';
import { createLocalHost } from '../../modules/local-host.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'swarm-claim-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

const item: QueuedPackage = {
  ...{
    id: 'cat/pkg-1',
    target: 'default',
    drones: [],
    config: null,
    cpv: 'cat/pkg-1',
    slot: '0',
    subSlot: '0',
    repo: 'gentoo',
    eapi: '8',
    ebuild: null,
  },
  ...{
    use: ['gui'],
    iuse: ['gui'],
    restrict: [],
    basis: '1f',
    toolchain: {},
    flags: {},
    needs: [],
    base: [],
    ignored: [],
    builtWith: [],
    reason: 'new',
    because: 'wanted',
  },
  dependencies: [{ cpv: 'cat/lib-1', slot: '0', subSlot: '1', from: 'source' }],
};
const file = (): string => claimFile(dir, item);
const host = (run: string, name = 'd1') => createLocalHost(dir, { name, jobId: `${run}-cat_pkg-1-${name}-1`, place: { run } });
const DEAD = { pid: 2 ** 22 + 1, at: new Date().toISOString() };

test('an item has one claim, wherever its dependencies come from; with other flags it is another item', () => {
  const dependencies = item.dependencies.map((one) => ({ ...one, from: 'binary' as const }));
  expect(claimFile(dir, { ...item, dependencies, because: 'other', drones: ['d9'] })).toBe(file());
  expect(claimFile(dir, { ...item, use: [] })).not.toBe(file());
  expect(claimFile(dir, { ...item, ebuild: 'c0ffee' }), 'its ebuild was changed').not.toBe(file());
  expect(claimFile(dir, { ...item, basis: '2e' }), 'a patch was added, or gcc updated').not.toBe(file());
  expect(claimFile(dir, { ...item, target: 'server' })).not.toBe(file());
});

test('a claim of a process that is gone is taken over with its host and job', async () => {
  await changeClaim(file(), () => ({ run: 'aaaa', host: 'd7', job: 'old', ...DEAD }));
  const taken = await takeClaim(host('bbbb'), file(), item.id);
  expect(taken).toMatchObject({ claim: { run: 'bbbb', host: 'd7', job: 'old', pid: process.pid }, before: 'aaaa' });
});

test.each([
  ['SW4009', false],
  ['SW5001', false],
  ['SW6012', true],
] as const)(
  'after %s the job is forgotten: %s. What this machine has no room for is there for a later attempt',
  async (code, isForgotten) => {
    const one = host('aaaa');
    const forget = vi.spyOn(one.jobs, 'forget');
    const build = async (): Promise<never> => {
      throw new SwarmError(code, 'the package cannot be taken');
    };
    await expect(buildOnce(one, file(), item.id, build)).rejects.toMatchObject({ code });
    expect(forget.mock.calls).toEqual(isForgotten ? [[one.jobId]] : []);
    expect((await readClaim(file()))?.job).toBe(isForgotten ? undefined : one.jobId);
  },
);

test('a claim of another machine holds until the journal of its run has an end', async () => {
  const desk = { name: 'desk', machineId: 'ab'.repeat(32) };
  await changeClaim(file(), () => ({ run: 'aaaa', host: 'd7', job: 'old', ...DEAD, orchestrator: desk }));
  const runs = join(dir, '.swarm/runs');
  const journal = await openJournal(runs, 'aaaa');
  journal.emit(startedElsewhere);
  await journal.flush();
  const second = host('bbbb');
  const waiting = takeClaim(second, file(), item.id);
  await expect
    .poll(() => second.notices)
    .toMatchObject([{ text: expect.stringContaining('run here: swarm runs cancel aaaa --take-over desk') }]);
  journal.emit(finished);
  await journal.close();
  expect(await waiting).toMatchObject({ before: 'aaaa', claim: { run: 'bbbb', job: 'old' } });
});

test('a run that waits for a living one gets what that one publishes, and says for whom it waits', async () => {
  const first = host('aaaa');
  await takeClaim(first, file(), item.id);
  const second = host('bbbb', 'd2');
  const waiting = takeClaim(second, file(), item.id);
  const published = {
    at: new Date().toISOString(),
    cpv: 'cat/pkg-1',
    path: 'cat/pkg/pkg-1-1.gpkg.tar',
    size: 1,
    sha256: 'a',
    generation: 3,
  };
  await recordPublished(first, file(), published);
  expect(await waiting).toEqual({ published });
});

test('a run that waits for one that gives up builds by itself', async () => {
  const first = host('aaaa');
  await takeClaim(first, file(), item.id);
  const second = host('bbbb', 'd2');
  const waiting = takeClaim(second, file(), item.id);
  await dropClaim(first, file());
  expect(await waiting).toMatchObject({ claim: { run: 'bbbb', host: 'd2', job: second.jobId } });
});

test('what was published before this process began says nothing about a new plan', async () => {
  const old = { at: '2020-01-01T00:00:00Z', cpv: 'cat/pkg-1', path: 'x', size: 1, sha256: 'a', generation: 1 };
  await changeClaim(file(), () => ({ run: 'aaaa', host: 'd7', job: 'old', ...DEAD, published: old }));
  const taken = await takeClaim(host('bbbb'), file(), item.id);
  expect(taken).toEqual({ claim: expect.objectContaining({ run: 'bbbb', host: 'd1' }) });
});

test('only the run that has a claim changes it', async () => {
  await takeClaim(host('aaaa'), file(), item.id);
  await restartClaim(host('bbbb', 'd2'), file());
  await dropClaim(host('bbbb', 'd2'), file());
  expect(await readClaim(file())).toMatchObject({ run: 'aaaa', host: 'd1' });
});

test('of many that claim at once one gets the item', async () => {
  const runs = ['aaaa', 'bbbb', 'cccc', 'dddd'];
  const decided = await Promise.all(
    runs.map((run) => changeClaim(file(), (now) => (now === undefined ? { run, host: 'd1', job: run, ...DEAD } : undefined))),
  );
  expect(new Set(decided.map((claim) => claim?.run)).size).toBe(1);
});

test.each(['', '{', 'null', '7', '[]', '{"run":"aaaa"}', '{"run":1,"pid":"x"}'])('a damaged claim counts as none: %s', async (text) => {
  await takeClaim(host('aaaa'), file(), item.id);
  writeFileSync(file(), text);
  expect(await readClaim(file())).toBeUndefined();
  expect(await takeClaim(host('bbbb'), file(), item.id)).toMatchObject({ claim: { run: 'bbbb' } });
});
