import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readSavedPlan } from '../../../src/builds/plan/saved-plan.ts';
import { readCheckedText } from '../../../src/core/files/checked-text.ts';
import { readLocalFile, readLocalFileSync } from '../../../src/core/files/read-local-file.ts';
import { readTailscalePeers } from '../../../src/fleet/discovery/tailscale.ts';
import { readJsonFile } from '../../../src/journal/atomic-json.ts';
import { readKeptJson } from '../../../src/journal/kept-json.ts';
import { readInventoryFiles } from '../../../src/language/inventory/inventory-files.ts';
import { readPlaybook } from '../../../src/language/playbook/read-playbook.ts';
import { parseExtraVars } from '../../../src/language/playbook/request/bind-args.ts';
import { templateFileUsesFacts } from '../../../src/language/playbook/used-facts.ts';
import { readUserKnownHosts } from '../../../src/remote/identity/known-hosts.ts';
import { readPins } from '../../../src/remote/identity/pins.ts';
import { createConfigReader } from '../../../src/remote/ssh-config/read-config-file.ts';
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
])('%s is refused, because reading it may never end', async (path, kind) => {
  const message = `${path} is ${kind}, not a file`;
  expect(() => readLocalFileSync(path)).toThrow(message);
  await expect(readLocalFile(path)).rejects.toThrow(message);
});

test('what a shell gives for a file is read', async () => {
  expect(readLocalFileSync('/dev/null')).toHaveLength(0);
  expect(await readLocalFile('/dev/null')).toHaveLength(0);
});

test('a folder and a file that is missing are errors with the path, and with the hint of the caller', async () => {
  expect(() => readLocalFileSync(join(dir, 'folder'))).toThrow(expect.objectContaining({ code: 'SW5003' }));
  const missing = join(dir, 'missing');
  expect(() => readLocalFileSync(missing)).toThrow(missing);
  await expect(readLocalFile(missing, 'Make it first.')).rejects.toMatchObject({ code: 'SW5007', hint: 'Make it first.' });
});

test('an inventory, a playbook, a source of a module, a saved plan and peers of tailscale are read so', async () => {
  const message = `${socket} is a socket, not a file`;
  expect(() => readInventoryFiles({ dir, paths: [socket] })).toThrow(message);
  await expect(readPlaybook(socket, { names: [], load: async () => undefined })).rejects.toThrow(message);
  await expect(readSource(socket)).rejects.toThrow(message);
  await expect(readSavedPlan(socket)).rejects.toThrow(message);
  await expect(readTailscalePeers(socket)).rejects.toThrow(message);
});

test('what swarm keeps, pins, known hosts and ssh_config are read so', () => {
  const message = `${pipe} is a named pipe, not a file`;
  expect(() => readKeptJson({ file: pipe, empty: 0, parse: () => 0, hint: '' })).toThrow(message);
  expect(() => readPins(pipe)).toThrow(message);
  expect(() => readUserKnownHosts([pipe])).toThrow(message);
  expect(() => createConfigReader().lines(pipe)).toThrow(message);
  expect(readJsonFile(pipe, (value) => value ?? 'nothing')).toBe('nothing');
  expect(readCheckedText(pipe)).toBeUndefined();
});

/** These read files of the package, of /proc or of swarm's own process, or look first whether it is a file. */
const READ_OTHERWISE = [
  'cli/modules/module-template.ts',
  'cli/reference/docs.ts',
  'cli/run/run-on-screen.ts',
  'convert/project/ansible-files.ts',
  'core/files/read-local-file.ts',
  'core/program/orchestrator.ts',
  'core/program/package-root.ts',
  'core/program/process-alive.ts',
  'core/program/program-version.ts',
  'engine/executable-module.ts',
  'engine/module-span.ts',
  'engine/variables/local-lookup.ts',
  'fleet/project/editor-types.ts',
  'fleet/project/inventory-cache.ts',
  'fleet/runs/check/check-source-files.ts',
  'fleet/runs/detached-run.ts',
  'fleet/secrets/read-secret.ts',
  'language/playbook/files/collect-files.ts',
  'language/playbook/used-facts.ts',
  'remote/ssh-config/read-config-file.ts',
  'remote/ssh/login-keys.ts',
  'remote/ssh/taken-bytes.ts',
  'remote/tree/hash-files.ts',
  'remote/tree/pack-tree.ts',
  'sdk/host-script.ts',
  'sdk/testing/module-laws.ts',
];

test('every other file of swarm reads files so', () => {
  const src = resolve(import.meta.dirname, '../../../src');
  const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  const direct = files.filter((file) =>
    /(?<![.\w])(?:await )?readFile(?:Sync)?\((?!reader|inRun)/.test(readFileSync(join(src, file), 'utf8')),
  );
  expect(direct.filter((file) => !/^lab\//.test(file)).sort()).toEqual(READ_OTHERWISE);
});

test('-e @FILE is read so', () => {
  const hint = `${socket} is a socket, not a file`;
  expect(() => parseExtraVars([`@${socket}`])).toThrow(expect.objectContaining({ code: 'SW1205', hint }));
});

test('the search for facts leaves out a template that is not a file', () => {
  expect(templateFileUsesFacts(socket, 'probed')).toBe(false);
});
