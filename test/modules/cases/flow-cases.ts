import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createLocalHost } from '../local-host.ts';
import { type PrepareCase, withPrograms } from './case.ts';
import { INJECTION } from './file-cases.ts';

/** One use of each module that runs commands, waits or reaches the network. */
export const flowCases: Readonly<Record<string, PrepareCase>> = {
  git: async (dir) => {
    const at = (...words: string[]) =>
      execFileSync('git', ['-C', join(dir, 'repo'), '-c', 'user.name=a', '-c', 'user.email=a@b', ...words]);
    await mkdir(join(dir, 'repo'));
    await writeFile(join(dir, 'repo/a'), 'one\n');
    at('init', '-q', '-b', 'main');
    at('add', 'a');
    at('commit', '-q', '-m', 'one');
    return { args: { repo: join(dir, 'repo'), dest: join(dir, `clone ${INJECTION}`), version: 'main' }, remote: createLocalHost(dir) };
  },
  make: async (dir) => {
    const folder = join(dir, INJECTION);
    await mkdir(folder);
    const remote = await withPrograms(dir, { make: 'cd "$2" || exit 2; case $3 in -q) [ -e out ] ;; *) printf %s "$3" >out ;; esac' });
    return { args: { chdir: folder, params: { A: INJECTION } }, remote };
  },
  pause: async (dir) => ({ args: { seconds: 0 }, remote: createLocalHost(dir) }),
  raw: async (dir) => ({ args: { cmd: 'echo hello' }, remote: createLocalHost(dir) }),
  script: async (dir) => {
    await mkdir(join(dir, 'files'));
    await writeFile(join(dir, 'files/run'), '#!/bin/sh\nprintf %s "$1" >out\n');
    return { args: { src: 'run', args: [INJECTION] }, remote: createLocalHost(dir) };
  },
  setup: async (dir) => ({ args: {}, remote: createLocalHost(dir) }),
  uri: async (dir) => {
    const curl = `cat <&3 >"$STATE/asked"; printf '{"ok":true}\\n200 application/json'`;
    const args = { url: 'http://192.0.2.1/', method: 'POST', headers: { 'X-Key': INJECTION }, body: { text: INJECTION } };
    return { args, remote: await withPrograms(dir, { curl }) };
  },
  wait_for: async (dir) => {
    await writeFile(join(dir, INJECTION), 'ready\n');
    return { args: { path: join(dir, INJECTION), search_regex: '^ready$', timeout: 0 }, remote: createLocalHost(dir) };
  },
  wait_for_connection: async (dir) => ({ args: {}, remote: createLocalHost(dir) }),
};
