import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Package } from '../demo-package.ts';
import type { Place } from '../drone-system.ts';

export interface BuildLog {
  readonly file: string;
  line(text: string): void;
}

/** PORTAGE_LOGDIR/CATEGORY:PF:YYYYMMDD-HHMMSS.log, and what else wants the lines. */
export function buildLog(pkg: Package, place: Place, also: ((line: string) => void) | undefined): BuildLog {
  const stamp = new Date().toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15);
  const file = join(place.logDir, `${pkg.cpv.category}:${pkg.cpv.pf}:${stamp}.log`);
  writeFileSync(
    file,
    [
      ` * Package:    ${pkg.cpv.text}:${pkg.slot}`,
      ` * Repository: ${pkg.repository}`,
      ` * USE:        ${[place.arch, ...pkg.use].join(' ')}`,
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
export function emergeLog(place: Place, text: string): void {
  mkdirSync(dirname(place.emergeLog), { recursive: true });
  appendFileSync(place.emergeLog, `${Math.floor(Date.now() / 1000)}: ${text}\n`);
}
