import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLabProject, type LabProject, published } from '../lab-project.ts';

/** What is done between runs: hosts are trusted, blocked and visited, the binhost is served, rolled back and tidied. */
let project: LabProject;

beforeAll(async () => {
  project = await createLabProject(2);
});
afterAll(() => project[Symbol.asyncDispose]());

const pins = (): string => join(project.dir, 'inventory/known_hosts');

describe('a host', () => {
  test('that was never trusted is pinned after a look at its key, in the format of OpenSSH; then it works', async () => {
    const before = readFileSync(pins(), 'utf8');
    writeFileSync(pins(), before.replace(/^d1 .*\n/m, ''));
    const silent = await project.swarm('hosts', 'trust', 'd1'); // nobody is there to answer
    expect([silent.exit, readFileSync(pins(), 'utf8')]).toEqual([silent.exit, before.replace(/^d1 .*\n/m, '')]);
    expect(silent.exit).not.toBe(0);
    const wrong = await project.swarm('hosts', 'trust', 'd1', '--fingerprint', `SHA256:${'A'.repeat(43)}`);
    expect([wrong.exit, readFileSync(pins(), 'utf8')]).toEqual([7, before.replace(/^d1 .*\n/m, '')]);
    const trusted = await project.swarm('hosts', 'trust', 'd1', '--yes');
    expect(trusted.exit).toBe(0);
    const key = project.drone('d1').hostKey;
    expect(readFileSync(pins(), 'utf8')).toMatch(new RegExp(`^d1 ${key.type} ${key.blob.replaceAll('+', '\\+')}`, 'm'));
    expect((await project.swarm('exec', 'd1', '--', 'true')).exit).toBe(0);
  });

  test('that is blocked gets no work, says why and until when, and comes back', async () => {
    const block = await project.swarm('hosts', 'block', 'd1', '--reason', 'disk being replaced', '--until', '2d');
    expect([block.exit, block.stdout]).toEqual([0, expect.stringMatching(/^wrote \S*inventory\/\S+\.yml$/m)]);
    const list = (await project.json('hosts', 'list')).json.hosts as unknown as { name: string; status: string }[];
    expect(list.find(({ name }) => name === 'd1')?.status).toBe('blocked');
    expect((await project.swarm('status')).stdout).toMatch(/d1[\s\S]*disk being replaced/);
    const build = await project.json('run', 'build', 'demo-libs/base');
    expect([build.exit, build.json.items.map(({ host }) => host)]).toEqual([0, ['d2']]);
    const only = await project.swarm('run', 'push', '-l', 'd1');
    expect([only.exit, only.stderr]).toEqual([
      7,
      expect.stringMatching(/SW3005[\s\S]*until \d{4}-\d\d-\d\d \d\d:\d\d: disk being replaced/),
    ]);
    expect((await project.swarm('hosts', 'unblock', 'd1')).exit).toBe(0);
    expect((await project.swarm('check')).exit).toBe(0);
    expect((await project.swarm('run', 'push', '-l', 'd1')).exit).toBe(0);
  });

  test('is blocked for a reason and for a time, or not at all', async () => {
    for (const words of [
      ['--until', '2d'],
      ['--reason', 'x'],
      ['--reason', 'x', '--until', '30d'],
      ['--reason', 'x', '--until', 'soon'],
    ]) {
      const { exit, stdout } = await project.swarm('hosts', 'block', 'd2', ...words);
      expect([words, exit, stdout]).toEqual([words, 5, '']);
    }
  });

  test('is visited over the proven route; the exit is that of the command', async () => {
    const { exit, stdout } = await project.swarm('hosts', 'ssh', 'd2', '--', 'echo', 'hello', 'from', '"$SWARM_LAB_NAME"');
    expect([exit, stdout]).toEqual([0, 'hello from d2\n']);
    expect((await project.swarm('hosts', 'ssh', 'd2', '--', 'exit', '7')).exit).toBe(7);
  });

  test('is shown with its routes and what it must prove', async () => {
    const { exit, stdout } = await project.swarm('hosts', 'show', 'd2');
    expect(exit).toBe(0);
    for (const each of [`127.0.0.1:${project.drone('d2').port}`, 'SHA256:', 'jump', 'at least 1024 bytes']) expect(stdout).toContain(each);
    expect((await project.swarm('hosts', 'show', 'd1')).stdout).toContain('protected: a jump host');
  });
});

describe('the binhost', () => {
  test('is served: what the index lists, in whole and in parts, and nothing else', async () => {
    const serving = project.start(['binhost', 'serve', '--port', '0']);
    const [url = ''] = await serving.waitForOutput(/http:\/\/127\.0\.0\.1:\d+/);
    const get = (path: string, headers = {}): Promise<Response> => fetch(`${url}/${path}`, { headers });
    const { path = '', size = 0 } = published(project.dir)[0] ?? {};
    const bytes = readFileSync(join(project.dir, 'binhost', path));
    expect(await (await get('Packages')).text()).toBe(readFileSync(join(project.dir, 'binhost/Packages'), 'utf8'));
    expect(Buffer.from(await (await get(path)).arrayBuffer()).equals(bytes)).toBe(true);
    const part = await get(path, { range: `bytes=100-${size - 1}` });
    expect([part.status, Buffer.from(await part.arrayBuffer()).equals(bytes.subarray(100))]).toEqual([206, true]);
    writeFileSync(join(project.dir, 'binhost/not-listed.gpkg.tar'), 'x');
    for (const strange of ['not-listed.gpkg.tar', '.swarm/stage/', '..%2finventory/swarm.yml', '%2e%2e/inventory/swarm.yml']) {
      expect([strange, (await get(strange)).status]).toEqual([strange, 404]);
    }
    rmSync(join(project.dir, 'binhost/not-listed.gpkg.tar'));
    serving.kill('SIGINT');
    expect((await serving.ended).exit).toBe(0);
  });

  test('goes back to an earlier index and forward again; every file of it is there', async () => {
    const before = published(project.dir);
    expect(before.map(({ cpv }) => cpv)).toEqual(['demo-libs/base-2.1-r1']);
    expect((await project.swarm('run', 'build', 'demo-libs/zip')).exit).toBe(0);
    const after = published(project.dir);
    expect(after).toHaveLength(2);
    expect((await project.swarm('binhost', 'rollback')).exit).toBe(0);
    expect(published(project.dir)).toEqual(before);
    expect((await project.swarm('binhost', 'check', '--deep')).exit).toBe(0);
    expect((await project.swarm('binhost', 'gc')).exit).toBe(0);
    expect((await project.swarm('binhost', 'check', '--deep')).exit).toBe(0);
    expect(published(project.dir)).toEqual(before);
  });

  test('that lost a file or got another one is found out: exit 9 or 2, and the package named', async () => {
    const path = published(project.dir)[0]?.path ?? '';
    const file = join(project.dir, 'binhost', path);
    const bytes = readFileSync(file);
    writeFileSync(file, bytes.subarray(0, bytes.length - 512));
    const short = await project.json('binhost', 'check');
    expect([short.exit, JSON.stringify(short.json)]).toEqual([9, expect.stringContaining(path)]);
    const bent = Buffer.from(bytes);
    bent[4000] = (bent[4000] ?? 0) ^ 1;
    writeFileSync(file, bent);
    const deep = await project.json('binhost', 'check', '--deep');
    expect([deep.exit, JSON.stringify(deep.json)]).toEqual([9, expect.stringContaining(path)]);
    writeFileSync(file, bytes.subarray(0, 512));
    const { exit, stdout } = await project.swarm('binhost', 'gc');
    expect([exit, stdout]).toEqual([
      0,
      expect.stringContaining(`taken out of the index: ${path}, whose file is missing or has another size`),
    ]);
    expect((await project.json('binhost', 'gc')).json).toMatchObject({ dropped: [] });
    expect(published(project.dir)).toEqual([]);
  });
});
