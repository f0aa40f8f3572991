import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import push from '../../../modules/files/push.ts';
import type { Notice } from '../../../src/core/module.ts';
import type { Change } from '../../../src/index.ts';
import { createLocalHost, driveModule, type LocalHostOptions } from '../../modules/local-host.ts';

/** Arguments of the push module; `tree` is added to its one tree. */
export interface PushOptions extends Record<string, unknown> {
  readonly tree?: Record<string, unknown>;
}

interface Pushed {
  readonly changes: readonly Change[];
  readonly result: { readonly trees: readonly Record<string, unknown>[] };
  readonly notices: readonly Notice[];
}

/** A host and a project in one folder, new for each test: files/set is pushed to etc/set. Real commands and files, no wire. */
export interface PushHost {
  readonly dir: string;
  put(path: string, text: string, mode?: number): void;
  read(path: string): string;
  /** What is beside the tree, sorted. */
  versions(): readonly string[];
  /** What is left of the switch. */
  leftovers(): readonly string[];
  start(args?: PushOptions, options?: LocalHostOptions, check?: boolean): Promise<Pushed>;
}

/** Makes the folder before each test of the file, and removes it after. */
export function preparePushHost(): PushHost {
  let dir = '';
  let runs = 0;
  const put = (path: string, text: string, mode = 0o644): void => {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), text);
    chmodSync(join(dir, path), mode);
  };
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'swarm-push-'));
    put('files/set/a', 'one\n');
    put('files/set/deep/run', '#!/bin/sh\n', 0o755);
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));
  return {
    get dir() {
      return dir;
    },
    put,
    read: (path) => readFileSync(join(dir, path), 'utf8'),
    versions: () => readdirSync(join(dir, 'etc/.set.versions')).sort(),
    leftovers: () => readdirSync(join(dir, '.local/state/swarm/push')).sort(),
    start: async ({ tree, ...args } = {}, options = {}, check = false) => {
      runs += 1;
      const remote = createLocalHost(dir, { jobId: `run${runs}`, place: { run: `run${runs}` }, ...options });
      const parsed = push.args.parse({ trees: [{ source: 'set/', dest: join(dir, 'etc/set'), ...tree }], ...args });
      return { ...(await driveModule(push.run(remote, parsed), remote, check)), notices: remote.notices };
    },
  };
}
