import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createLocalHost } from '../local-host.ts';
import { type PrepareCase, withPrograms } from './case.ts';

/** A text that a shell would run if it read it. */
export const INJECTION = `a'b"; $(touch injected) \`touch injected\` *`;

/** One use of each module of modules/files, and of get_url. */
export const fileCases: Readonly<Record<string, PrepareCase>> = {
  archive: async (dir) => {
    await mkdir(join(dir, INJECTION));
    await writeFile(join(dir, INJECTION, 'a'), 'one\n');
    return { args: { path: join(dir, INJECTION), dest: join(dir, 'packed.tar.gz'), mode: 'u=rw,go=' }, remote: createLocalHost(dir) };
  },
  acl: async (dir) => {
    const setfacl = `case $1 in --test) [ -e "$STATE/acl" ] && echo 'x: *,*' || echo 'x: u::rw-,*' ;; *) printf '%s\\n' "$*" >"$STATE/acl" ;; esac`;
    const remote = await withPrograms(dir, { setfacl, getfacl: 'echo user::rw-' });
    await writeFile(join(dir, INJECTION), '');
    return {
      args: { path: join(dir, INJECTION), etype: 'user', entity: '$(touch$IFS"injected")', permissions: 'rX', recursive: true },
      remote,
    };
  },
  git_config: async (dir) => ({
    args: { name: `alias.${INJECTION}.x`, value: INJECTION, file: join(dir, 'config') },
    remote: createLocalHost(dir),
  }),
  blockinfile: async (dir) => {
    await writeFile(join(dir, 'hosts'), '127.0.0.1 localhost\n');
    return { args: { path: join(dir, 'hosts'), block: `192.0.2.1 ${INJECTION}\n`, backup: true }, remote: createLocalHost(dir) };
  },
  fetch: async (dir) => {
    await writeFile(join(dir, INJECTION), 'collected\n');
    return { args: { src: join(dir, INJECTION), dest: 'collected' }, remote: createLocalHost(dir) };
  },
  find: async (dir) => {
    await writeFile(join(dir, `${INJECTION}.log`), '');
    return { args: { paths: dir, patterns: ['*.log', '$(touch injected)'] }, remote: createLocalHost(dir) };
  },
  get_url: async (dir) => {
    const content = 'loaded\n';
    await writeFile(join(dir, 'source'), content);
    const curl = `while [ $# -gt 1 ]; do [ "$1" = -o ] && out=$2; shift; done; cat "$STATE/../source" >"$out"`;
    const checksum = `sha256:${createHash('sha256').update(content).digest('hex')}`;
    const args = { url: `https://192.0.2.1/$(touch${'$IFS'}injected)`, dest: join(dir, 'there'), checksum, mode: '0640' };
    return { args, remote: await withPrograms(dir, { curl }) };
  },
  ini_file: async (dir) => {
    await writeFile(join(dir, 'gentoo.conf'), '[DEFAULT]\nmain-repo = gentoo\n\n[gentoo]\nsync-type = rsync\n');
    const args = { path: join(dir, 'gentoo.conf'), section: 'gentoo', option: 'sync-uri', value: INJECTION };
    return { args, remote: createLocalHost(dir) };
  },
  replace: async (dir) => {
    await writeFile(join(dir, 'grub'), 'GRUB_TIMEOUT=5\n');
    const args = { path: join(dir, 'grub'), regexp: '^GRUB_TIMEOUT=.*$', replace: 'GRUB_TIMEOUT=2', validate: `grep -q 'TIMEOUT=2' %s` };
    return { args, remote: createLocalHost(dir) };
  },
  assemble: async (dir) => {
    await mkdir(join(dir, 'parts'));
    await writeFile(join(dir, 'parts/b'), 'two');
    await writeFile(join(dir, 'parts', `a ${INJECTION}`), 'one');
    return { args: { src: join(dir, 'parts'), dest: join(dir, 'whole'), delimiter: '--' }, remote: createLocalHost(dir) };
  },
  slurp: async (dir) => {
    await writeFile(join(dir, INJECTION), 'text\n');
    return { args: { src: join(dir, INJECTION) }, remote: createLocalHost(dir) };
  },
  tempfile: async (dir) => ({ args: { path: dir, state: 'directory', prefix: INJECTION }, remote: createLocalHost(dir) }),
  unarchive: async (dir) => {
    await mkdir(join(dir, 'files/tools/bin'), { recursive: true });
    await writeFile(join(dir, 'files/tools/bin', INJECTION), '#!/bin/sh\n', { mode: 0o755 });
    execFileSync('tar', ['-czf', join(dir, 'files/tools.tar.gz'), '-C', join(dir, 'files'), 'tools']);
    const args = { src: 'tools.tar.gz', dest: join(dir, 'opt $(touch injected)'), strip_components: 1 };
    return { args, remote: createLocalHost(dir) };
  },
};
