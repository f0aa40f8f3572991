import { expect, test } from 'vitest';
import { formatFindings } from '../../src/cli/status/doctor.ts';
import { detectTerminalStyle } from '../../src/report/text/terminal-style.ts';

const findings = [
  { name: 'd1', status: 'bad', about: 'clock', message: 'its clock is 94608001 s behind', hint: 'Run an NTP client on the host: chronyd.' },
  { name: 'drone-two', status: 'warn', about: 'disk', message: '/ is 97 % full' },
] as const;

test('in a narrow terminal what to do is not cut off', () => {
  const style = { ...detectTerminalStyle({}, {}), columns: 60 };
  expect(formatFindings(findings, style)).toEqual([
    'bad   d1         clock  its clock is 94608001 s behind (Run',
    '                        an NTP client on the host: chronyd.)',
    'warn  drone-two  disk   / is 97 % full',
  ]);
  expect(formatFindings(findings, { ...style, columns: 200 })).toHaveLength(2);
});
