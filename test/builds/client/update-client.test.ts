import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

const script = resolve(import.meta.dirname, '../../../src/builds/client/update-client.sh');
const OTHER = '[other]\nsync-uri = http://other/packages\n';
const OWN = '[own]\nsync-uri = http://own/packages/\nverify-signature = true\n';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'swarm-client-'));
  mkdirSync(join(dir, 'bin'));
  mkdirSync(join(dir, 'tmp'));
  mkdirSync(join(dir, 'etc/portage/binrepos.conf'), { recursive: true });
  writeFileSync(join(dir, 'etc/portage/make.conf'), 'USE="gui"\n');
  writeFileSync(join(dir, 'etc/portage/binrepos.conf/all.conf'), OTHER + OWN);
  stub('portageq', 'echo "$ROOT_OF_TEST"');
  stub(
    'emerge',
    'cat "$PORTAGE_CONFIGROOT/etc/portage/make.conf" "$PORTAGE_CONFIGROOT/etc/portage/binrepos.conf"; echo "asks $PORTAGE_BINHOST"; exit 3',
  );
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function stub(name: string, text: string): void {
  writeFileSync(join(dir, 'bin', name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
}

/** What emerge sees. */
function upgrade(binhost: string, own: string): string {
  const env = { PATH: `${dir}/bin:${process.env['PATH']}`, ROOT_OF_TEST: dir, PORTAGE_CONFIGROOT: dir, TMPDIR: join(dir, 'tmp') };
  try {
    return execFileSync('sh', [script, binhost, own, '@world'], { env, encoding: 'utf8', stdio: 'pipe' });
  } catch (error) {
    const { status, stdout } = error as { readonly status: number; readonly stdout: string };
    expect(status).toBe(3); // that of emerge
    return stdout;
  }
}

test("an upgrade asks the target's binhost alone, and the client's configuration stays as it is", () => {
  // an update that was killed left these
  const cached = join(dir, 'var/cache/edb/binhost/127.0.0.1');
  for (const left of [join(cached, '.job-old'), join(dir, 'tmp/swarm-update.000old')]) {
    mkdirSync(join(left, 'etc'), { recursive: true });
    symlinkSync(join(dir, 'etc/portage/make.conf'), join(left, 'etc/make.conf'));
    utimesSync(left, 1, 1);
  }
  const seen = upgrade('http://127.0.0.1:4000', '-');
  expect(seen).toContain('USE="gui"');
  expect(seen).toMatch(/^asks http:\/\/127\.0\.0\.1:4000\/\.job-\w+$/m);
  expect(readdirSync(cached)).toEqual([]);
  expect(seen).not.toContain('sync-uri');
  expect(readFileSync(join(dir, 'etc/portage/binrepos.conf/all.conf'), 'utf8')).toBe(OTHER + OWN);
  expect(readdirSync(join(dir, 'tmp'))).toEqual([]);
});

test("where the client has the target's binhost itself, its entry counts and no other", () => {
  const seen = upgrade('-', 'http://own/packages');
  expect(seen).toContain('verify-signature = true');
  expect(seen).not.toContain('other');
  expect(seen).toContain('asks http://own/packages');
});
