import { expect, test } from 'vitest';
import { formatFacts } from '../../../src/cli/hosts/facts-text.ts';

test('facts are shown by the names of a playbook, with sizes and times that a person reads', () => {
  const lines = formatFacts({
    hostname: 'd1',
    memory: 8 * 2 ** 30,
    uptime: 7200,
    load: 0.5,
    addresses: ['192.0.2.1', '2001:db8::1'],
    mounts: [{ path: '/', device: '/dev/vda', type: 'ext4', options: ['rw', 'relatime'], size: 2 ** 30, available: 2 ** 29 }],
    portage: { profile: 'default/linux/amd64/23.0', use: ['X', 'ssl'] },
  }).map(String);
  expect(lines).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^ {2}hostname +d1$/),
      expect.stringMatching(/^ {2}memory +8 GiB$/),
      expect.stringMatching(/^ {2}uptime +2 h$/),
      expect.stringMatching(/^ {2}load +0\.5$/),
      expect.stringMatching(/^ {2}addresses +192\.0\.2\.1 2001:db8::1$/),
      expect.stringMatching(/^ {2}mounts +\/ {2}\/dev\/vda {2}ext4 {2}rw,relatime {2}1 GiB {2}512 MiB free$/),
      expect.stringMatching(/^ {2}portage\.use +X ssl$/),
      expect.stringMatching(/^ {2}the host has no .*portage\.makeopts/),
    ]),
  );
});
