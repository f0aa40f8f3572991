import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

export type DroneEnvironment = Readonly<Record<string, string | undefined>>;

/** A drone's Gentoo, as its stand-ins see it: where everything is, and what kind of machine it plays. */
export interface DroneSystem {
  /** The drone's folder. */
  readonly dir: string;
  readonly pkgdir: string;
  readonly buildDir: string;
  readonly logDir: string;
  readonly emergeLog: string;
  /** Installed packages. */
  readonly installed: string;
  readonly arch: string;
  readonly chost: string;
  readonly binhost: string | undefined;
  /** LAB_SPEED: how many times faster than the tree says. */
  readonly speed: number;
}

const GENTOO_ARCHES: Readonly<Record<string, readonly [arch: string, chost: string]>> = {
  x64: ['amd64', 'x86_64-pc-linux-gnu'],
  arm64: ['arm64', 'aarch64-unknown-linux-gnu'],
};

/** From the environment that the drone gives to every command; PKGDIR, PORTAGE_LOGDIR and PORTAGE_BINHOST work as in Portage. */
export function openDroneSystem(env: DroneEnvironment): DroneSystem {
  const dir = env['SWARM_LAB_DRONE'];
  if (dir === undefined) throw new Error('SWARM_LAB_DRONE is not set: this is a stand-in that works on a lab drone only');
  const [arch, chost] = GENTOO_ARCHES[process.arch] ?? ['amd64', 'x86_64-pc-linux-gnu'];
  const logDir = env['PORTAGE_LOGDIR'] ?? join(dir, 'log/portage');
  const system: DroneSystem = {
    dir,
    pkgdir: env['PKGDIR'] ?? join(dir, 'pkgdir'),
    buildDir: join(dir, 'tmp/portage'),
    logDir,
    emergeLog: join(env['EMERGE_LOG_DIR'] ?? join(dir, 'log'), 'emerge.log'),
    installed: join(dir, 'var/db/pkg'),
    arch,
    chost,
    binhost: env['PORTAGE_BINHOST']?.replace(/\/$/, '') || undefined,
    speed: Math.max(0.01, Number(env['LAB_SPEED'] ?? 1) || 1),
  };
  for (const each of [system.pkgdir, system.logDir]) mkdirSync(each, { recursive: true });
  return system;
}
