import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { DemoPackage } from '../demo-package.ts';
import type { DroneSystem } from '../drone-system.ts';

export interface OpenBuildLog {
  readonly file: string;
  line(text: string): void;
}

/** PORTAGE_LOGDIR/CATEGORY:PF:YYYYMMDD-HHMMSS.log, and what else wants the lines. */
export function openBuildLog(pkg: DemoPackage, system: DroneSystem, also: ((line: string) => void) | undefined): OpenBuildLog {
  const stamp = new Date().toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15);
  const file = join(system.logDir, `${pkg.cpv.category}:${pkg.cpv.pf}:${stamp}.log`);
  writeFileSync(
    file,
    [
      ` * Package:    ${pkg.cpv.text}:${pkg.slot}`,
      ` * Repository: ${pkg.repository}`,
      ` * USE:        ${[system.arch, ...pkg.use].join(' ')}`,
      ' * FEATURES:   preserve-libs',
      '',
    ].join('\n'),
  );
  return {
    file,
    line: (text) => {
      appendFileSync(file, `${text}\n`);
      also?.(text);
    },
  };
}

/** `UNIXTIME: text`, appended. */
export function appendEmergeLog(system: DroneSystem, text: string): void {
  mkdirSync(dirname(system.emergeLog), { recursive: true });
  appendFileSync(system.emergeLog, `${Math.floor(Date.now() / 1000)}: ${text}\n`);
}
