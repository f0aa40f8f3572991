import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { errorKind } from '../../../src/core/error-codes.ts';
import { explainEmergeFailure } from '../../../src/gentoo/build-log/emerge-failure.ts';
import { fixtures } from '../samples.ts';

/** What real emerge printed, both streams in one file, as the job of a build has it. */
const read = (name: string): string => readFileSync(join(fixtures, 'failures', name), 'utf8');
const runs = read('INDEX.tsv')
  .trim()
  .split('\n')
  .slice(1)
  .map((line) => line.split('\t') as [name: string, exit: string]);
const explain = (name: string): ReturnType<typeof explainEmergeFailure> => {
  const exit = runs.find(([each]) => each === name)?.[1];
  return explainEmergeFailure(Number(exit), read(`${name}.txt`).split('\n'), '');
};

type Row = readonly [name: string, code: string, cause: string, message: string, detail: string];

const packageFaults: readonly Row[] = [
  ...['pretend', 'setup', 'unpack', 'prepare', 'configure', 'compile', 'install', 'preinst', 'postinst'].map((phase): Row => {
    const kind = ['pretend', 'setup', 'preinst', 'postinst'].includes(phase) ? 'pkg' : 'src';
    const why = `${kind}_${phase} failed on purpose`;
    return [`fail-${phase}`, 'SW6003', 'package', `rig-app/fail-${phase}-1.0 failed in phase ${phase}: ${why}`, ` *   ${why}`];
  }),
  ['fail-test', 'SW6003', 'package', 'failed in phase test: tests failed on purpose', '1 of 3 tests failed'],
  ['fail-make', 'SW6003', 'package', "compile: a.c:7:3: error: unknown type name 'foo_t'", ' *   emake failed'],
  ['fail-econf', 'SW6003', 'package', 'configure: configure: error: zlib is needed', 'econf failed'],
  ['fail-helper', 'SW6003', 'package', 'install: !!! dobin: nosuch-program does not exist', 'dobin failed'],
  ['killed-compiler', 'SW6003', 'package', 'Killed signal terminated program cc1plus', 'compilation terminated.'],
  ['killed-phase', 'SW6010', 'unknown', 'rig-app/killed-phase-1.0 ended in phase compile', 'functioning properly.'],
  ['global-die', 'SW6003', 'package', 'rig-app/global-die-1.0 failed in phase depend: in global scope', 'masked by: corruption'],
  ['global-syntax', 'SW6003', 'package', 'failed in phase depend: error sourcing ebuild', 'syntax error: unexpected end of file'],
  ['fetch-unlisted', 'SW6003', 'package', 'its Manifest lists no checksum', 'Insufficient data for checksum verification'],
];

/** Lines that look like another cause, and are none. */
const lookalikes: readonly Row[] = [
  ['says-fails', 'SW6003', 'package', 'rig-app/says-fails-1.0 failed in phase compile: main.c:1:1: error: expected', 'the real cause'],
  ['fetch-retried', 'SW6003', 'package', 'failed in phase compile: compile failed after a good fetch', 'retried-1.0'],
  ['masked-installed-fails', 'SW6003', 'package', 'rig-app/uses-masked-1.0 failed in phase compile: the real cause', 'the real cause'],
  [
    'plan-masked-installed',
    'SW6004',
    'plan',
    'rig-libs/slotted-2.0 is masked by package.mask; rig-app/flagged-1.0 needs it',
    'flagged-1.0',
  ],
  ['binhost-404-fails', 'SW6003', 'package', "failed in phase compile: a.c:7:3: error: unknown type name 'foo_t'", 'emake failed'],
  ['bad-package-use', 'SW6003', 'package', 'rig-app/fail-make-1.0 failed in phase compile: a.c:7:3: error', 'emake failed'],
];

const sources: readonly Row[] = [
  ['fetch-gone', 'SW6009', 'service', 'rig-app/fetchfail-1.0: cannot download fetchfail-1.0.tar.gz', 'Connection refused'],
  ['fetch-badsum', 'SW6009', 'service', 'badsum-1.0.tar.gz has a wrong checksum', '!!! Expected: d7165972'],
  ['fetch-restricted', 'SW6009', 'service', 'must be downloaded by hand', 'Please download secret-1.0.tar.gz from https://example.org/buy'],
];

const hostFaults: readonly Row[] = [
  ['nospace-work', 'SW6008', 'host', 'no space left on the drone while building rig-app/nospace-quiet-1.0', 'No space left'],
  ['nospace-pkgdir', 'SW6008', 'host', 'no space left on the drone while building rig-app/bigbin-1.0', '[Errno 28]'],
  ['nospace-pkgdironly', 'SW6008', 'host', 'no space left on the drone while building rig-app/bigbin-1.0', '[Errno 28]'],
  [
    'nospace-distdir',
    'SW6008',
    'host',
    'no space left on the drone',
    'Insufficient space to store retried-1.0.tar.gz in /var/cache/distfiles',
  ],
  ['readonly-tmp', 'SW6018', 'host', "Read-only file system: '/var/tmp/exectest-", 'OSError: [Errno 30]'],
  ['readonly-pkgdir', 'SW6018', 'host', 'Read-only file system: /var/cache/binpkgs', '/var/cache/binpkgs'],
  ['missing-tmp', 'SW6018', 'host', 'PORTAGE_TMPDIR variable does not exist: /var/nosuch', 'Please create this directory'],
  ['no-profile', 'SW6018', 'host', 'its profile (make.profile) is not valid', '/etc/portage/make.profile is not a symlink'],
  ['bad-parent', 'SW6018', 'host', "Parent '/var/db/repos/gentoo/profiles/nosuch' not found", 'Your current profile is invalid'],
  ['bad-make-conf', 'SW6018', 'host', '"/etc/portage/make.conf", line 25: No closing quotation', 'ValueError: No closing quotation'],
  ['no-repo', 'SW6018', 'host', 'repository gentoo has no folder /nosuch on the drone', 'there are no ebuilds to satisfy'],
  ['manifest-ebuild', 'SW6018', 'host', 'rig-app/thick-1.0 is masked by corruption', 'Failed on BLAKE2B verification'],
  ['blocked-installed', 'SW6018', 'host', 'rig-libs/slotted:1 is hard blocking rig-app/self-block-1.0', 'Blocked_packages'],
  ['leftover-slot', 'SW6018', 'host', 'rig-app/icu-75.0 for rig-app/top-1.0, rig-app/icu-74.0 for rig-app/mid-1.0', 'cannot be rebuilt'],
  ['killed-term', 'SW6010', 'unknown', 'emerge was killed by signal 15', 'Exiting on signal 15'],
  ['killed-kill', 'SW6010', 'unknown', 'emerge was killed by signal 9', 'Killed'],
];

const refusals: readonly Row[] = [
  ['req-unmet', 'SW6006', 'plan', 'rig-app/req-1.0 do not meet its REQUIRED_USE: any-of ( gnutls ssl )', 'complete expression:'],
  ['req-flagged', 'SW6006', 'plan', 'do not meet its REQUIRED_USE: doc? ( extra )', 'USE="doc -extra -gui" RIG_TARGETS="r3_11 -r3_12"'],
  ['wants-req2', 'SW6006', 'plan', 'which rig-app/wants-req2-1.0 needs', 'ssl? ( exactly-one-of ( gnutls openssl ) )'],
  ['wants-use2', 'SW6006', 'plan', 'USE flags must change first', '# required by rig-app/wants-use2 (argument)'],
  ['circ-use-a', 'SW6007', 'plan', 'circular dependencies: rig-app/circ-use-b-1.0 needs rig-app/circ-use-a-1.0', 'Change USE: -docs'],
  ['circ-three', 'SW6007', 'plan', 'rig-app/circ-three-c-1.0 needs rig-app/circ-three-a-1.0', 'Change USE: -truetype'],
  ['circ-a', 'SW6007', 'plan', 'rig-app/circ-a-1.0 needs rig-app/circ-b-1.0', 'disabling USE flags that trigger'],
  ['slot-conflict', 'SW6007', 'plan', 'rig-libs/base-1.0 for rig-app/wants-old-1.0', 'page or refer to the Gentoo Handbook.'],
  [
    'slot-conflict-sub',
    'SW6007',
    'plan',
    'rig-app/icu-75.0 for rig-app/user-b-1.0, rig-app/icu-74.0 for rig-app/user-a-1.0',
    '(rig-app/icu-74.0:0/74::rig',
  ],
  ['self-block', 'SW6007', 'plan', 'rig-libs/slotted:1 is hard blocking rig-app/self-block-1.0', 'pulled in by'],
  ['wants-testing', 'SW6004', 'plan', 'masked by ~amd64 keyword; rig-app/wants-testing-1.0 needs it', 'dependency required by'],
  ['wants-licensed', 'SW6004', 'plan', 'masked by RIG-EULA license(s)', '/var/db/repos/rig/licenses/RIG-EULA'],
  ['wants-masked', 'SW6004', 'plan', 'rig-app/masked-1.0 is masked by package.mask', '# Masked on purpose, to show what a mask'],
  ['many', 'SW6004', 'plan', 'rig-app/many-1.0 is masked by ~amd64 keyword', 'missing keyword'],
  ['eapi', 'SW6004', 'plan', 'rig-app/eapi-1.0 is masked by EAPI 99', "The current version of portage supports EAPI '9'"],
  ['bad-dep', 'SW6004', 'plan', "DEPEND: Missing ')' at end of string", 'masked by: invalid'],
  ['nodep', 'SW6005', 'plan', 'no ebuild satisfies rig-libs/nosuch, which rig-app/nodep-1.0 needs', 'rig-app/nodep'],
  ['wants-usemissing', 'SW6005', 'plan', 'rig-app/flagged-1.0::rig (Missing IUSE: nosuchflag)', 'wants-usemissing'],
  ['no-version', 'SW6005', 'plan', 'no ebuild satisfies =rig-libs/base-9.0', '=rig-libs/base-9.0'],
  ['getbinpkgonly-none', 'SW6005', 'plan', 'no binary package satisfies rig-app/diamond', 'rig-app/diamond'],
  ['bad-set', 'SW6005', 'plan', 'the drone has no package set @nosuch', 'x11-module-rebuild'],
  ['bad-atom', 'SW1201', 'plan', 'Portage does not accept "rig-app/" as a package atom', 'ebuild(5)'],
  ['buildpkgonly-deps', 'SW6007', 'plan', 'not installed: rig-dev/tool-a-1.0, virtual/rigtool-0', '--buildpkgonly requires'],
  ['bad-option', 'SW6012', 'unknown', 'unrecognized arguments: --nosuch', '--nosuch'],
  ['bad-option-value', 'SW6012', 'unknown', "Invalid --jobs parameter: 'x'", "Invalid --jobs parameter: 'x'"],
];

describe.each([
  ['a fault of the package', packageFaults],
  ['a look-alike', lookalikes],
  ['a source that does not arrive', sources],
  ['a fault of the host', hostFaults],
  ['a refusal to start', refusals],
])('%s', (_, rows) => {
  test.each(rows)('%s is %s, caused by the %s', (name, code, cause, message, detail) => {
    const failure = explain(name);
    expect([failure.code, errorKind(failure.code).cause]).toEqual([code, cause]);
    expect(failure.message).toContain(message);
    expect(failure.detail).toContain(detail);
  });
});

test.each(runs)('%s is one line that names no other cause, with a hint', (name) => {
  const failure = explain(name);
  expect(failure.message).toMatch(/^[^\n\x1b]+$/);
  expect(failure.hint).toMatch(/^\p{Lu}[^\n]+$/u);
  expect(failure.detail).not.toMatch(/\x1b|other-1|\n\n\n/);
});

test.each([
  ['needs-use', 'Add this line to package.use on the drones: >=rig-app/flagged-1.0 gui'],
  ['wants-nouse', 'Add this line to package.use on the drones: >=rig-app/flagged-1.0 -extra'],
  ['req-unmet', 'Add this line to package.use on the drones: =rig-app/req-1.0 gnutls'],
  ['wants-req', 'Add this line to package.use on the drones: =rig-app/req-1.0 gnutls'],
  ['wants-req2', 'Add this line to package.use on the drones: =rig-app/req-1.0 ssl gnutls'],
  ['req-flagged', 'Add this line to package.use on the drones: =rig-app/flagged-1.0 extra'],
  ['circ-three-a', 'Add this line to package.use on the drones: =rig-app/circ-three-a-1.0 harfbuzz'],
  ['wants-testing', 'Add this line to package.accept_keywords on the drones: =rig-app/testing-1.0 ~amd64'],
  ['keyless', 'Add this line to package.accept_keywords on the drones: =rig-app/keyless-1.0 **'],
  ['wants-licensed', 'Add this line to package.license on the drones: =rig-app/licensed-1.0 RIG-EULA'],
  ['wants-masked', 'Add this line to package.unmask on the drones: =rig-app/masked-1.0'],
  ['many', 'Add this line to package.license on the drones: =rig-app/many-3.0 RIG-EULA'],
  [
    'wants-all',
    'Add these lines on the drones: to package.license "=rig-app/wants-all-1.0 RIG-EULA", to package.accept_keywords "=rig-app/wants-all-1.0 ~amd64".',
  ],
  ['wants-use2', 'Add these lines on the drones: to package.use ">=rig-app/flagged-1.0 doc gui" and ">=rig-app/req-1.0 ssl gnutls".'],
  ['leftover-slot', `Remove it from the drone: swarm exec NAME --shell "emerge --unmerge '=rig-app/mid-1.0'"`],
  [
    'circ-use-a',
    `Build it in two steps. First, without the circle: swarm exec NAME --shell 'USE="-docs" emerge --oneshot =rig-app/circ-use-b-1.0' on each drone. Then build again.`,
  ],
])('the hint of %s is what Portage takes as typed', (name, hint) => {
  expect(explain(name).hint).toBe(hint);
});

test.each(['circ-a', 'req', 'wants-req2', 'many', 'global-die', 'self-block'])(
  'a plan that fails on %s is explained as a build is',
  (name) => {
    const [plan, build] = [explain(`plan-${name}`), explain(name === 'req' ? 'req-unmet' : name)];
    expect(plan).toMatchObject({ code: build.code, message: build.message, hint: build.hint });
  },
);

describe('what the job measured after a failed build', () => {
  const full = '>>> swarm: no space left in /var/tmp/portage';
  const killed = '>>> swarm: the kernel killed 1 process(es) for lack of memory';

  test('a full folder is the cause where the build met it', () => {
    const failure = explainEmergeFailure(1, [...read('says-fails.txt').split('\n'), full], '');
    expect(failure).toMatchObject({ code: 'SW6008', package: 'rig-app/says-fails-1.0' });
    expect(failure.message).toContain('/var/tmp/portage');
    expect(explainEmergeFailure(1, [...read('fail-make.txt').split('\n'), full], '').code).toBe('SW6003');
  });

  test('memory is the cause where something was killed', () => {
    expect(explainEmergeFailure(1, [...read('killed-compiler.txt').split('\n'), killed], '').code).toBe('SW6017');
    expect(explainEmergeFailure(1, [...read('killed-phase.txt').split('\n'), killed], '').code).toBe('SW6017');
    expect(explainEmergeFailure(1, [...read('fail-make.txt').split('\n'), killed], '').code).toBe('SW6003');
  });

  test('a build that prints such a line says nothing', () => {
    const [head = '', tail = ''] = read('fail-make.txt').split('make -j2');
    expect(explainEmergeFailure(1, `${head}${full}\n${killed}\nKilled\n${tail}`.split('\n'), '').code).toBe('SW6003');
  });
});
