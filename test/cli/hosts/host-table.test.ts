import { expect, test } from 'vitest';
import { formatHostTable } from '../../../src/cli/hosts/host-table.ts';
import { detectTerminalStyle } from '../../../src/report/text/terminal-style.ts';

test.each([40, 200])('without hosts it is a sentence with the command that adds one, in %i columns', (columns) => {
  expect(formatHostTable(['ROUTES'], [], { ...detectTerminalStyle({}, {}), columns })).toEqual([
    'The inventory has no hosts. To find machines, run: swarm hosts discover',
  ]);
});
