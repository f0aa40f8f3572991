import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { createLocalHost, type LocalHost, type LocalHostOptions } from './local-host.ts';

/** The shells and tools that a host may have: those of this machine, and busybox where there is one. */
export const HOST_TOOLS: readonly ('own' | 'busybox')[] =
  existsSync('/bin/busybox') || existsSync('/usr/bin/busybox') ? ['own', 'busybox'] : ['own'];

/** A host in a folder, whose programs are those of busybox first, if asked for. /bin/sh becomes `sh` of the same. */
export function hostWithTools(dir: string, tools: 'own' | 'busybox', options: LocalHostOptions = {}): LocalHost {
  if (tools === 'own') return createLocalHost(dir, options);
  const bin = join(dir, '.busybox');
  if (!existsSync(bin)) {
    mkdirSync(bin, { recursive: true });
    const busybox = existsSync('/bin/busybox') ? '/bin/busybox' : '/usr/bin/busybox';
    for (const applet of execFileSync(busybox, ['--list'], { encoding: 'utf8' }).trim().split('\n'))
      symlinkSync(busybox, join(bin, applet));
  }
  return createLocalHost(dir, {
    ...options,
    env: { ...options.env, PATH: `${bin}:${options.env?.['PATH'] ?? process.env['PATH']}` },
    shell: join(bin, 'sh'),
  });
}
