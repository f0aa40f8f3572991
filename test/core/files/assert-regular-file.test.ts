import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readSavedPlan } from '../../../src/builds/plan/saved-plan.ts';
import { assertRegularFile } from '../../../src/core/files/assert-regular-file.ts';
import { readFileBytes } from '../../../src/language/inventory/files/inventory-paths.ts';
import { parseExtraVars } from '../../../src/language/playbook/request/bind-args.ts';
import { templateFileUsesFacts } from '../../../src/language/playbook/used-facts.ts';
import { readSource } from '../../../src/sdk/files/source-files.ts';

const dir = mkdtempSync(join(tmpdir(), 'swarm-'));
const pipe = join(dir, 'pipe');
const socket = join(dir, 'socket');
const server = createServer();

beforeAll(async () => {
  execFileSync('mkfifo', [pipe]);
  mkdirSync(join(dir, 'folder'));
  writeFileSync(join(dir, 'file'), '');
  await new Promise<void>((resolve) => void server.listen(socket, resolve));
});
afterAll(() => {
  server.close();
  rmSync(dir, { recursive: true });
});

test.each([
  [pipe, 'a named pipe'],
  [socket, 'a socket'],
  ['/dev/zero', 'a device'],
])('%s is refused, because reading it may never end', (path, kind) => {
  expect(() => assertRegularFile(path)).toThrow(`${path} is ${kind}, not a file`);
});

test.each([join(dir, 'file'), join(dir, 'folder'), join(dir, 'missing'), '/dev/null', '/dev/stdin', '/dev/fd/63'])(
  '%s is left to the reader',
  (path) => {
    expect(() => assertRegularFile(path)).not.toThrow();
  },
);

test('an inventory, a source of a module and a saved plan ask before they read', async () => {
  const message = `${socket} is a socket, not a file`;
  expect(() => readFileBytes(socket)).toThrow(message);
  await expect(readSource(socket)).rejects.toThrow(message);
  await expect(readSavedPlan(socket)).rejects.toThrow(message);
});

test('-e @FILE asks before it reads', () => {
  const hint = `${socket} is a socket, not a file`;
  expect(() => parseExtraVars([`@${socket}`])).toThrow(expect.objectContaining({ code: 'SW1205', hint }));
});

test('the search for facts leaves out a template that is no file', () => {
  expect(templateFileUsesFacts(socket)).toBe(false);
});
