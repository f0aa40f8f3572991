import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, symlinkSync, unlinkSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { moduleSource } from '../../src/engine/module-source.ts';
import { SwarmError } from '../../src/index.ts';
import { withMissingProgram } from '../../src/remote/session/file-refusal.ts';
import { driveModule } from './local-host.ts';
import { moduleCases } from './module-cases.ts';
import { HOST_TOOLS } from './shells.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'swarm-programs-'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(dir, { recursive: true, force: true });
});

const BUSYBOX = ['/bin/busybox', '/usr/bin/busybox'].find(existsSync) ?? '';
const OWN = ['/usr/local/bin', '/usr/bin', '/bin', '/usr/sbin', '/sbin'].filter((folder) => existsSync(folder));

/** The programs of a host, by name. */
function findPrograms(tools: 'own' | 'busybox'): ReadonlyMap<string, string> {
  const applets = tools === 'busybox' ? execFileSync(BUSYBOX, ['--list'], { encoding: 'utf8' }).trim().split('\n') : [];
  const own = OWN.flatMap((folder) => readdirSync(folder).map((name) => [name, join(folder, name)] as const));
  return new Map([...own.reverse(), ...applets.map((applet) => [applet, BUSYBOX] as const)]);
}

/** What a module makes of its usual case on a host with the programs of this folder, as the engine tells it. */
async function runIn(bin: string, name: string): Promise<string> {
  vi.stubEnv('PATH', bin);
  const [made, module] = [await moduleCases[name]?.(dir), await moduleSource().load(name)];
  if (made === undefined || module === undefined) throw new Error(`no case ${name}`);
  return driveModule(module.run(made.remote, module.args.parse(made.args)), made.remote).then(
    () => 'done',
    (error: unknown) => {
      if (!(error instanceof SwarmError)) throw error;
      const { code, message, hint } = withMissingProgram(error);
      return `${code} ${message.replace(/^.*: |, which a push needs$/g, '')}. ${hint}`;
    },
  );
}

const HASHES = ['sha256sum', 'shasum', 'openssl'];
const lacks = (program: string, from: string): string =>
  `SW6011 the host has no ${program}. Install ${from} on the host, or a busybox with ${program}.`;

describe.each(HOST_TOOLS)('with the tools of the host: %s', (tools) => {
  const bin = mkdtempSync(join(tmpdir(), 'swarm-links-'));
  const programs = findPrograms(tools);
  for (const [name, path] of programs) symlinkSync(path, join(bin, name));
  afterAll(() => rmSync(bin, { recursive: true, force: true }));

  test.each([
    ['copy', ['stat'], lacks('stat', 'coreutils')],
    ['fetch', HASHES, lacks('sha256sum', 'coreutils')],
    ['fetch', ['sha256sum', 'shasum'], 'done'],
    ['assemble', ['base64'], lacks('base64', 'coreutils')],
    ['assemble', ['tr'], lacks('tr', 'coreutils')],
    ['deb822_repository', ['base64'], lacks('base64', 'coreutils')],
    ['config_update', ['find'], lacks('find', 'findutils')],
    ['modprobe', ['tr'], lacks('tr', 'coreutils')],
    ['accept_keywords', ['dirname'], 'done'],
    ['get_url', ['dirname'], 'done'],
    ['push', ['tail'], lacks('tail', 'coreutils')],
    ['push', ['sha256sum'], lacks('sha256sum', 'coreutils')],
    ['push', ['ln'], lacks('ln', 'coreutils')],
    ['push', ['df'], 'done'],
  ] as const)('%s without %s', async (name, missing, expected) => {
    const removed = missing.filter((each) => programs.has(each));
    for (const each of removed) unlinkSync(join(bin, each));
    const found = await runIn(bin, name);
    for (const each of removed) symlinkSync(programs.get(each) ?? '', join(bin, each));
    expect(found).toBe(expected);
  });
});
