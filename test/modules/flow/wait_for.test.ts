import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import waitFor from '../../../modules/flow/wait_for.ts';
import { driveModule } from '../local-host.ts';
import { HOST_TOOLS, hostWithTools } from '../shells.ts';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'swarm-wait-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

describe.each(HOST_TOOLS)('wait_for with the tools of %s', (tools) => {
  const run = async (args: Readonly<Record<string, unknown>>, check = false) => {
    const host = hostWithTools(dir, tools);
    const { changes, result } = await driveModule(waitFor.run({ ...host, check }, waitFor.args.parse(args)), host, check);
    return { unknown: changes.map(({ unknownInCheck }) => unknownInCheck), result };
  };

  test('a check tests once: what is not so yet is unknown, and what is so is known', async () => {
    const path = join(dir, 'a');
    expect(await run({ path, timeout: 1000 }, true)).toEqual({ unknown: ['outcome'], result: { elapsed: 0 } });
    expect(await run({ path, timeout: 1000, state: 'absent' }, true)).toEqual({ unknown: [], result: { elapsed: 0 } });
    writeFileSync(path, '');
    expect(await run({ path, delay: 1000 }, true)).toEqual({ unknown: [], result: { elapsed: 0 } });
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    expect((await run({ port }, true)).unknown).toEqual([]);
    await new Promise<void>((resolve) => server.close(() => resolve()));
    expect((await run({ port }, true)).unknown).toEqual(['outcome']);
  });

  test('msg is shown where it did not happen in time', async () => {
    await expect(run({ path: join(dir, 'a'), timeout: 0, msg: 'the file never came' })).rejects.toMatchObject({
      code: 'SW6012',
      message: 'the file never came',
    });
    expect((await run({ path: dir, msg: 'x' })).unknown).toEqual([]);
  });
});
