import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { COMPILED, codeFile } from '../core/program/package-root.ts';

const STAND_INS = ['emerge', 'python3'] as const;
/** A drone shares this machine's kernel and services: these would hit the real thing. */
const BLOCKED_COMMANDS = [
  'halt',
  'init',
  'kexec',
  'poweroff',
  'rc-service',
  'rc-update',
  'reboot',
  'shutdown',
  'systemctl',
  'telinit',
] as const;

/** portageq answers the questions that a build asks. */
const PORTAGEQ = `case "$#$1$2" in
  2envvarEROOT) echo "$SWARM_LAB_DRONE";;
  2envvarPKGDIR) echo "\${PKGDIR:-$SWARM_LAB_DRONE/pkgdir}";;
  2envvarPORTAGE_TMPDIR) echo "$SWARM_LAB_DRONE/tmp";;
  *) echo "portageq: the drones of a lab answer only envvar with EROOT, PKGDIR or PORTAGE_TMPDIR" >&2; exit 2;;
esac
`;

/** The first program of a build job asks where the files of Portage are. Where the target has no folder, this answers it, so that no item
 *  starts Node for it. */
const NO_TARGET = deflateSync('null', { level: 9 }).toString('base64');
const PLACES = `case "$1 $2" in
  '-c TARGET = "${NO_TARGET}"'*'a build job runs first'*) printf '%s\\n\\n' "$SWARM_LAB_DRONE"; exit ;;
esac
`;

/** Puts the stand-ins into DIR/bin, which stands first on a drone's PATH: small sh scripts that start Node. Run from source, jiti
 *  compiles on the way. They say where they belong themselves: a build runs in an environment of its own, `env -i`. */
export function writeWrappers(dir: string, env: Readonly<Record<string, string>>): void {
  const program = codeFile('src/lab/stand-in');
  const loader = COMPILED ? [] : ['--import', import.meta.resolve('jiti/register')];
  for (const name of BLOCKED_COMMANDS) {
    const refusal = `echo "${name}: a drone of a lab leaves the machine alone that it runs on" >&2`;
    writeFileSync(join(dir, 'bin', name), `#!/bin/sh\n${refusal}\nexit 1\n`, { mode: 0o755 });
  }
  writeFileSync(join(dir, 'bin/portageq'), `#!/bin/sh\nSWARM_LAB_DRONE=${quote(dir)}\n${PORTAGEQ}`, { mode: 0o755 });
  for (const name of STAND_INS) {
    const words = [process.execPath, ...loader, program, name];
    const speed = env['LAB_SPEED'] ?? process.env['LAB_SPEED'] ?? '1';
    const set = `export SWARM_LAB_DRONE=${quote(dir)} LAB_SPEED="\${LAB_SPEED:-${Number(speed) || 1}}"`;
    const text = `#!/bin/sh\n${set}\n${name === 'python3' ? PLACES : ''}exec ${words.map(quote).join(' ')} "$@"\n`;
    writeFileSync(join(dir, 'bin', name), text, { mode: 0o755 });
  }
}

const quote = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;
