import { execFileSync } from 'node:child_process';
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import filesystem from '../../../modules/system/filesystem.ts';
import { withPrograms } from '../cases/case.ts';
import { driveModule } from '../local-host.ts';
import { HOST_TOOLS, hostWithTools } from '../shells.ts';

let dir: string;
let image: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'swarm-filesystem-'));
  image = join(dir, "it's $(touch injected)");
  writeFileSync(image, '');
  truncateSync(image, 32 * 1024 * 1024);
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const hasPrograms = (() => {
  try {
    for (const name of ['mkfs.ext4', 'mkswap', 'blkid', 'wipefs']) execFileSync('sh', ['-c', 'command -v "$0"', name], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

/** How many changes there are, and what was found. */
async function run(args: Readonly<Record<string, unknown>>, check = false) {
  const host = hostWithTools(dir, 'own');
  const { changes, result } = await driveModule(filesystem.run(host, filesystem.args.parse({ dev: image, ...args })), host, check);
  return [changes.length, result.found];
}
const typeOf = () => execFileSync('blkid', ['-p', '-s', 'TYPE', '-o', 'value', image], { encoding: 'utf8' }).trim();

function writeAt(offset: number, bytes: Buffer): void {
  const file = openSync(image, 'r+');
  writeSync(file, bytes, 0, bytes.length, offset);
  closeSync(file);
}

/** The parts of each header that blkid looks at: what it is, its version and its id. */
function luksHeader(): Buffer {
  const header = Buffer.alloc(592);
  header.write('LUKS\xba\xbe\0\x01', 'latin1');
  header.write('12345678-1234-1234-1234-123456789abc', 168);
  return header;
}
/** As pvcreate of a device of 64 MiB wrote it; it has a check sum. */
const lvmLabel = (): Buffer =>
  Buffer.from(
    [
      '4c4142454c4f4e4501000000000000008ec39e62200000004c564d32203030313832316673354f71524d5432796978455873',
      '7462795379334b7732547a765972000000040000000000001000000000000000000000000000000000000000000000000000',
      '00000000001000000000000000f00f00000000000000000000000000000000000000000002',
    ].join(''),
    'hex',
  );

/** The magic number and the version (0.90) of a superblock of Linux's RAID, which is at the end of its device. */
const raidSuperblock = (): Buffer => Buffer.from('fc4e2ba9000000005a000000', 'hex');

function partitionTable(): Buffer {
  const table = Buffer.alloc(512);
  table.set([0, 0x20, 0x21, 0, 0x83, 0x14, 0x50, 0, 0, 8, 0, 0, 0, 0x10, 0, 0], 446);
  table.set([0x55, 0xaa], 510);
  return table;
}

describe.skipIf(!hasPrograms)('real programs', () => {
  test('make a file system once, through a link too, and keep what is there', async () => {
    expect(await run({ fstype: 'ext4', opts: "-L 'two words'" }, true)).toEqual([1, '']);
    expect(await run({ fstype: 'ext4', opts: "-L 'two words'" })).toEqual([1, '']);
    expect(execFileSync('blkid', ['-p', '-s', 'LABEL', '-o', 'value', image], { encoding: 'utf8' })).toBe('two words\n');
    symlinkSync(image, join(dir, 'link'));
    expect(await run({ fstype: 'ext4', dev: join(dir, 'link') })).toEqual([0, 'ext4']);
    expect(await run({ fstype: 'ext4', force: true })).toEqual([0, 'ext4']);
    await expect(run({ fstype: 'swap' })).rejects.toMatchObject({ code: 'SW6012', message: `${image} has ext4` });
    expect(typeOf()).toBe('ext4');
    expect(await run({ fstype: 'swap', force: true })).toEqual([1, 'ext4']);
    expect(typeOf()).toBe('swap');
    expect([await run({ state: 'absent' }), await run({ state: 'absent' })]).toEqual([
      [1, 'swap'],
      [0, ''],
    ]);
  });

  test('a disk with partitions is refused, also where it is to be wiped', async () => {
    writeFileSync(image, Buffer.concat([partitionTable(), Buffer.alloc(1024 * 1024)]));
    for (const args of [{ fstype: 'ext4' }, { state: 'absent' }])
      await expect(run(args, true)).rejects.toMatchObject({ message: `${image} has a partition table (dos)` });
    expect(await run({ state: 'absent', force: true })).toEqual([1, 'dos']);
    expect(await run({ state: 'absent', force: true })).toEqual([0, '']);
  });

  test.each([
    ['crypto_LUKS', 0, luksHeader()],
    ['LVM2_member', 512, lvmLabel()],
  ])('a part of something else is refused, also where it is to be wiped: %s', async (type, at, bytes) => {
    writeAt(at, bytes);
    for (const args of [{ fstype: 'ext4' }, { state: 'absent' }])
      await expect(run(args)).rejects.toMatchObject({ code: 'SW6012', message: `${image} has ${type}` });
    expect(typeOf()).toBe(type);
    expect(await run({ state: 'absent', force: true })).toEqual([1, type]);
    expect(await run({ state: 'absent' })).toEqual([0, '']);
  });
});

test('a device that is missing lacks; there is nothing to remove from it', async () => {
  const dev = join(dir, 'none');
  await expect(run({ fstype: 'swap', dev })).rejects.toMatchObject({ code: 'SW6012', lacks: { kind: 'path', name: dev } });
  expect(await run({ state: 'absent', dev })).toEqual([0, '']);
  await expect(run({ state: 'absent', dev: dir })).rejects.toMatchObject({ message: `${dir} is not a device` });
});

test('a device on which blkid sees two kinds is kept', async () => {
  const host = await withPrograms(dir, { blkid: 'exit 8', 'mkfs.ext4': 'exit 1' });
  const args = filesystem.args.parse({ dev: image, fstype: 'ext4' });
  await expect(driveModule(filesystem.run(host, args), host, true)).rejects.toMatchObject({ message: `${image} has several kinds` });
});

test('a device of which it cannot be seen whether something is left is not said to be wiped', async () => {
  const host = await withPrograms(dir, { blkid: 'echo TYPE=ext4; echo USAGE=filesystem', wipefs: '[ "$1" = --all ]' });
  const args = filesystem.args.parse({ dev: image, state: 'absent' });
  await expect(driveModule(filesystem.run(host, args), host)).rejects.toMatchObject({ code: 'SW6012' });
});

describe.skipIf(!hasPrograms || !HOST_TOOLS.includes('busybox'))('with the blkid of busybox', () => {
  /** All that it has beside busybox is a program that makes file systems. */
  const withoutWipefs = () => {
    const own = join(dir, 'own');
    mkdirSync(own, { recursive: true });
    writeFileSync(join(own, 'mkfs.ext4'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
    return hostWithTools(dir, 'busybox', { env: { PATH: own } });
  };
  const runHere = async (args: Readonly<Record<string, unknown>>, host = hostWithTools(dir, 'busybox'), check = false) => {
    const { changes, result } = await driveModule(filesystem.run(host, filesystem.args.parse({ dev: image, ...args })), host, check);
    return [changes.length, result.found];
  };

  test('a file system is made on an empty device, once', async () => {
    expect(await runHere({ fstype: 'ext4' })).toEqual([1, '']);
    const made = readFileSync(image);
    expect(await runHere({ fstype: 'ext4' })).toEqual([0, 'ext4']);
    await expect(runHere({ fstype: 'ext3' })).rejects.toMatchObject({ message: `${image} has ext4` });
    expect(readFileSync(image).equals(made)).toBe(true);
    expect(await runHere({ state: 'absent' })).toEqual([1, 'ext4']);
    expect(await runHere({ state: 'absent' })).toEqual([0, '']);
  });

  test.each([
    ['partitions', 0, partitionTable(), 'install that of util-linux'],
    ['LVM', 512, lvmLabel(), 'install that of util-linux'],
    ['LUKS', 0, luksHeader(), 'has crypto_LUKS'],
    ['a part of a RAID, which is at its end', 32 * 1024 * 1024 - 64 * 1024, raidSuperblock(), 'install that of util-linux'],
  ])('a device with %s is kept', async (_, at, bytes, reason) => {
    writeAt(at, bytes);
    const before = readFileSync(image);
    await expect(runHere({ fstype: 'ext4' })).rejects.toThrow(reason);
    await expect(runHere({ fstype: 'ext4' }, withoutWipefs())).rejects.toThrow(reason);
    expect(readFileSync(image).equals(before)).toBe(true);
  });

  test('without wipefs a device is empty where its beginning and its end are zeros', async () => {
    writeAt(16 * 1024 * 1024, Buffer.from('old data'));
    expect(await runHere({ fstype: 'ext4' }, withoutWipefs(), true)).toEqual([1, '']);
    truncateSync(image, 1024 * 1024 + 700);
    expect(await runHere({ fstype: 'ext4' }, withoutWipefs(), true)).toEqual([1, '']);
    writeAt(1024 * 1024 + 699, Buffer.from('x'));
    await expect(runHere({ fstype: 'ext4' }, withoutWipefs(), true)).rejects.toThrow('install that of util-linux');
  });

  test('without wipefs a device that cannot be read to its end is not empty', async () => {
    const host = withoutWipefs();
    const dd = join(dir, '.busybox/dd');
    rmSync(dd);
    writeFileSync(dd, '#!/bin/sh\nhead -c 512 /dev/zero\n', { mode: 0o755 }); // what dd prints before it fails
    await expect(runHere({ fstype: 'ext4' }, host, true)).rejects.toThrow('install that of util-linux');
  });
});
