import { describe, expect, test } from 'vitest';
import { errorKind } from '../../../src/core/error-codes.ts';
import { explainEmergeFailure } from '../../../src/gentoo/build-log/emerge-failure.ts';
import { parseEmergeLine, stripControls } from '../../../src/gentoo/build-log/emerge-progress.ts';
import { readCapture } from '../samples.ts';

const explain = (name: string, exit = 1): ReturnType<typeof explainEmergeFailure> =>
  explainEmergeFailure(exit, readCapture(`${name}.stdout`).split('\n'), readCapture(`${name}.stderr`));

test.each([
  ['fail-compile', 'SW6003', 'package', 'rig-app/broken-1.0', 'broken.c:3:10: fatal error: nosuch.h: No such file or directory'],
  ['fail-keep-going', 'SW6003', 'package', 'rig-app/broken-1.0', 'compile failed on purpose'],
  ['fail-fetch', 'SW6009', 'service', 'rig-app/fetchfail-1.0', "!!! Couldn't download 'fetchfail-1.0.tar.gz'. Aborting."],
  ['use-change', 'SW6006', 'plan', 'rig-app/flagged-1.0', '>=rig-app/flagged-1.0 gui'],
  ['masked-package', 'SW6004', 'plan', 'rig-app/masked-1.0', '(masked by: package.mask)'],
  ['masked-keyword', 'SW6004', 'plan', 'rig-app/testing-1.0', '(masked by: ~amd64 keyword)'],
  ['masked-license', 'SW6004', 'plan', 'rig-app/licensed-1.0', '(masked by: RIG-EULA license(s))'],
  ['no-such-package', 'SW6005', 'plan', undefined, 'there are no ebuilds to satisfy "rig-app/nosuch"'],
  ['missing-dependency', 'SW6005', 'plan', 'rig-app/nodep-1.0', 'required by "rig-app/nodep-1.0::rig"'],
  ['blocked', 'SW6007', 'plan', undefined, 'is hard blocking rig-app/blocks-1.0'],
  ['slot-conflict', 'SW6007', 'plan', undefined, 'rig-libs/base:0'],
  ['circular', 'SW6007', 'plan', 'rig-app/circ-b-1.0', 'rig-app/circ-a-1.0'],
  ['bad-atom', 'SW1201', 'plan', undefined, "'rig-app/' is not a valid package atom"],
  ['buildpkgonly-missing-deps', 'SW6007', 'plan', 'rig-app/needs-tool-1.0', '--buildpkgonly requires all dependencies'],
  ['no-space', 'SW6008', 'host', 'rig-app/fills-1.0', 'No space left on device'],
])('%s is %s, blamed on the %s', (name, code, blame, culprit, line) => {
  const failure = explain(name);
  expect([failure.code, errorKind(failure.code).cause, failure.package]).toEqual([code, blame, culprit]);
  expect(failure.detail).toContain(line);
  expect(failure.message).not.toMatch(/[\x00-\x1f]/);
  if (culprit !== undefined && blame !== 'plan') expect(failure.message).toContain(culprit);
});

test('the hint of a USE change is the line for package.use', () => {
  expect(explain('use-change').hint).toContain('>=rig-app/flagged-1.0 gui');
});

test.each([
  ['a hang-up', 129, ['>>> Emerging (1 of 1) a/b-1::r'], '', 'SW6010'],
  ['a traceback', 143, [], 'Traceback (most recent call last):\n  File "x"\nKeyError: \'PATH\'', 'SW6010'],
  ['no emerge', 127, [], 'sh: emerge: not found', 'SW6011'],
  [
    'a corrupt binary',
    1,
    [
      '>>> Emerging binary (1 of 1) a/b-1::r',
      '!!! Digest verification failed:',
      '!!! /x',
      '!!! Reason: Failed on SHA1 verification',
      '>>> Failed to emerge a/b-1',
    ],
    '',
    'SW6009',
  ],
  ['silence', 1, [], '', 'SW6003'],
])('%s has a code of its own', (_, exit, stdout, stderr, code) => {
  expect(explainEmergeFailure(exit, stdout, stderr).code).toBe(code);
});

test('a binary that arrived and that Portage cannot install is a fault of the host, not of the download', () => {
  const output = [
    '>>> Emerging binary (1 of 1) a/b-1::r',
    ' * b-1-1.gpkg.tar MD5 SHA1 size ;-) ...                             [ ok ]',
    '>>> Extracting info',
    '>>> Extracting a/b-1',
    '>>> Installing (1 of 1) a/b-1::r',
    'Process Process-14:',
    'Traceback (most recent call last):',
    '  File "/usr/lib/python3.11/site-packages/portage/dbapi/vartree.py", line 5902, in mergeme',
    '    os.mkdir(mydest)',
    "FileNotFoundError: [Errno 2] No such file or directory: '/opt/rig'",
    '>>> Completed (1 of 1) a/b-1::r',
    '>>> Failed to install a/b-1, Log file:',
    ">>>  '/var/log/portage/a:b-1.log'",
  ];
  expect(explainEmergeFailure(1, output, '')).toMatchObject({
    code: 'SW6018',
    package: 'a/b-1',
    message: "Portage failed on the drone while installing a/b-1: FileNotFoundError: [Errno 2] No such file or directory: '/opt/rig'",
  });
});

test('a binary that arrived and that cannot be unpacked is not a fault of the download', () => {
  const output = ['>>> Emerging binary (1 of 1) a/b-1::r', '>>> Extracting info', '>>> Extracting a/b-1', '>>> Failed to emerge a/b-1'];
  expect(explainEmergeFailure(1, output, '').code).toBe('SW6003');
});

describe('lines of progress', () => {
  test.each([
    ['>>> Emerging (1 of 5) rig-libs/base-1.0-r1::rig', { phase: 'start', subject: 'rig-libs/base-1.0-r1', done: 0, total: 5 }],
    ['>>> Emerging binary (2 of 5) cat/pkg-1.0::repo', { phase: 'binary', subject: 'cat/pkg-1.0', done: 1, total: 5 }],
    ['>>> Installing (3 of 5) cat/pkg-1.0::repo', { phase: 'merge', subject: 'cat/pkg-1.0', done: 2, total: 5 }],
    ['>>> Completed (5 of 5) cat/pkg-1.0::repo', { phase: 'done', subject: 'cat/pkg-1.0', done: 5, total: 5 }],
    ['\x1b[32m>>>\x1b[0m Emerging (1 of 1) a/b-1::r', { phase: 'start', subject: 'a/b-1', done: 0, total: 1 }],
    [
      '>>> Jobs: 1 of 4 complete, 2 running, 1 failed      Load avg: 1.77, 2.47, 2.50',
      { phase: 'jobs', done: 1, total: 4, running: 2, failed: 1 },
    ],
    ['>>> Failed to emerge rig-app/broken-1.0, Log file:', { phase: 'failed', subject: 'rig-app/broken-1.0' }],
    ['>>> Unpacking source...', { phase: 'unpack' }],
    ['>>> Preparing source in /x ...', { phase: 'prepare' }],
    ['>>> Configuring source in /x ...', { phase: 'configure' }],
    ['>>> Compiling source in /x ...', { phase: 'compile' }],
    ['>>> Install rig-libs/base-1.0-r1 into /x/image', { phase: 'install', subject: 'rig-libs/base-1.0-r1' }],
    ['>>> Creating binpkg', { phase: 'package' }],
    [">>> Downloading 'http://x/y.tar.gz'", { phase: 'fetch' }],
    ['Calculating dependencies ... done!', { phase: 'resolve' }],
    ['>>> Source compiled.', undefined],
    ['cc -O2 -c x.c', undefined],
    ['  >>> Emerging (1 of 5) a/b-1::r', undefined],
  ])('%j', (line, progress) => {
    expect(parseEmergeLine(line)).toEqual(progress);
  });

  test('of a whole build count every package once', () => {
    const done = readCapture('build.stdout')
      .split('\n')
      .map(parseEmergeLine)
      .filter((progress) => progress?.phase === 'done');
    expect(done.map((progress) => progress?.subject)).toEqual(['rig-libs/base-1.0-r1', 'rig-dev/tool-a-1.0', 'rig-libs/left-1.0']);
  });
});

test.each([
  ['\x1b[31;01m*\x1b[0m ERROR', '* ERROR'],
  ['\x1b]52;c;ZXZpbA==\x07text', 'text'],
  ['\x1b]0;title\x1b\\text', 'text'],
  ['10%\r50%\r100%', '100%'],
  ['a\x9b31mb\x07\x00c', 'a31mbc'],
  ['\x1bPq unterminated', ''],
  ['tab\tstays\r\n', 'tab\tstays'],
])('%j is shown as %j', (raw, shown) => {
  expect(stripControls(raw)).toBe(shown);
});
